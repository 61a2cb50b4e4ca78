"""Creates and migrates the database with alembic, in one transaction, after a backup."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import StaticPool

from podium.storage.versions import APPLICATION_ID, SCHEMA_VERSION, stored_version

MIGRATIONS = Path(__file__).with_name("migrations")
_PAUSE_S = 0.01


class _CallerCommits(sqlite3.Connection):
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
        sqlite3.connect(path, timeout=busy_timeout, isolation_level=None, factory=_CallerCommits)
    ) as connection:
        _enter_wal_mode(connection, busy_timeout)
        # Only one process gets past here at a time; the later ones find the work done.
        connection.execute("BEGIN EXCLUSIVE")
        version = stored_version(connection, path)
        if version < SCHEMA_VERSION:
            if version > 0:
                back_up(path, version)
            _run_alembic(connection)
            connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version={SCHEMA_VERSION}")
        connection.execute("COMMIT")


def _run_alembic(connection: sqlite3.Connection) -> None:
    engine = create_engine("sqlite://", creator=lambda: connection, poolclass=StaticPool)
    with engine.connect() as wrapped:
        run_migrations(wrapped)


def back_up(path: Path, version: int) -> Path:
    """Make a consistent copy of the file beside it, named after the schema it holds."""
    copy = path.with_name(f"{path.name}.schema-{version}.bak")
    copy.touch(mode=0o600)
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    return copy


def run_migrations(connection: Connection, target: str = "head") -> None:
    """Run alembic's migrations up to the revision `target` on an open connection."""
    scripts = ScriptDirectory(str(MIGRATIONS))

    def steps(revision: Any, context: MigrationContext) -> Sequence[Any]:
        del context
        return scripts._upgrade_revs(target, revision)  # alembic's own upgrade command calls it so

    context = MigrationContext.configure(
        connection, opts={"fn": steps, "transactional_ddl": False, "render_as_batch": True}
    )
    with Operations.context(context):
        context.run_migrations()


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
