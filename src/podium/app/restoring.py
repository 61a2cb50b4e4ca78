"""Bringing back what a backup holds."""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from podium.app.audit import AuditReport, chain_report
from podium.app.backup import backups_of, copy_folder
from podium.app.backup_file import DATABASE, BackupManifest, read_manifest, room_for, unpack, workplace
from podium.app.encryption import RESTORING, cipher_of, open_database
from podium.app.unfinished import RestoreMark, let_go, mark, put_in_place
from podium.core.audit_check import Head
from podium.core.clock import Clock, SystemClock, to_iso
from podium.core.errors import ChainBroken, ConfigError, Conflict, NotADatabase
from podium.storage.audit_rows import head_of
from podium.storage.copying import alone, check_whole, copy_to, snapshot
from podium.storage.encryption.keys import check_keys, needed_keys
from podium.storage.versions import stored_version

if TYPE_CHECKING:
    from podium.app.project import Project
    from podium.storage.encryption.cipher import Cipher

_PARTS = ("knowledge", "world", "audit", "uploads")


@dataclass(frozen=True, slots=True)
class Restored:
    """What was brought back.

    Attributes:
        manifest: What the backup holds.
        kept: Where that is which was there before; None where nothing was.
        audit: What checking the chain found, in its new place.
    """

    manifest: BackupManifest
    kept: Path | None
    audit: AuditReport


def restore(
    project: Project, file: Path, *, who: str, over: bool = False, clock: Clock | None = None
) -> Restored:
    """Replace what a project has stored by what a backup holds.

    The backup is checked whole before anything is touched, and what was there is kept as a copy. Whoever is
    killed in the middle leaves what was there, or what the backup holds: never some of both.

    Args:
        project: The project.
        file: The backup.
        who: Who asked for it, for the record.
        over: Whether data that is there may be replaced.
        clock: Names the copy, dates the record.

    Raises:
        InputError: The file is no whole backup.
        NewerSchema: A later Podium wrote what is in it.
        ChainBroken: Its audit chain is not as it was written.
        Conflict: A server or another process uses the project, or there is data and `over` is not set.
        StorageError: Something cannot be written; `EncryptionKeyMissing` and `EncryptionKeyWrong` where the
            backup is encrypted and its key is not at hand.
    """
    now, cipher = (clock or SystemClock()).now(), cipher_of(project)
    manifest = read_manifest(file)
    occupied = _holds_data(project.database)
    if not over:
        _refuse(project, manifest, occupied=occupied)
    project.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    room_for(project.data, 2 * sum(entry.size for entry in manifest.files))
    with workplace(project.data) as scratch:
        folder = scratch / "whole"
        folder.mkdir(mode=0o700)
        unpack(file, manifest, folder)
        _check(folder / DATABASE, manifest, cipher, file)
        _check_world(project, folder)
        noted = RestoreMark(to_iso(now), who, manifest.made_at, manifest.audit.seq)
        mark(folder / DATABASE, noted)
        kept = backups_of(project) / f"before-restore-{now:%Y%m%dT%H%M%S%fZ}"
        _replace(project, folder, kept)
    with open_database(project) as database:
        report = database.read(chain_report)
    report.raise_for_fault()
    return Restored(manifest, kept if kept.exists() else None, report)


def _refuse(project: Project, manifest: BackupManifest, *, occupied: bool) -> None:
    if occupied:
        raise Conflict(
            f"{project.database} holds data already",
            hint="--yes replaces it; what is there is kept as a copy.",
        )
    if manifest.project != project.manifest.project.name:
        raise Conflict(
            f"the backup is of {manifest.project}, and this is {project.manifest.project.name}",
            hint="--yes restores it all the same.",
        )


def _check(database: Path, manifest: BackupManifest, cipher: Cipher | None, file: Path) -> None:
    """That what was unpacked can be used, and is what the manifest says."""
    check_whole(database)
    with snapshot(database) as connection:
        stored_version(connection, database)
        check_keys(connection, cipher, file)
        encrypted = bool(needed_keys(connection))
    with snapshot(database, cipher if encrypted else None) as connection:
        if not manifest.audit.hash:
            return
        report, head = chain_report(connection), head_of(connection)
    report.raise_for_fault()
    if head != Head(manifest.audit.seq, manifest.audit.hash):
        raise ChainBroken(
            f"the audit chain ends at record {head.seq}, and the backup names {manifest.audit.seq}",
            hint="Take another backup; keep this one as it is.",
        )


def _check_world(project: Project, folder: Path) -> None:
    if (folder / "world").exists() and project.manifest.tools.world is None:
        raise ConfigError(
            "the backup holds a world, and podium.toml names none",
            hint="Name the file that opens it: world under [tools].",
        )


def _replace(project: Project, folder: Path, kept: Path) -> None:
    try:
        with alone(project.database):
            pass  # it is a database, and nobody else has it
    except NotADatabase:
        _keep_damaged(project, kept)
    with alone(project.database) as target:
        let_go(project, target)
        _keep(project, target, kept)
        waiting = project.data / RESTORING
        folder.rename(waiting)
        _fill(target, waiting / DATABASE)
        put_in_place(project, target)


def _fill(target: sqlite3.Connection, database: Path) -> None:
    """One transaction: whoever is killed in the middle leaves what was there."""
    with snapshot(database) as source:
        source.backup(target)


def _keep(project: Project, target: sqlite3.Connection, kept: Path) -> None:
    """Copy what is there, the database among it, before anything is replaced."""
    if target.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone() is not None:
        kept.mkdir(mode=0o700, parents=True, exist_ok=True)
        copy_to(target, kept / DATABASE)
    for name in _PARTS:
        if any((project.data / name).glob("*")):
            copy_folder(project.data / name, kept / name)


def _keep_damaged(project: Project, kept: Path) -> None:
    """What is no database any more is moved away as it is; nobody can have it open."""
    kept.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in (DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm"):
        with suppress(FileNotFoundError):
            project.database.with_name(name).replace(kept / name)


def _holds_data(path: Path) -> bool:
    """Whether there is a file that holds anything, a database or not."""
    if not path.exists() or path.stat().st_size == 0:
        return False
    try:
        with closing(sqlite3.connect(path)) as connection:
            return connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone() is not None
    except sqlite3.Error:
        return True
