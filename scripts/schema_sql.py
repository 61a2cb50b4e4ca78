"""Writes down the schema that the migrations lead to, from which new databases are made.

To be run after a migration is added; a test compares the two.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing

from podium.storage.migrate import SCHEMA, CallerCommits
from podium.storage.revisions import upgrade

ROW = "INSERT INTO "
ABOUT = "-- What the migrations lead to; written by scripts/schema_sql.py.\n"
OWN = """
    SELECT sql FROM sqlite_master
    WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY rowid
"""


def migrated() -> str:
    """The statements that make an empty file what the migrations make of it."""
    with closing(sqlite3.connect(":memory:", isolation_level=None, factory=CallerCommits)) as connection:
        upgrade(connection)
        statements = [sql for (sql,) in connection.execute(OWN)]
        statements += (line for line in connection.iterdump() if line.startswith(ROW))
    statements = [statement.rstrip(";") for statement in statements]
    return ABOUT + "".join(f"{statement};\n" for statement in statements)


if __name__ == "__main__":
    SCHEMA.write_text(migrated(), encoding="utf-8")
