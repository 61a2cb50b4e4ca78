"""Keys that were entered by hand are for their owner alone, and stand behind the environment."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from podium.core.errors import InputError, StorageError
from podium.models.key_store import KeyStore, WithKeys

KEY = "sk-secret-key-0123456789"


def test_what_is_kept_is_found_again_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    store = KeyStore(tmp_path / "keys")
    assert (dict(store), len(store)) == ({}, 0)
    store.put("OPENAI_API_KEY", KEY)
    file = tmp_path / "keys" / "OPENAI_API_KEY"
    assert dict(KeyStore(tmp_path / "keys")) == {"OPENAI_API_KEY": KEY}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    store.remove("OPENAI_API_KEY")
    store.remove("OPENAI_API_KEY")
    assert dict(store) == {}


@pytest.mark.parametrize("name", ["", "../x", "a/b", "A B", "1A", "A" * 200])
def test_a_name_never_leads_elsewhere(tmp_path: Path, name: str) -> None:
    (tmp_path / "x").write_text(KEY, encoding="utf-8")
    store = KeyStore(tmp_path / "keys")
    assert name not in store
    with pytest.raises(InputError, match="no name of an environment variable"):
        store.put(name, KEY)
    with pytest.raises(InputError, match="no name of an environment variable"):
        store.remove(name)
    assert (tmp_path / "x").read_text(encoding="utf-8") == KEY


def test_a_place_that_cannot_be_written_is_told_without_the_key(tmp_path: Path) -> None:
    (tmp_path / "keys").write_text("", encoding="utf-8")
    with pytest.raises(StorageError, match="cannot be written") as told:
        KeyStore(tmp_path / "keys").put("OPENAI_API_KEY", KEY)
    assert KEY not in f"{told.value} {told.value.hint}"


def test_the_environment_goes_before_unless_it_is_empty(tmp_path: Path) -> None:
    store = KeyStore(tmp_path)
    store.put("A", "kept")
    store.put("B", "kept")
    known = WithKeys({"A": "set", "B": " ", "C": "set"}, store)
    assert dict(known) == {"A": "set", "B": "kept", "C": "set"}
    assert (len(known), known.get("D")) == (3, None)
