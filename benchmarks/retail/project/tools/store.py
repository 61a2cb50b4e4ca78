"""The shop's tables: money in cents, one transaction for each change, and a note of each change made."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from podium import ActionError

BUSY_SECONDS = 20
SCHEMA = """
CREATE TABLE products(product_id TEXT PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE variants(item_id TEXT PRIMARY KEY, product_id TEXT NOT NULL, options TEXT NOT NULL,
  available INTEGER NOT NULL, cents INTEGER NOT NULL);
CREATE TABLE users(user_id TEXT PRIMARY KEY, first_name TEXT NOT NULL, last_name TEXT NOT NULL,
  email TEXT NOT NULL, address TEXT NOT NULL);
CREATE TABLE payment_methods(id TEXT PRIMARY KEY, user_id TEXT NOT NULL, source TEXT NOT NULL,
  details TEXT NOT NULL, balance INTEGER);
CREATE TABLE orders(order_id TEXT PRIMARY KEY, user_id TEXT NOT NULL, address TEXT NOT NULL,
  status TEXT NOT NULL, fulfillments TEXT NOT NULL, extra TEXT NOT NULL DEFAULT '{}');
CREATE TABLE order_items(order_id TEXT NOT NULL, line INTEGER NOT NULL, item_id TEXT NOT NULL,
  product_id TEXT NOT NULL, name TEXT NOT NULL, cents INTEGER NOT NULL, options TEXT NOT NULL,
  PRIMARY KEY(order_id, line));
CREATE TABLE payments(order_id TEXT NOT NULL, number INTEGER NOT NULL, kind TEXT NOT NULL,
  cents INTEGER NOT NULL, method_id TEXT NOT NULL, PRIMARY KEY(order_id, number));
CREATE TABLE changes(number INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, tool TEXT NOT NULL,
  result TEXT NOT NULL);
"""

Change = Callable[[sqlite3.Connection], dict[str, Any]]


class Store:
    """A handle on the shop; it holds no open connection, so that tasks and threads may share it.

    Args:
        path: The SQLite file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection whose reads all see one state."""
        with closing(self._connect()) as db:
            db.execute("BEGIN")
            yield db

    @contextmanager
    def trying(self) -> Iterator[sqlite3.Connection]:
        """A transaction that is given up at the end of the block: what a change would do, without a trace."""
        with closing(self._connect()) as db:
            db.execute("BEGIN IMMEDIATE")
            yield db
            db.execute("ROLLBACK")

    @contextmanager
    def changing(self) -> Iterator[sqlite3.Connection]:
        """A transaction, stored at the end of the block and given up when it raises."""
        with closing(self._connect()) as db:
            db.execute("BEGIN IMMEDIATE")
            yield db
            db.execute("COMMIT")

    def change(self, key: str, tool: str, work: Change) -> dict[str, Any]:
        """Change something and note it under its key.

        The same key raises a second time: a repeated effect is a fault here and never passes in silence.
        """
        with self.changing() as db:
            result = work(db)
            db.execute(
                "INSERT INTO changes(key, tool, result) VALUES (?, ?, ?)", (key, tool, json.dumps(result))
            )
        return result

    def changed(self, key: str) -> dict[str, Any] | None:
        """What a change gave, if it was made."""
        with self.reading() as db:
            row = db.execute("SELECT result FROM changes WHERE key = ?", (key,)).fetchone()
        found: dict[str, Any] | None = json.loads(row["result"]) if row else None
        return found

    def _connect(self) -> sqlite3.Connection:
        db = sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None)
        db.row_factory = sqlite3.Row
        db.execute("PRAGMA synchronous=FULL")
        return db


def one(db: sqlite3.Connection, table: str, column: str, value: str) -> sqlite3.Row:
    """The row with the value.

    Raises:
        ActionError: There is none.
    """
    row: sqlite3.Row | None = db.execute(f"SELECT * FROM {table} WHERE {column} = ?", (value,)).fetchone()
    if row is None:
        raise ActionError(f"there is no {column.removesuffix('_id')} {value} among the {table}")
    return row


def items_of(db: sqlite3.Connection, order_id: str) -> list[sqlite3.Row]:
    """The lines of an order."""
    return db.execute("SELECT * FROM order_items WHERE order_id = ? ORDER BY line", (order_id,)).fetchall()


def payments_of(db: sqlite3.Connection, order_id: str) -> list[sqlite3.Row]:
    """What was paid and paid back, oldest first."""
    return db.execute("SELECT * FROM payments WHERE order_id = ? ORDER BY number", (order_id,)).fetchall()


def pay(db: sqlite3.Connection, order_id: str, kind: str, cents: int, method: sqlite3.Row) -> None:
    """Note a payment or a refund; on a gift card it counts at once."""
    (number,) = db.execute("SELECT count(*) FROM payments WHERE order_id = ?", (order_id,)).fetchone()
    db.execute("INSERT INTO payments VALUES (?, ?, ?, ?, ?)", (order_id, number, kind, cents, method["id"]))
    if method["source"] == "gift_card":
        credit(db, method["id"], cents if kind == "refund" else -cents)


def credit(db: sqlite3.Connection, method_id: str, cents: int) -> None:
    """Put money on a gift card, or take it off."""
    db.execute("UPDATE payment_methods SET balance = balance + ? WHERE id = ?", (cents, method_id))


def fill(file: Path, source: Path) -> None:
    """Make the shop's database from `db.json`, whole or not at all."""
    data = json.loads(source.read_text(encoding="utf-8"))
    made = file.with_suffix(".new")
    made.unlink(missing_ok=True)
    with closing(sqlite3.connect(made)) as db:
        db.executescript(SCHEMA)
        for product in data["products"].values():
            db.execute("INSERT INTO products VALUES (?, ?)", (product["product_id"], product["name"]))
            for item in product["variants"].values():
                db.execute("INSERT INTO variants VALUES (?, ?, ?, ?, ?)", _variant(product, item))
        for user in data["users"].values():
            _fill_user(db, user)
        for order in data["orders"].values():
            _fill_order(db, order)
        db.commit()
    made.rename(file)


def export(file: Path) -> dict[str, Any]:
    """The shop in the shape of `db.json`."""
    with Store(file).reading() as db:
        return {
            "products": {
                row["product_id"]: _product(db, row) for row in db.execute("SELECT * FROM products")
            },
            "users": {row["user_id"]: _user(db, row) for row in db.execute("SELECT * FROM users")},
            "orders": {row["order_id"]: _order(db, row) for row in db.execute("SELECT * FROM orders")},
        }


def cents(amount: float) -> int:
    """An amount of `db.json` in whole cents."""
    return round(amount * 100)


def _variant(product: Mapping[str, Any], item: Mapping[str, Any]) -> Sequence[Any]:
    options = json.dumps(item["options"])
    return (item["item_id"], product["product_id"], options, item["available"], cents(item["price"]))


def _fill_user(db: sqlite3.Connection, user: Mapping[str, Any]) -> None:
    name = user["name"]
    values = (user["user_id"], name["first_name"], name["last_name"], user["email"])
    db.execute("INSERT INTO users VALUES (?, ?, ?, ?, ?)", (*values, json.dumps(user["address"])))
    for method in user["payment_methods"].values():
        balance = cents(method["balance"]) if "balance" in method else None
        details = {key: value for key, value in method.items() if key not in ("id", "source", "balance")}
        row = (method["id"], user["user_id"], method["source"], json.dumps(details), balance)
        db.execute("INSERT INTO payment_methods VALUES (?, ?, ?, ?, ?)", row)


def _fill_order(db: sqlite3.Connection, order: Mapping[str, Any]) -> None:
    values = [order["order_id"], order["user_id"], json.dumps(order["address"]), order["status"]]
    fulfillments = json.dumps(order["fulfillments"])
    db.execute(
        "INSERT INTO orders(order_id, user_id, address, status, fulfillments) VALUES (?, ?, ?, ?, ?)",
        (*values, fulfillments),
    )
    for line, item in enumerate(order["items"]):
        row = (order["order_id"], line, item["item_id"], item["product_id"], item["name"])
        more = (cents(item["price"]), json.dumps(item["options"]))
        db.execute("INSERT INTO order_items VALUES (?, ?, ?, ?, ?, ?, ?)", (*row, *more))
    for number, paid in enumerate(order["payment_history"]):
        values = [order["order_id"], number, paid["transaction_type"], cents(paid["amount"])]
        db.execute("INSERT INTO payments VALUES (?, ?, ?, ?, ?)", (*values, paid["payment_method_id"]))


def _product(db: sqlite3.Connection, row: sqlite3.Row) -> dict[str, Any]:
    found = db.execute("SELECT * FROM variants WHERE product_id = ?", (row["product_id"],))
    variants = {
        item["item_id"]: {
            "item_id": item["item_id"],
            "options": json.loads(item["options"]),
            "available": bool(item["available"]),
            "price": item["cents"] / 100,
        }
        for item in found
    }
    return {"name": row["name"], "product_id": row["product_id"], "variants": variants}


def _user(db: sqlite3.Connection, row: sqlite3.Row) -> dict[str, Any]:
    methods: dict[str, Any] = {}
    for method in db.execute("SELECT * FROM payment_methods WHERE user_id = ?", (row["user_id"],)):
        balance = {} if method["balance"] is None else {"balance": method["balance"] / 100}
        known = {"source": method["source"], "id": method["id"]}
        methods[method["id"]] = {**known, **json.loads(method["details"]), **balance}
    orders = db.execute("SELECT order_id FROM orders WHERE user_id = ?", (row["user_id"],))
    return {
        "user_id": row["user_id"],
        "name": {"first_name": row["first_name"], "last_name": row["last_name"]},
        "address": json.loads(row["address"]),
        "email": row["email"],
        "payment_methods": methods,
        "orders": [order["order_id"] for order in orders],
    }


def _order(db: sqlite3.Connection, row: sqlite3.Row) -> dict[str, Any]:
    items = [
        {
            "name": item["name"],
            "product_id": item["product_id"],
            "item_id": item["item_id"],
            "price": item["cents"] / 100,
            "options": json.loads(item["options"]),
        }
        for item in items_of(db, row["order_id"])
    ]
    history = [
        {
            "transaction_type": paid["kind"],
            "amount": paid["cents"] / 100,
            "payment_method_id": paid["method_id"],
        }
        for paid in payments_of(db, row["order_id"])
    ]
    return {
        "order_id": row["order_id"],
        "user_id": row["user_id"],
        "address": json.loads(row["address"]),
        "items": items,
        "status": row["status"],
        "fulfillments": json.loads(row["fulfillments"]),
        "payment_history": history,
        **json.loads(row["extra"]),
    }
