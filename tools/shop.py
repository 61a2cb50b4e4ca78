"""The shop's database: one SQLite file, read and changed in short transactions.

A connection is opened for each transaction, so a `Shop` may be shared by threads and tasks.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path
from typing import Any

BUSY_SECONDS = 20
TABLES = (
    "customers",
    "products",
    "orders",
    "order_lines",
    "parcels",
    "parcel_events",
    "refunds",
    "returns",
    "credits",
    "messages",
)
"""The tables that hold the shop's business, in the order in which they are digested."""


class Shop:
    """A handle on the shop's database; it holds no open connection."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection for reads; every read in the block sees the same state."""
        with closing(self._connect()) as db:
            db.execute("BEGIN")
            yield db

    @contextmanager
    def changing(self) -> Iterator[sqlite3.Connection]:
        """A write transaction: committed at the end of the block, rolled back by any exception."""
        with closing(self._connect()) as db:
            db.execute("BEGIN IMMEDIATE")
            yield db
            db.execute("COMMIT")

    def once(
        self, key: str, tool: str, change: Callable[[sqlite3.Connection], dict[str, Any]]
    ) -> dict[str, Any]:
        """Make a change once per idempotency key; a repeated key gets the first result back."""
        with self.changing() as db:
            first = db.execute(
                "SELECT result FROM changes WHERE idempotency_key = ?", (key,)
            ).fetchone()
            if first:
                stored: dict[str, Any] = json.loads(first["result"])
                return stored
            result = change(db)
            db.execute(
                "INSERT INTO changes (idempotency_key, tool, result) VALUES (?, ?, ?)",
                (key, tool, json.dumps(result)),
            )
            return result

    @property
    def today(self) -> date:
        """The day on which the shop lives; it never moves, so that every example stays true."""
        with self.reading() as db:
            row = db.execute("SELECT value FROM meta WHERE key = 'today'").fetchone()
        return date.fromisoformat(row["value"])

    def digest(self) -> str:
        """SHA-256 over every business row, in key order: equal digests mean equal shops."""
        digest = hashlib.sha256()
        with self.reading() as db:
            for table in TABLES:
                # A message's reference names the run that sent it, which is no part of the business.
                rows = db.execute(f"SELECT * FROM {table} ORDER BY 1, 2")  # noqa: S608 - our own names
                for row in rows:
                    values = [row[name] for name in row.keys() if name != "reference"]
                    digest.update(json.dumps([table, *values]).encode())
        return digest.hexdigest()

    def _connect(self) -> sqlite3.Connection:
        # isolation_level None: the transactions are ours to begin and end.
        db = sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None)
        db.row_factory = sqlite3.Row
        db.execute("PRAGMA foreign_keys = ON")
        return db
