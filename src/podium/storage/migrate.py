"""Creates and migrates the database in one transaction, after a backup of what it holds.

A new file is made from `schema.sql`, which is what the migrations lead to (`scripts/schema_sql.py` writes it
down): that takes a hundredth of a second, and neither alembic nor SQLAlchemy has to be loaded.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

from podium.storage.versions import APPLICATION_ID, SCHEMA_VERSION, stored_version

SCHEMA: Final = Path(__file__).with_name("schema.sql")
_PAUSE_S: Final = 0.01


class CallerCommits(sqlite3.Connection):
    """Ignores the commits and rollbacks of SQLAlchemy: the whole migration is one transaction."""

    def commit(self) -> None:
        """Leave it to the caller."""

    def rollback(self) -> None:
        """Leave it to the caller: closing the connection takes everything back."""


def migrate(path: Path, busy_timeout: float) -> None:
    """Bring the schema to this code's version; several processes may do so together.

    Args:
        path: The database file; a copy is made beside it when it holds data.
        busy_timeout: Seconds to wait for another process that is at it too.
    """
    with closing(
        sqlite3.connect(path, timeout=busy_timeout, isolation_level=None, factory=CallerCommits)
    ) as connection:
        _enter_wal_mode(connection, busy_timeout)
        # Only one process gets past here at a time; the later ones find the work done.
        connection.execute("BEGIN EXCLUSIVE")
        version = stored_version(connection, path)
        if version < SCHEMA_VERSION:
            if version > 0:
                back_up(path, version)
                _upgrade(connection)
            else:
                _create(connection)
            connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version={SCHEMA_VERSION}")
        connection.execute("COMMIT")


def _create(connection: sqlite3.Connection) -> None:
    """Make the tables of an empty file, within the caller's transaction."""
    for statement in _statements(SCHEMA.read_text(encoding="utf-8")):
        connection.execute(statement)


def _statements(script: str) -> Iterator[str]:
    """The statements of a script one by one: SQLite's own way to run them all commits first."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _upgrade(connection: sqlite3.Connection) -> None:
    from podium.storage.revisions import upgrade

    upgrade(connection)


def back_up(path: Path, version: int) -> Path:
    """Make a consistent copy of the file beside it, named after the schema it holds."""
    copy = path.with_name(f"{path.name}.schema-{version}.bak")
    copy.touch(mode=0o600)
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    return copy


def _enter_wal_mode(connection: sqlite3.Connection, busy_timeout: float) -> None:
    """Ask until granted: when two processes switch together, SQLite refuses one at once."""
    deadline = time.monotonic() + busy_timeout
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() >= deadline:
                raise
            time.sleep(_PAUSE_S)
        else:
            return
