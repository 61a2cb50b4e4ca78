"""Changes of the knowledge base are in the audit chain: who, what and how much, never what documents say."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from podium.app.audit import AuditTrail
from podium.app.podium import Podium
from podium.app.project import Project
from podium.core.audit import AuditRecord
from podium.core.principal import Principal
from podium.knowledge.knowledge_base import KnowledgeBase
from podium.storage.audit import AuditFilter

MANIFEST = """\
[project]
name = "observatory"

[knowledge.collections.handbook]
paths = ["handbook"]
"""
BOARD = '\n[knowledge.collections.board]\npaths = ["board"]\naccess = "{access}"\n'
ADA = Principal("key:ada", roles=frozenset({"admin"}))


@pytest.fixture
def observatory(tmp_path: Path) -> Path:
    (tmp_path / "podium.toml").write_text(MANIFEST, encoding="utf-8")
    (tmp_path / "handbook").mkdir()
    for name in ("hours", "tickets"):
        (tmp_path / "handbook" / f"{name}.md").write_text(f"# The {name}\n\nThe zeppelin waits.\n")
    return tmp_path


def on_record(folder: Path) -> list[AuditRecord]:
    with AuditTrail.opened(Project.open(folder)) as trail:
        assert trail.verify().fault is None
        return trail.records(AuditFilter(kind="knowledge"))


def ingested(folder: Path) -> None:
    with Podium.from_project(folder) as app:
        app.acting_as(ADA).ingest_sync()


def test_an_ingest_is_on_record_with_who_and_digests_and_no_words(observatory: Path) -> None:
    ingested(observatory)
    declared, ingest = on_record(observatory)
    assert declared.data["change"] == "collections"
    assert (ingest.person, ingest.data["change"], ingest.data["collection"]) == (ADA.id, "ingest", "handbook")
    assert [ingest.data[name] for name in ("added", "updated", "removed")] == [2, 0, 0]
    with Podium.from_project(observatory) as app:
        held = {one.source: one.version for one in app.knowledge.documents()}
        assert app.knowledge.version == ingest.data["after"]
    documents = ingest.data["documents"]
    assert isinstance(documents, list)
    versions = sorted(str(one["version"]) for one in documents if isinstance(one, dict))
    assert versions == sorted(held.values())
    sources = ingest.sealed["sources"] if isinstance(ingest.sealed, dict) else None
    assert isinstance(sources, dict)
    assert sorted(str(name) for name in sources.values()) == sorted(held)
    assert "zeppelin" not in json.dumps([declared.data, ingest.data, ingest.sealed])
    assert "hours" not in json.dumps(ingest.data)


def test_what_changes_nothing_is_not_on_record(observatory: Path) -> None:
    ingested(observatory)
    before = len(on_record(observatory))
    ingested(observatory)
    assert len(on_record(observatory)) == before


def test_replacing_and_removing_are_told_apart(observatory: Path) -> None:
    ingested(observatory)
    (observatory / "handbook" / "hours.md").write_text("# The hours\n\nNone.\n")
    (observatory / "handbook" / "tickets.md").unlink()
    ingested(observatory)
    last = on_record(observatory)[-1].data
    assert [last[name] for name in ("added", "updated", "removed")] == [0, 1, 1]


def test_an_ingest_that_fails_midway_is_on_record_as_far_as_it_came(observatory: Path) -> None:
    def stop(done: int, total: int, source: str) -> None:
        raise OSError("the disk is gone")

    with Podium.from_project(observatory) as app, pytest.raises(OSError, match="disk"):
        app.ingest_sync(progress=stop)
    last = on_record(observatory)[-1].data
    assert (last["change"], last["added"]) == ("ingest", 2)


def test_a_change_that_nobody_recorded_is_noticed_at_the_next(observatory: Path) -> None:
    ingested(observatory)
    with KnowledgeBase(observatory / ".podium" / "knowledge", base=observatory) as base:
        base.remove("hours.md", "handbook")
        unseen = base.version
    ingested(observatory)
    *_, recorded, found, last = on_record(observatory)
    assert (found.data["change"], found.who) == ("found", "knowledge")
    assert (found.data["before"], found.data["after"]) == (recorded.data["after"], unseen)
    assert (last.data["change"], last.data["added"]) == ("ingest", 1)


def test_a_kill_between_a_record_and_its_note_is_not_taken_for_a_change(observatory: Path) -> None:
    ingested(observatory)
    note = observatory / ".podium" / "knowledge" / "recorded.json"
    before = note.read_bytes()
    for text in ("None.", "Two."):
        (observatory / "handbook" / "hours.md").write_text(f"# The hours\n\n{text}\n", encoding="utf-8")
        ingested(observatory)
        note.write_bytes(before)
    assert [one.data["change"] for one in on_record(observatory)] == ["collections", *["ingest"] * 3]


def test_collections_and_labels_that_changed_are_on_record_when_they_are_in_force(observatory: Path) -> None:
    ingested(observatory)
    manifest = observatory / "podium.toml"
    told = []
    for text in (MANIFEST + BOARD.format(access="board"), MANIFEST + BOARD.format(access="public"), MANIFEST):
        manifest.write_text(text, encoding="utf-8")
        for _ in range(2):
            with Podium.from_project(observatory) as app:
                assert app.knowledge.version
        told.append(on_record(observatory)[-1].data)
    assert [one["change"] for one in told] == ["collections"] * 3
    public, board = ({"access": name, "trust": "internal"} for name in ("public", "board"))
    assert [one["collections"] for one in told] == [
        [{"collection": "board", "from": None, "to": board}],
        [{"collection": "board", "from": board, "to": public}],
        [{"collection": "board", "from": public, "to": None}],
    ]
    assert len(on_record(observatory)) == 5


@pytest.mark.parametrize("note", ["", "[]", '{"declared": {"handbook": "public"}}', '{"declared": [1]}'])
def test_a_note_that_cannot_be_read_is_none_and_keeps_nothing_down(observatory: Path, note: str) -> None:
    ingested(observatory)
    (observatory / ".podium" / "knowledge" / "recorded.json").write_text(note, encoding="utf-8")
    (observatory / "handbook" / "hours.md").write_text("# The hours\n\nNone.\n")
    ingested(observatory)
    declared, found, last = on_record(observatory)[-3:]
    assert [one.data["change"] for one in (declared, found, last)] == ["collections", "found", "ingest"]
    assert found.data["before"] == ""
