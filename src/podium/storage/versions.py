"""Which schema a file has, checked by one cheap query; migrations are loaded only when one must run."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from podium.core.errors import NewerSchema, NotADatabase
from podium.storage.faults import translated

SCHEMA_VERSION = 8
APPLICATION_ID = 0x504F4449
"""Marks a SQLite file as ours ("PODI")."""


def bring_up_to_date(path: Path, busy_timeout: float) -> None:
    """Create or migrate the database at `path` when its schema is older than this code's.

    A file that already holds data is backed up beside itself first.

    Args:
        path: The database file; its folder exists.
        busy_timeout: Seconds to wait for another process that creates or migrates it too.

    Raises:
        StorageError: The file is not ours, is newer than this code, or cannot be used.
    """
    try:
        with closing(sqlite3.connect(path, timeout=busy_timeout, isolation_level=None)) as connection:
            outdated = stored_version(connection, path) < SCHEMA_VERSION
        if outdated:
            from podium.storage.migrate import migrate

            migrate(path, busy_timeout)
    except sqlite3.Error as error:
        raise translated(error, path) from error


def stored_version(connection: sqlite3.Connection, path: Path) -> int:
    """The schema version of the file, 0 for a new one.

    Raises:
        NewerSchema: It is later than this code's.
        NotADatabase: The tables in it are not ours.
    """
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    application: int = connection.execute("PRAGMA application_id").fetchone()[0]
    if application != APPLICATION_ID and _has_content(connection):
        raise NotADatabase(
            f"{path} belongs to another program", hint="Name another database file in podium.toml."
        )
    if version > SCHEMA_VERSION:
        raise NewerSchema(
            f"{path} has schema {version}, and this Podium knows {SCHEMA_VERSION}",
            hint="Upgrade Podium, or open a backup made by this version.",
        )
    return version


def _has_content(connection: sqlite3.Connection) -> bool:
    return connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone() is not None
