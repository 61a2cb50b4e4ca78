"""The doctor says what is wrong and what to do, whatever is broken."""

from __future__ import annotations

from pathlib import Path

import pytest

from podium.app import file_limit
from podium.app.doctor import Check, examine
from podium.runtime.assistants import own_assistant_id
from podium.storage.database import Database
from podium.storage.encryption.cipher import Cipher
from podium.storage.triggers import Trigger, Triggers

MANIFEST = '[project]\nname = "demo"\n'


def found(folder: Path, name: str, **options: bool) -> Check:
    return next(check for check in examine(folder, **options) if check.name == name)


def test_a_folder_without_a_project(tmp_path: Path) -> None:
    check = found(tmp_path, "manifest")
    assert check.status == "fail"
    assert check.hint


def test_a_broken_manifest_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "podium.toml").write_text(MANIFEST + "colour = 3\n", encoding="utf-8")
    assert "podium.toml:3" in found(tmp_path, "manifest").detail


@pytest.mark.parametrize(
    ("settings", "name", "said"),
    [
        ('[graphs]\nmain = "graphs/main.py:main"\n', "graphs", "graphs/main.py"),
        ('[policy]\nfiles = ["rules.yaml"]\n', "policy", "rules.yaml"),
        ('[tools]\npaths = ["gone"]\n', "tools", "gone"),
        ('[knowledge.collections.docs]\npaths = ["gone"]\n', "knowledge", "gone"),
        ('[policy]\nfiles = ["../outside.yaml"]\n', "policy", "outside"),
    ],
)
def test_what_the_manifest_names_must_be_there(tmp_path: Path, settings: str, name: str, said: str) -> None:
    (tmp_path / "podium.toml").write_text(MANIFEST + settings, encoding="utf-8")
    check = found(tmp_path, name)
    assert check.status == "fail"
    assert said in check.detail


def test_a_database_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "podium.toml").write_text(MANIFEST, encoding="utf-8")
    (tmp_path / ".podium").mkdir()
    (tmp_path / ".podium" / "podium.db").write_bytes(b"no database, but long enough to be looked at" * 50)
    check = found(tmp_path, "storage")
    assert check.status == "fail"
    assert "podium.db" in check.detail


def test_documents_that_were_never_read_are_a_warning(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    text = MANIFEST + '[knowledge.collections.docs]\npaths = ["docs"]\n'
    (tmp_path / "podium.toml").write_text(text, encoding="utf-8")
    check = found(tmp_path, "knowledge")
    assert (check.status, check.hint) == ("warn", "podium ingest")
    assert not (tmp_path / ".podium").exists()


def test_a_model_without_its_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    (tmp_path / "podium.toml").write_text(MANIFEST + '[models]\ndefault = "openai:x"\n', encoding="utf-8")
    check = found(tmp_path, "model openai:x")
    assert check.status == "fail"
    assert "OPENAI_API_KEY" in check.detail
    monkeypatch.setenv("OPENAI_API_KEY", "k-very-secret")
    assert "k-very-secret" not in repr(examine(tmp_path))


def test_a_price_that_lacks_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "k-very-secret")
    text = MANIFEST + '[models]\ndefault = "openai:x"\nfallback = "openai:y"\n'
    (tmp_path / "podium.toml").write_text(text, encoding="utf-8")
    assert "openai:y" in found(tmp_path, "prices").detail
    assert found(tmp_path, "prices").status == "warn"
    prices = "".join(f'[models.prices."openai:{name}"]\ninput = 1\noutput = 0\n' for name in "xy")
    (tmp_path / "podium.toml").write_text(text + prices, encoding="utf-8")
    assert found(tmp_path, "prices").status == "ok"


def test_a_server_is_contacted_only_when_asked(tmp_path: Path) -> None:
    text = (
        MANIFEST
        + '[models]\ndefault = "openai:x"\n[models.providers.openai]\nbase_url = "http://127.0.0.1:9/v1"\n'
    )
    (tmp_path / "podium.toml").write_text(text, encoding="utf-8")
    assert found(tmp_path, "model openai:x").status == "ok"
    assert found(tmp_path, "model openai:x", online=True).status == "fail"


@pytest.mark.parametrize(
    ("now", "most", "status", "said"),
    [
        (1_024, 1_024, "warn", "at most 1,024; 1,000 streams at once need 4,096"),
        (1_024, 1_048_576, "ok", "at most 1,024; a server raises that to 65,536 for itself"),
        (65_536, 65_536, "ok", "at most 65,536"),
    ],
)
def test_how_many_connections_a_server_may_have(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, now: int, most: int, status: str, said: str
) -> None:
    monkeypatch.setattr(file_limit, "file_limit", lambda: file_limit.FileLimit(now, most))
    check = found(tmp_path, "open files")
    assert (check.status, check.detail) == (status, said)
    assert bool(check.hint) == (status == "warn")


def test_fields_of_langgraph_json_without_effect(tmp_path: Path) -> None:
    (tmp_path / "podium.toml").write_text(MANIFEST, encoding="utf-8")
    assert found(tmp_path, "langgraph.json").detail == "none"
    (tmp_path / "langgraph.json").write_text('{"graphs": {"a": "./a.py:g"}, "ui": {}}', encoding="utf-8")
    check = found(tmp_path, "langgraph.json")
    assert check.status == "warn"
    assert "'ui' is not served" in check.detail


def test_triggers_whose_graph_is_gone_are_named(tmp_path: Path) -> None:
    graph = '[graphs]\nmain = "main.py:main"\n'
    one = '[triggers.{0}]\nkind = "event"\ngraph = "{1}"\n'.format
    two = '[triggers.{0}]\nkind = "schedule"\nschedule = "0 6 * * *"\ngraph = "{1}"\n'.format
    manifest = tmp_path / "podium.toml"
    manifest.write_text(MANIFEST, encoding="utf-8")
    assert found(tmp_path, "triggers").detail == "none are declared"
    assistant = own_assistant_id("main")
    text = MANIFEST + graph + one("mail", "main") + one("by-assistant", assistant) + two("morning", "main")
    manifest.write_text(text, encoding="utf-8")
    assert (found(tmp_path, "triggers").status, found(tmp_path, "triggers").detail) == ("ok", "3 declared")
    manifest.write_text(text + one("orders", "gone") + two("night", "lost"), encoding="utf-8")
    check = found(tmp_path, "triggers")
    assert (check.status, check.detail) == ("warn", "no such graph: night: lost, orders: gone")


@pytest.mark.parametrize("cipher", [None, Cipher([b"k" * 32])])
def test_triggers_that_were_made_by_api_are_looked_at_too(tmp_path: Path, cipher: Cipher | None) -> None:
    key = '[storage]\nencryption_key = "file:the.key"\n' if cipher else ""
    (tmp_path / "the.key").write_text((b"k" * 32).hex())
    (tmp_path / "podium.toml").write_text(MANIFEST + key, encoding="utf-8")
    with Database.open(tmp_path / ".podium" / "podium.db", cipher=cipher) as database:
        for name, graph in (("mail", "demo"), ("orders", "gone")):
            trigger = Trigger(trigger_id=name, tenant="t", owner="o", name=name, settings={"graph": graph})
            database.write(Triggers(database).put(trigger))
    assert found(tmp_path, "triggers").detail == "no such graph: orders: gone"
