"""Alembic's migrations, which bring a file that holds data to this code's schema."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import StaticPool

MIGRATIONS = Path(__file__).with_name("migrations")


def upgrade(connection: sqlite3.Connection) -> None:
    """Run the migrations that the file has not seen, within the caller's transaction.

    Args:
        connection: Ignores commits and rollbacks, which SQLAlchemy makes as it likes.
    """
    engine = create_engine("sqlite://", creator=lambda: connection, poolclass=StaticPool)
    with engine.connect() as wrapped:
        run_migrations(wrapped)


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
