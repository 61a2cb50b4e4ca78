"""Copying what a project has stored, while others write into it."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from podium.app.backup_file import (
    DATABASE,
    BackupAudit,
    BackupManifest,
    BackupPart,
    entries_of,
    room_for,
    workplace,
    write_archive,
)
from podium.app.encryption import cipher_of
from podium.core.clock import Clock, SystemClock, to_iso
from podium.core.errors import Conflict, InputError
from podium.storage.copying import check_whole, copy_to, no_writers, snapshot
from podium.storage.encryption.keys import check_keys, needed_keys
from podium.storage.versions import stored_version

if TYPE_CHECKING:
    from podium.app.project import Project
    from podium.storage.encryption.cipher import Cipher

LAST_BACKUP: Final = "last-backup.json"
"""In the project's data: the manifest of the last backup, whoever keeps the backup itself."""
_WORLD_S: Final = 5.0
"""How long writers may wait for the world to be copied."""
_FIRST_AUDITED: Final = 3
"""The first schema that has the whole of the audit chain."""
_SQLITE: Final = (".db", ".sqlite3")
_NOT_COPIED: Final = ("-wal", "-shm", "-journal", ".lock")


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that was made.

    Attributes:
        file: Where it is.
        size: Its bytes.
        manifest: What it holds.
    """

    file: Path
    size: int
    manifest: BackupManifest


def backups_of(project: Project) -> Path:
    """Where a project's backups go when nobody names another place."""
    return project.data / "backups"


def back_up(
    project: Project, file: Path | None = None, *, knowledge: bool = True, clock: Clock | None = None
) -> Backup:
    """Copy the database as it is at one moment, with the project's world and knowledge base, into one file.

    Runs go on meanwhile. Writers wait only while the world is copied, so that the ledger and the world are
    of the same moment; after five seconds they go on, and the manifest says so.

    Args:
        project: The project.
        file: The archive; one named after the moment, in the project's data, when None.
        knowledge: Whether to include the knowledge base, which can be made again from the documents.
        clock: Tells the moment.

    Raises:
        InputError: Nothing is stored yet.
        Conflict: The file is there already.
        StorageError: Something cannot be read or written, or is encrypted and its key is not at hand.
        KnowledgeError: Somebody is ingesting.
    """
    if not project.database.exists():
        raise InputError(f"nothing is stored in {project.folder}", hint="There is nothing to back up yet.")
    cipher = cipher_of(project)
    with snapshot(project.database) as connection:
        check_keys(connection, cipher, project.database)
    now = (clock or SystemClock()).now()
    target = (file or backups_of(project) / _name(project, now)).absolute()
    if target.exists():
        raise Conflict(f"{target} is there already", hint="Name another file.")
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    room_for(target.parent, 2 * project.database.stat().st_size)
    with workplace(target.parent) as folder:
        with _moment(project, folder) as (connection, world):
            copy_to(connection, folder / DATABASE)
        with snapshot(folder / DATABASE) as connection:
            keys = tuple(needed_keys(connection))
        manifest = BackupManifest(
            made_at=to_iso(now),
            podium=_version(),
            project=project.manifest.project.name,
            schema_of_database=_schema(folder / DATABASE),
            audit=_audited(folder / DATABASE, cipher if keys else None),
            knowledge=_knowledge(project, folder, wanted=knowledge),
            world=world,
            segments=_folder(project.data / "audit", folder / "audit"),
            uploads=_folder(project.uploads, folder / "uploads"),
            encryption_keys=keys,
            files=(),
        )
        check_whole(folder / DATABASE)
        manifest = manifest.model_copy(update={"files": entries_of(folder)})
        size = write_archive(target, manifest, folder)
    _note(project, target, size, manifest)
    return Backup(target, size, manifest)


def last_backup(project: Project) -> dict[str, object] | None:
    """When the last backup was made, and where it was put; None where none is known."""
    import json

    try:
        found = json.loads((project.data / LAST_BACKUP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


@contextmanager
def _moment(project: Project, folder: Path) -> Iterator[tuple[sqlite3.Connection, BackupPart]]:
    """The database as it is now, and the world as it was copied then."""
    settings = project.manifest.tools
    if settings.world is None or not project.world.exists():
        with snapshot(project.database) as connection:
            yield connection, BackupPart(state="none")
        return
    from podium.tools.loader import load_world

    copy = load_world(project.path(settings.world)).copy_world
    failed: list[BaseException] = []

    def work() -> None:
        try:
            copy(project.world, folder / "world")
        except BaseException as error:  # noqa: BLE001 - raised to who waits for it
            failed.append(error)

    copying = threading.Thread(target=work, name="podium-backup-world")
    with no_writers(project.database):
        kept = snapshot(project.database)
        connection = kept.__enter__()
        copying.start()
        copying.join(_WORLD_S)
        late = copying.is_alive()
    try:
        copying.join()
        if failed:
            raise failed[0]
        note = "copied while others wrote: it may be later than the ledger" if late else ""
        yield connection, BackupPart(state="included", note=note)
    finally:
        kept.__exit__(None, None, None)


def _knowledge(project: Project, folder: Path, *, wanted: bool) -> BackupPart:
    source = project.knowledge
    if not (source / "catalog.db").exists():
        return BackupPart(state="none")
    from podium.knowledge.catalog import Catalog
    from podium.knowledge.locking import only_writer

    if wanted:
        with only_writer(source / "ingest.lock"):
            copy_folder(source, folder / "knowledge")
    with closing(Catalog((folder / "knowledge" if wanted else source) / "catalog.db")) as catalog:
        version = str(catalog.generation())
    if wanted:
        return BackupPart(state="included", version=version)
    return BackupPart(state="left_out", version=version, note="'podium ingest' makes it from the documents")


def _folder(source: Path, target: Path) -> BackupPart:
    if not source.is_dir():
        return BackupPart(state="none")
    copy_folder(source, target)
    return BackupPart(state="included")


def copy_folder(source: Path, target: Path) -> None:
    """Copy a folder; databases in it as SQLite sees them, and no lock files."""
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    for path in sorted(source.rglob("*")):
        place = target / path.relative_to(source)
        if path.is_dir():
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
        elif path.suffix in _SQLITE:
            with snapshot(path) as connection:
                copy_to(connection, place)
        elif path.is_file() and not path.name.endswith(_NOT_COPIED):
            shutil.copyfile(path, place)


def _audited(path: Path, cipher: Cipher | None) -> BackupAudit:
    from podium.app.audit import chain_report
    from podium.storage.audit_rows import head_of

    if _schema(path) < _FIRST_AUDITED:
        return BackupAudit(records=0, seq=0, hash="")
    with snapshot(path, cipher) as connection:
        report, head = chain_report(connection), head_of(connection)
    fault = report.fault.message if report.fault else ""
    return BackupAudit(records=report.records, seq=head.seq, hash=head.hash, fault=fault)


def _schema(path: Path) -> int:
    with snapshot(path) as connection:
        return stored_version(connection, path)


def _note(project: Project, file: Path, size: int, manifest: BackupManifest) -> None:
    import json

    from podium.storage.files import write_whole

    audit = {"seq": manifest.audit.seq, "hash": manifest.audit.hash}
    said = {"at": manifest.made_at, "file": str(file), "size": size, "audit": audit}
    write_whole(project.data / LAST_BACKUP, json.dumps(said).encode())


def _name(project: Project, now: datetime) -> str:
    return f"{project.manifest.project.name}-{now:%Y%m%dT%H%M%SZ}.zip"


def _version() -> str:
    from podium import __version__

    return __version__
