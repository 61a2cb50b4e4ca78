"""A project with an encryption key: asked, looked at, backed up, brought back; and what it says without."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from podium.app.audit import AuditTrail
from podium.app.backup import back_up
from podium.app.backup_file import read_manifest
from podium.app.doctor import examine
from podium.app.encryption import cipher_of, encrypt
from podium.app.podium import Podium
from podium.app.project import Project
from podium.app.restoring import restore
from podium.core.errors import (
    ConfigError,
    EncryptionKeyMissing,
    EncryptionKeyWrong,
    InputError,
)
from podium.storage.encryption.cipher import new_key
from podium.testing.command_line import CommandLine

QUESTION = "How long do I have to return a plantedknife?"
KEYED = '\n[storage]\nencryption_key = "env:PODIUM_ENCRYPTION_KEY"\n'


@pytest.fixture
def key(monkeypatch: pytest.MonkeyPatch) -> str:
    made = new_key()
    monkeypatch.setenv("PODIUM_ENCRYPTION_KEY", made)
    return made


@pytest.fixture
def locked(desk: Path, key: str) -> Path:
    """A project with a key, and one question that was asked."""
    manifest = desk / "podium.toml"
    manifest.write_text(manifest.read_text(encoding="utf-8") + KEYED, encoding="utf-8")
    with Podium.from_project(desk) as app:
        app.ask_sync(QUESTION)
    return desk


def files_with(folder: Path, text: str = "plantedknife") -> list[str]:
    return sorted(
        path.name for path in folder.rglob("*") if path.is_file() and text.encode() in path.read_bytes()
    )


def test_a_conversation_is_in_no_file(locked: Path) -> None:
    assert files_with(locked) == []
    with Podium.from_project(locked) as app:
        again = app.ask_sync("And a plantedspoon?")
        assert again.answer
    with AuditTrail.opened(Project.open(locked)) as trail:
        assert trail.verify().fault is None
    assert files_with(locked, "plantedspoon") == []


def test_without_the_key_every_command_says_so_in_one_line(
    locked: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = CommandLine(locked)
    monkeypatch.delenv("PODIUM_ENCRYPTION_KEY")
    for given in (["threads", "list"], ["ask", "Hello"], ["audit", "verify"], ["status"], ["backup"]):
        done = run(*given)
        assert (done.code, done.error()) == (2, "config_invalid")
        assert "encryption needs a secret" in done.err
    manifest = locked / "podium.toml"
    manifest.write_text(manifest.read_text(encoding="utf-8").replace(KEYED, ""), encoding="utf-8")
    for given in (["threads", "list"], ["ask", "Hello"], ["audit", "verify"], ["status"], ["backup"]):
        done = run(*given)
        assert (done.code, done.error()) == (2, "encryption_key_missing")
        assert "encryption_key under [storage]" in done.err


def test_a_wrong_key_is_told_from_the_right_one(locked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = (locked / ".podium" / "podium.db").read_bytes()
    monkeypatch.setenv("PODIUM_ENCRYPTION_KEY", new_key())
    with pytest.raises(EncryptionKeyWrong), Podium.from_project(locked) as app:
        app.threads_sync()
    monkeypatch.setenv("PODIUM_ENCRYPTION_KEY", "password")
    with (
        pytest.raises(ConfigError, match="does not hold an encryption key"),
        Podium.from_project(locked) as app,
    ):
        app.threads_sync()
    assert (locked / ".podium" / "podium.db").read_bytes() == before


@pytest.mark.parametrize("place", ["file:the.key", "command:cat the.key"])
def test_the_key_may_be_in_a_file_or_printed_by_a_program(desk: Path, place: str) -> None:
    (desk / "the.key").write_text(f"{new_key()}\n")
    manifest = desk / "podium.toml"
    text = manifest.read_text(encoding="utf-8")
    manifest.write_text(f'{text}\n[storage]\nencryption_key = "{place}"\n', encoding="utf-8")
    assert cipher_of(Project.open(desk)) is not None
    (desk / "the.key").unlink()
    with pytest.raises(ConfigError, match="encryption needs"):
        cipher_of(Project.open(desk))


def test_a_backup_needs_its_key_wherever_it_is_brought_back(
    locked: Path, key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = back_up(Project.open(locked), tmp_path / "desk.zip")
    assert list(read_manifest(made.file).encryption_keys) == [_id_of(locked)]
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(locked, elsewhere, ignore=shutil.ignore_patterns(".podium"))
    monkeypatch.setenv("PODIUM_ENCRYPTION_KEY", new_key())
    with pytest.raises(EncryptionKeyWrong, match=r"desk\.zip"):
        restore(Project.open(elsewhere), made.file, who="ada")
    manifest = elsewhere / "podium.toml"
    keyed = manifest.read_text(encoding="utf-8")
    manifest.write_text(keyed.replace(KEYED, ""), encoding="utf-8")
    with pytest.raises(EncryptionKeyMissing, match=r"desk\.zip"):
        restore(Project.open(elsewhere), made.file, who="ada")
    assert not (elsewhere / ".podium" / "podium.db").exists()
    manifest.write_text(keyed, encoding="utf-8")
    monkeypatch.setenv("PODIUM_ENCRYPTION_KEY", key)
    restored = restore(Project.open(elsewhere), made.file, who="ada")
    assert restored.audit.fault is None
    assert files_with(elsewhere) == []


def test_a_project_is_encrypted_later_and_its_key_changed(
    desk: Path, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Podium.from_project(desk) as app:
        thread = app.ask_sync(QUESTION).thread_id
    assert files_with(desk)
    with pytest.raises(InputError, match="no encryption key is configured"):
        encrypt(Project.open(desk))
    manifest = desk / "podium.toml"
    plain = manifest.read_text(encoding="utf-8")
    manifest.write_text(plain + KEYED, encoding="utf-8")
    (check,) = [one for one in examine(desk) if one.name == "storage"]
    assert "a new encryption key is configured" in check.detail
    run = CommandLine(desk)
    first: dict[str, Any] = run("encrypt", "--json").json
    assert (first["final"], first["former"], first["plain"]) == (True, [], [])
    assert first["rows"] > 5
    assert files_with(desk) == []

    monkeypatch.setenv("FORMER", key)
    monkeypatch.setenv("PODIUM_ENCRYPTION_KEY", new_key())
    former = f'{KEYED}former_keys = ["env:FORMER"]\n'
    manifest.write_text(plain + former, encoding="utf-8")
    second = run("encrypt", "--json").json
    assert (second["former"], second["final"]) == ([first["key"]], True)
    manifest.write_text(plain + KEYED, encoding="utf-8")
    monkeypatch.delenv("FORMER")
    (check,) = [one for one in examine(desk) if one.name == "storage"]
    assert check.status == "ok"
    assert "encrypted" in check.detail
    with Podium.from_project(desk) as app:
        assert app.history_sync(thread)
        assert app.ask_sync("And then?", thread_id=thread).answer


def test_a_new_key_is_printed_and_kept_nowhere(desk: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in desk.rglob("*")}
    printed = {CommandLine(desk)("encrypt", "--new-key").out for _ in range(2)}
    assert len(printed) == 2
    assert {path: path.stat().st_mtime_ns for path in desk.rglob("*")} == before
    assert not any(one.strip() in os.environ.values() for one in printed)


def _id_of(folder: Path) -> str:
    cipher = cipher_of(Project.open(folder))
    assert cipher is not None
    return cipher.key_id.hex()
