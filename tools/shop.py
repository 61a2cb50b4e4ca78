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

from podium import ActionError

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


NEW_ROWS = {
    "credits": ("CR", 50001, "SELECT count(*) FROM credits"),
    "messages": ("M", 60001, "SELECT count(*) FROM messages"),
    "refunds": ("R", 30001, "SELECT count(*) FROM refunds"),
    "returns": ("RT", 40001, "SELECT count(*) FROM returns"),
}
"""Prefix, first number and size of the tables that tools add to; their rows are never deleted."""


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
            first = db.execute("SELECT result FROM changes WHERE idempotency_key = ?", (key,)).fetchone()
            if first:
                stored: dict[str, Any] = json.loads(first["result"])
                return stored
            result = change(db)
            db.execute(
                "INSERT INTO changes (idempotency_key, tool, result) VALUES (?, ?, ?)",
                (key, tool, json.dumps(result)),
            )
            return result

    def changed(self, key: str) -> dict[str, Any] | None:
        """The result of the change that was made under an idempotency key; None when none was."""
        with self.reading() as db:
            row = db.execute("SELECT result FROM changes WHERE idempotency_key = ?", (key,)).fetchone()
        found: dict[str, Any] | None = json.loads(row["result"]) if row else None
        return found

    @property
    def today(self) -> date:
        """The day on which the shop lives; it never moves, so that every example stays true."""
        with self.reading() as db:
            row = db.execute("SELECT value FROM meta WHERE key = 'today'").fetchone()
        return date.fromisoformat(row["value"])

    def order(self, db: sqlite3.Connection, order_id: str) -> sqlite3.Row:
        """The row of an order.

        Raises:
            ActionError: There is no such order.
        """
        return self._found(
            db.execute("SELECT * FROM orders WHERE order_id = ?", (order_id,)), "order", order_id
        )

    def customer(self, db: sqlite3.Connection, customer_id: str) -> sqlite3.Row:
        """The row of a customer.

        Raises:
            ActionError: There is no such customer.
        """
        rows = db.execute("SELECT * FROM customers WHERE customer_id = ?", (customer_id,))
        return self._found(rows, "customer", customer_id)

    def product(self, db: sqlite3.Connection, sku: str) -> sqlite3.Row:
        """The row of a product.

        Raises:
            ActionError: There is no such product.
        """
        return self._found(db.execute("SELECT * FROM products WHERE sku = ?", (sku,)), "product", sku)

    @staticmethod
    def next_id(db: sqlite3.Connection, table: str) -> str:
        """The next free id of a table that tools add to, like R-30001."""
        prefix, first, size = NEW_ROWS[table]
        (count,) = db.execute(size).fetchone()
        return f"{prefix}-{first + count}"

    @staticmethod
    def pounds(cents: int) -> str:
        """An amount as people write it, like £24.90."""
        return f"£{cents // 100}.{cents % 100:02d}"

    @staticmethod
    def cents(amount: str) -> int:
        """An amount in pounds, like 24.90, as whole pence."""
        pounds, _, pence = amount.partition(".")
        return int(pounds) * 100 + int((pence + "00")[:2])

    def digest(self) -> str:
        """SHA-256 over every business row, in key order: equal digests mean equal shops."""
        digest = hashlib.sha256()
        with self.reading() as db:
            for table in TABLES:
                # A message's reference names the run that sent it, which is no part of the business.
                rows = db.execute(f"SELECT * FROM {table} ORDER BY 1, 2")  # noqa: S608 - our own names
                for row in rows:
                    values = [value for name, value in dict(row).items() if name != "reference"]
                    digest.update(json.dumps([table, *values]).encode())
        return digest.hexdigest()

    def read(self) -> dict[str, dict[str, dict[str, object]]]:
        """Every business row by table and key; a message without the run that sent it, as in the digest."""
        found: dict[str, dict[str, dict[str, object]]] = {}
        with self.reading() as db:
            for table in TABLES:
                columns = db.execute(f"PRAGMA table_info({table})").fetchall()
                keys = [column["name"] for column in columns if column["pk"]]
                rows = db.execute(f"SELECT * FROM {table}")  # noqa: S608 - our own names
                found[table] = {"/".join(str(row[key]) for key in keys): _business(row) for row in rows}
        return found

    @staticmethod
    def _found(rows: sqlite3.Cursor, kind: str, key: str) -> sqlite3.Row:
        row: sqlite3.Row | None = rows.fetchone()
        if row is None:
            raise ActionError(f"there is no {kind} {key}", hint=f"check the number of the {kind}")
        return row

    def _connect(self) -> sqlite3.Connection:
        # isolation_level None: the transactions are ours to begin and end.
        db = sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None)
        db.row_factory = sqlite3.Row
        db.execute("PRAGMA foreign_keys = ON")
        return db


def _business(row: sqlite3.Row) -> dict[str, object]:
    return {name: value for name, value in dict(row).items() if name != "reference"}
