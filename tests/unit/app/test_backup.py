"""Backups: what is in them, what is refused, and that nothing is replaced by something broken."""

from __future__ import annotations

import json
import os
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from podium.app.backup import back_up, last_backup
from podium.app.project import Project
from podium.app.restoring import restore
from podium.core.audit import AuditEntry
from podium.core.errors import ChainBroken, Conflict, InputError, NewerSchema, PodiumError
from podium.storage.audit import AuditLog
from podium.storage.database import Database
from podium.storage.versions import SCHEMA_VERSION

WORLD = """
import shutil

def open_world(path):
    return path

def copy_world(source, target):
    shutil.copytree(source, target)

def destroy_world(path):
    shutil.rmtree(path, ignore_errors=True)
"""
ENTRY = AuditEntry("run", "2026-01-31T12:00:00.000000Z", "clock", {"n": 1})


def made(folder: Path, name: str = "desk") -> Project:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "world.py").write_text(WORLD, encoding="utf-8")
    (folder / "podium.toml").write_text(
        f'[project]\nname = "{name}"\n\n[tools]\nworld = "world.py"\n', encoding="utf-8"
    )
    return Project.open(folder)


def fill(project: Project, records: int = 3) -> None:
    with Database.open(project.database) as database:
        AuditLog(database).append([ENTRY] * records)
    project.world.mkdir(exist_ok=True)
    (project.world / "stock").write_text(str(records), encoding="utf-8")


def records(project: Project) -> int:
    with Database.open(project.database) as database:
        return AuditLog(database).check().records


@pytest.fixture
def desk(tmp_path: Path) -> Project:
    project = made(tmp_path / "desk")
    fill(project)
    return project


def test_what_was_stored_is_there_elsewhere(desk: Project, tmp_path: Path) -> None:
    backup = back_up(desk, tmp_path / "b.zip")
    elsewhere = made(tmp_path / "elsewhere")
    restored = restore(elsewhere, backup.file, who="local:ada")
    assert (restored.kept, restored.manifest.audit.records) == (None, 3)
    assert records(elsewhere) == 4  # the restore itself is on record
    assert (elsewhere.world / "stock").read_text(encoding="utf-8") == "3"
    assert backup.file.stat().st_mode & 0o077 == 0


def test_documents_that_were_sent_are_among_it(desk: Project, tmp_path: Path) -> None:
    sent = desk.uploads / "handbook" / "tour.md"
    sent.parent.mkdir(parents=True)
    sent.write_text("# Tour", encoding="utf-8")
    backup = back_up(desk, tmp_path / "b.zip")
    assert backup.manifest.uploads.state == "included"
    sent.write_text("# Another", encoding="utf-8")
    restored = restore(desk, backup.file, who="local:ada", over=True)
    assert sent.read_text(encoding="utf-8") == "# Tour"
    assert restored.kept is not None
    assert (restored.kept / "uploads" / "handbook" / "tour.md").read_text(encoding="utf-8") == "# Another"


def test_a_backup_says_what_it_holds(desk: Project) -> None:
    backup = back_up(desk)
    assert backup.file.parent == desk.data / "backups"
    manifest = backup.manifest
    assert (manifest.project, manifest.world.state, manifest.knowledge.state) == ("desk", "included", "none")
    assert [entry.name for entry in manifest.files] == ["podium.db", "world/stock"]
    assert manifest.audit.fault == ""
    found = last_backup(desk)
    assert found is not None
    assert (found["at"], found["file"]) == (manifest.made_at, str(backup.file))


def test_data_is_replaced_only_when_asked_and_is_kept(desk: Project, tmp_path: Path) -> None:
    backup = back_up(desk, tmp_path / "b.zip")
    fill(desk, records=5)
    with pytest.raises(Conflict, match="holds data already"):
        restore(desk, backup.file, who="local:ada")
    restored = restore(desk, backup.file, who="local:ada", over=True)
    assert records(desk) == 4
    assert (desk.world / "stock").read_text(encoding="utf-8") == "3"
    assert restored.kept is not None
    assert (restored.kept / "world" / "stock").read_text(encoding="utf-8") == "5"
    with closing(sqlite3.connect(restored.kept / "podium.db")) as kept:
        assert kept.execute("SELECT count(*) FROM audit").fetchone() == (8,)


def test_nothing_is_restored_over_a_process_that_is_at_work(desk: Project, tmp_path: Path) -> None:
    backup = back_up(desk, tmp_path / "b.zip")
    with Database.open(desk.database) as database:
        AuditLog(database).head()
        with pytest.raises(Conflict, match="uses"):
            restore(desk, backup.file, who="local:ada", over=True)
    assert records(desk) == 3


def test_a_backup_of_another_project_is_restored_only_when_asked(desk: Project, tmp_path: Path) -> None:
    backup = back_up(desk, tmp_path / "b.zip")
    other = made(tmp_path / "other", "other")
    with pytest.raises(Conflict, match="is of desk"):
        restore(other, backup.file, who="local:ada")
    restore(other, backup.file, who="local:ada", over=True)
    assert records(other) == 4


def test_a_file_that_is_no_database_any_more_is_kept_and_replaced(desk: Project, tmp_path: Path) -> None:
    backup = back_up(desk, tmp_path / "b.zip")
    desk.database.write_bytes(b"rubbish" * 1_000)
    restored = restore(desk, backup.file, who="local:ada", over=True)
    assert records(desk) == 4
    assert restored.kept is not None
    assert (restored.kept / "podium.db").read_bytes().startswith(b"rubbish")


def changed(file: Path, change: Callable[[str, bytes], bytes | None]) -> None:
    with zipfile.ZipFile(file) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in entries.items():
            if (new := change(name, data)) is not None:
                archive.writestr(name, new)


def tampered(path: Path, statement: str) -> None:
    """Change a database as somebody would who does not mind its triggers."""
    with closing(sqlite3.connect(path)) as connection:
        triggers = connection.execute("SELECT name FROM sqlite_master WHERE type='trigger'").fetchall()
        for (name,) in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute(statement)
        connection.commit()


def resealed(file: Path, statement: str) -> None:
    """Change the database in a backup, and its checksum with it."""
    import hashlib

    work = file.with_suffix(".db")

    def database(name: str, data: bytes) -> bytes:
        if name != "podium.db":
            return data
        work.write_bytes(data)
        tampered(work, statement)
        return work.read_bytes()

    def manifest(name: str, data: bytes) -> bytes:
        if name != "manifest.json":
            return data
        said = json.loads(data)
        entry = next(one for one in said["files"] if one["name"] == "podium.db")
        entry.update(size=work.stat().st_size, sha256=hashlib.sha256(work.read_bytes()).hexdigest())
        return json.dumps(said).encode()

    changed(file, database)
    changed(file, manifest)


def test_a_backup_of_a_newer_schema_is_refused(desk: Project, tmp_path: Path) -> None:
    backup = back_up(desk, tmp_path / "b.zip")
    resealed(backup.file, "PRAGMA user_version=99")
    with pytest.raises(NewerSchema):
        restore(desk, backup.file, who="local:ada", over=True)
    assert records(desk) == 3


def test_what_a_newer_podium_wrote_is_kept_when_a_backup_takes_its_place(
    desk: Project, tmp_path: Path
) -> None:
    backup = back_up(desk, tmp_path / "b.zip")
    with closing(sqlite3.connect(desk.database)) as connection:
        connection.execute(f"PRAGMA user_version={SCHEMA_VERSION + 1}")
    with pytest.raises(NewerSchema):
        records(desk)
    with pytest.raises(Conflict, match="holds data already"):
        restore(desk, backup.file, who="local:ada")
    restored = restore(desk, backup.file, who="local:ada", over=True)
    assert records(desk) == 4
    assert restored.kept is not None
    with closing(sqlite3.connect(restored.kept / "podium.db")) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION + 1,)
        assert connection.execute("SELECT count(*) FROM audit").fetchone() == (3,)


@pytest.mark.parametrize(
    "statement", ["UPDATE audit SET body=replace(body, 'clock', 'nobody')", "DELETE FROM audit WHERE seq=3"]
)
def test_a_backup_whose_chain_was_changed_is_refused(desk: Project, tmp_path: Path, statement: str) -> None:
    backup = back_up(desk, tmp_path / "b.zip")
    resealed(backup.file, statement)
    with pytest.raises(ChainBroken):
        restore(desk, backup.file, who="local:ada", over=True)
    assert records(desk) == 3


@pytest.mark.parametrize("kind", ["text", "flipped", "cut", "without", "outside", "missing", "later"])
def test_what_is_no_whole_backup_is_refused(desk: Project, tmp_path: Path, kind: str) -> None:
    file = back_up(desk, tmp_path / "b.zip").file
    whole = file.read_bytes()
    match kind:
        case "text":
            file.write_text("not a backup", encoding="utf-8")
        case "cut":
            file.write_bytes(whole[: len(whole) // 2])
        case "missing":
            file.unlink()
        case "without":
            changed(file, lambda name, data: None if name == "podium.db" else data)
        case "flipped":
            changed(file, lambda name, data: data[:-1] + b"?" if name == "podium.db" else data)
        case "outside":
            changed(file, lambda name, data: data.replace(b"world/stock", b"../../stock"))
        case "later":
            changed(file, lambda name, data: data.replace(b'"podium_backup": 1', b'"podium_backup": 2'))
    with pytest.raises(InputError):
        restore(desk, file, who="local:ada", over=True)
    assert records(desk) == 3


def test_a_broken_chain_is_told_by_the_backup(desk: Project) -> None:
    tampered(desk.database, "DELETE FROM audit WHERE seq=2")
    assert "missing" in back_up(desk).manifest.audit.fault


def test_a_backup_overwrites_no_file_and_leaves_nothing_half(desk: Project, tmp_path: Path) -> None:
    (tmp_path / "b.zip").write_text("mine", encoding="utf-8")
    with pytest.raises(Conflict):
        back_up(desk, tmp_path / "b.zip")
    (desk.folder / "world.py").write_text(WORLD.replace("shutil.copytree", "broken"), encoding="utf-8")
    with pytest.raises(NameError):
        back_up(desk, tmp_path / "c.zip")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.zip", "desk"]
    with pytest.raises(PodiumError, match="nothing is stored"):
        back_up(made(tmp_path / "new"))


def test_what_a_killed_process_left_goes_with_the_next_backup_once_it_is_old(desk: Project) -> None:
    made = back_up(desk)
    folder = made.file.parent
    names = (".podium-at-work-abcd_123", ".podium-at-work-abcd_124", ".podium-mine")
    old, now, others = (folder / name for name in names)
    for left in (old, now, others):
        left.mkdir()
        (left / "podium.db").write_text("half", encoding="utf-8")
    for left in (old, others):
        os.utime(left, (0, 0))
    again = back_up(desk, folder / "again.zip")
    assert set(folder.iterdir()) == {now, others, made.file, again.file}
