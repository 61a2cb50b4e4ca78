"""Copies of a whole database file, by SQLite's backup API.

A database file and what lies beside it (`-wal`, `-shm`) are never opened as plain files: closing one would
give up the locks that SQLite holds on it in this process, and a copy made so could mix two moments.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from podium.core.errors import Conflict, NotADatabase
from podium.storage.faults import translated

if TYPE_CHECKING:
    from podium.storage.encryption.cipher import Cipher

BUSY_S = 10.0
"""How long another process that is writing is waited for."""


@contextmanager
def snapshot(path: Path, cipher: Cipher | None = None) -> Iterator[sqlite3.Connection]:
    """A connection that sees the file as it is now, whatever others write meanwhile.

    Args:
        path: The database file, which is there.
        cipher: Decrypts what is read; without it, what is encrypted is read as it is stored.

    Raises:
        StorageError: It cannot be read.
    """
    with _explained(path), closing(sqlite3.connect(path, timeout=BUSY_S, isolation_level=None)) as connection:
        if cipher is not None:
            from podium.storage.encryption.sql import equip

            equip(connection, cipher)
        connection.execute("PRAGMA query_only=ON")
        connection.execute("BEGIN")
        connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()  # the moment is now
        yield connection


@contextmanager
def no_writers(path: Path) -> Iterator[None]:
    """Let all who would write wait until the block ends, which should be soon: they wait ten seconds at most.

    Raises:
        StorageError: Another process is writing for too long.
    """
    with _explained(path), closing(sqlite3.connect(path, timeout=BUSY_S, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            connection.execute("ROLLBACK")


def copy_to(source: sqlite3.Connection, target: Path) -> None:
    """Write what a connection sees into a new file, for this user alone.

    Raises:
        StorageError: It cannot be written.
    """
    target.touch(mode=0o600)
    with _explained(target), closing(sqlite3.connect(target)) as copy:
        source.backup(copy)


def check_whole(path: Path) -> None:
    """Read every page and index of a file.

    Raises:
        NotADatabase: It is damaged.
    """
    with _explained(path), closing(sqlite3.connect(path, timeout=BUSY_S)) as connection:
        found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if found != "ok":
        raise NotADatabase(f"{path} is damaged: {found}", hint="Take another backup.")


@contextmanager
def alone(path: Path) -> Iterator[sqlite3.Connection]:
    """The only connection to a file, created when missing; nobody can open it before the block ends.

    Every process that has the file open holds a shared lock on it for as long, so that an idle server is
    noticed as well (sqlite.org/wal.html, "Use of WAL Without Shared-Memory").

    Raises:
        Conflict: Another connection is open, in this process or in another.
        StorageError: The file cannot be used; `NotADatabase` where it is none.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with suppress(FileExistsError):
        path.touch(mode=0o600, exist_ok=False)
    with _explained(path), closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as connection:
        try:
            connection.execute("PRAGMA locking_mode=EXCLUSIVE")
            connection.execute("BEGIN EXCLUSIVE")
            connection.execute("COMMIT")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise
            raise Conflict(
                f"a server or another podium process uses {path}",
                hint="Stop it, then restore: nobody may write what is being replaced.",
            ) from None
        yield connection


def shrink(path: Path) -> int:
    """Write a file anew without what is free in it; how many bytes are free then.

    Raises:
        Conflict: Another connection is open.
        StorageError: There is no room for it.
    """
    with alone(path) as connection:
        connection.execute("VACUUM")
        pages: int = connection.execute("PRAGMA freelist_count").fetchone()[0]
        size: int = connection.execute("PRAGMA page_size").fetchone()[0]
    return pages * size


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise translated(error, path) from error
