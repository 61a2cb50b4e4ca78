"""What the tools that change an order have in common: trying, changing, reading back and taking back."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias, cast

from benchmarks.retail.project.tools.store import Store, credit, items_of, one, payments_of
from pydantic import BaseModel

from podium import ActionContext, ActionError

Work: TypeAlias = Callable[[sqlite3.Connection, sqlite3.Row, Any], None]
"""Changes an order by the arguments of its tool, or refuses."""


def store_of(ctx: ActionContext) -> Store:
    """The shop that the project has opened."""
    return cast("Store", ctx.handle("store"))


def order_of(db: sqlite3.Connection, order_id: str, status: str) -> sqlite3.Row:
    """An order that has to stand at a status.

    Raises:
        ActionError: There is no such order, or it stands elsewhere.
    """
    order = one(db, "orders", "order_id", order_id)
    if order["status"] != status:
        raise ActionError(f"order {order_id} is {order['status']}: only a {status} order allows that")
    return order


def method_of(db: sqlite3.Connection, order: sqlite3.Row, method_id: str) -> sqlite3.Row:
    """A payment method of the user whose order it is.

    Raises:
        ActionError: The user has no such method.
    """
    method = one(db, "payment_methods", "id", method_id)
    if method["user_id"] != order["user_id"]:
        raise ActionError(f"{method_id} is no payment method of {order['user_id']}")
    return method


def check_balance(method: sqlite3.Row, cents: int) -> None:
    """Make sure that a gift card covers an amount.

    Raises:
        ActionError: It does not.
    """
    if method["source"] == "gift_card" and method["balance"] < cents:
        raise ActionError(f"{method['id']} holds {method['balance'] / 100:.2f} and {cents / 100:.2f} are due")


def lines_of(db: sqlite3.Connection, order_id: str, item_ids: Sequence[str]) -> list[sqlite3.Row]:
    """The lines of an order with these items, in their order; an item named twice needs two lines.

    Raises:
        ActionError: No item is named, or one is not in the order.
    """
    left = items_of(db, order_id)
    found: list[sqlite3.Row] = []
    for item_id in item_ids:
        line = next((line for line in left if line["item_id"] == item_id), None)
        if line is None:
            raise ActionError(f"item {item_id} is not in order {order_id}, or not as often")
        left.remove(line)
        found.append(line)
    if not found:
        raise ActionError("no item is named")
    return found


def replacements(
    db: sqlite3.Connection, lines: Sequence[sqlite3.Row], new_ids: Sequence[str]
) -> list[sqlite3.Row]:
    """The variants that take the place of lines: available ones of the same product with other options.

    Raises:
        ActionError: The numbers differ, or one variant does not fit.
    """
    if len(lines) != len(new_ids):
        raise ActionError(f"{len(lines)} items cannot be replaced by {len(new_ids)}")
    found: list[sqlite3.Row] = []
    for line, new_id in zip(lines, new_ids, strict=True):
        variant = one(db, "variants", "item_id", new_id)
        if variant["product_id"] != line["product_id"]:
            raise ActionError(f"item {new_id} is another product than {line['name']}")
        if new_id == line["item_id"]:
            raise ActionError(f"item {new_id} is what the order has already")
        if not variant["available"]:
            raise ActionError(f"item {new_id} is not available")
        found.append(variant)
    return found


def note(db: sqlite3.Connection, order_id: str, status: str, **extra: object) -> None:
    """Move an order to a status, with more to say about it."""
    known = json.loads(one(db, "orders", "order_id", order_id)["extra"])
    db.execute(
        "UPDATE orders SET status = ?, extra = ? WHERE order_id = ?",
        (status, json.dumps({**known, **extra}), order_id),
    )


def snapshot(db: sqlite3.Connection, order_id: str) -> dict[str, Any]:
    """An order, its lines and its payments."""
    return {
        "order": dict(one(db, "orders", "order_id", order_id)),
        "items": [dict(row) for row in items_of(db, order_id)],
        "payments": [dict(row) for row in payments_of(db, order_id)],
    }


def try_out(work: Work) -> Callable[[ActionContext, Any], dict[str, Any]]:
    """The preview of a change: it is made in a transaction that is given up."""

    def preview(ctx: ActionContext, args: Any) -> dict[str, Any]:
        with store_of(ctx).trying() as db:
            return _differences(_change(db, work, args))

    return preview


def make(ctx: ActionContext, tool: str, work: Work, args: Any) -> dict[str, Any]:
    """Change an order, and keep what is needed to take that back."""
    return store_of(ctx).change(ctx.idempotency_key, tool, lambda db: _change(db, work, args))


def stands(ctx: ActionContext, args: Any, result: dict[str, Any]) -> bool:
    """Whether the order reads as the change has left it."""
    with store_of(ctx).reading() as db:
        return bool(snapshot(db, args.order_id) == result["after"])


def made(ctx: ActionContext, _: BaseModel) -> dict[str, Any] | None:
    """What this very change gave, if it was made."""
    return store_of(ctx).changed(ctx.idempotency_key)


def take_back(ctx: ActionContext, args: Any, result: dict[str, Any]) -> dict[str, Any]:
    """Put an order back as it was, and the money on its gift cards.

    Raises:
        ActionError: The order was changed again since, or the money has been spent.
    """
    store = store_of(ctx)
    known = store.changed(ctx.idempotency_key)
    if known is not None:
        return known
    return store.change(ctx.idempotency_key, "take_back", lambda db: _restore(db, args.order_id, result))


def _change(db: sqlite3.Connection, work: Work, args: Any) -> dict[str, Any]:
    order = one(db, "orders", "order_id", args.order_id)
    before, cards = snapshot(db, args.order_id), _cards(db, order["user_id"])
    work(db, order, args)
    after = snapshot(db, args.order_id)
    moved = {card: cents - cards[card] for card, cents in _cards(db, order["user_id"]).items()}
    credits_ = {card: cents for card, cents in moved.items() if cents}
    return {"order_id": args.order_id, "before": before, "after": after, "credited": credits_}


def _restore(db: sqlite3.Connection, order_id: str, result: dict[str, Any]) -> dict[str, Any]:
    if snapshot(db, order_id) != result["after"]:
        raise ActionError(f"order {order_id} was changed again since")
    before = result["before"]
    order = before["order"]
    db.execute(
        "UPDATE orders SET address = ?, status = ?, extra = ? WHERE order_id = ?",
        (order["address"], order["status"], order["extra"], order_id),
    )
    for table, rows in (("order_items", before["items"]), ("payments", before["payments"])):
        db.execute(f"DELETE FROM {table} WHERE order_id = ?", (order_id,))
        for row in rows:
            db.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", tuple(row.values()))
    for card, cents in result["credited"].items():
        check_balance(one(db, "payment_methods", "id", card), cents)
        credit(db, card, -cents)
    return {"order_id": order_id, "status": order["status"]}


def _cards(db: sqlite3.Connection, user_id: str) -> dict[str, int]:
    sql = "SELECT id, balance FROM payment_methods WHERE user_id = ? AND balance IS NOT NULL"
    return {row["id"]: row["balance"] for row in db.execute(sql, (user_id,))}


def _differences(change: dict[str, Any]) -> dict[str, Any]:
    """What a person is shown: the parts of an order that differ, before and after."""
    shown: dict[str, Any] = {"before": {}, "after": {}}
    for part in ("items", "payments"):
        if change["before"][part] != change["after"][part]:
            for side in ("before", "after"):
                shown[side][part] = change[side][part]
    for name, value in change["before"]["order"].items():
        if value != change["after"]["order"][name]:
            shown["before"][name], shown["after"][name] = value, change["after"]["order"][name]
    return {**shown, "credited": change["credited"]}
