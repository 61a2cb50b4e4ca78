"""What may be done about an order that was delivered: sending items back, or swapping them."""

from __future__ import annotations

import sqlite3
from typing import Any

from benchmarks.retail.project.tools.changes import (
    check_balance,
    lines_of,
    made,
    make,
    method_of,
    note,
    order_of,
    replacements,
    stands,
    take_back,
    try_out,
)
from benchmarks.retail.project.tools.store import payments_of
from pydantic import BaseModel, Field

from podium import ActionContext, ActionError, action

ORDER = Field(description="The order, such as #W2378156", pattern=r"^#W\d+$")


class Return(BaseModel):
    """Which items come back, and where the money goes."""

    order_id: str = ORDER
    item_ids: list[str] = Field(min_length=1)
    payment_method_id: str


class Exchange(BaseModel):
    """Which items are swapped for which."""

    order_id: str = ORDER
    item_ids: list[str] = Field(min_length=1)
    new_item_ids: list[str] = Field(min_length=1)
    payment_method_id: str


def give_back(db: sqlite3.Connection, order: sqlite3.Row, args: Return) -> None:
    """Ask for items back; the refund goes to the original method or to a gift card."""
    order_of(db, args.order_id, "delivered")
    lines_of(db, args.order_id, args.item_ids)
    method = method_of(db, order, args.payment_method_id)
    original = {paid["method_id"] for paid in payments_of(db, args.order_id)}
    if method["id"] not in original and method["source"] != "gift_card":
        raise ActionError(f"a refund goes to {' or '.join(sorted(original))} or to a gift card")
    note(
        db,
        args.order_id,
        "return requested",
        return_items=sorted(args.item_ids),
        return_payment_method_id=method["id"],
    )


def swap(db: sqlite3.Connection, order: sqlite3.Row, args: Exchange) -> None:
    """Ask for a swap of items; the difference is settled when they arrive."""
    order_of(db, args.order_id, "delivered")
    method = method_of(db, order, args.payment_method_id)
    lines = lines_of(db, args.order_id, args.item_ids)
    variants = replacements(db, lines, args.new_item_ids)
    due = sum(variant["cents"] for variant in variants) - sum(line["cents"] for line in lines)
    check_balance(method, due)
    note(
        db,
        args.order_id,
        "exchange requested",
        exchange_items=sorted(args.item_ids),
        exchange_new_items=sorted(args.new_item_ids),
        exchange_payment_method_id=method["id"],
        exchange_price_difference=due / 100,
    )


@action(
    "compensable",
    target="order/{order_id}",
    preview=try_out(give_back),
    verify=stands,
    compensate=take_back,
    reconcile=made,
)
def return_delivered_order_items(ctx: ActionContext, args: Return) -> dict[str, Any]:
    """Start the return of items of a delivered order."""
    return make(ctx, "return_delivered_order_items", give_back, args)


@action(
    "compensable",
    target="order/{order_id}",
    preview=try_out(swap),
    verify=stands,
    compensate=take_back,
    reconcile=made,
)
def exchange_delivered_order_items(ctx: ActionContext, args: Exchange) -> dict[str, Any]:
    """Swap items of a delivered order for other variants of the same products."""
    return make(ctx, "exchange_delivered_order_items", swap, args)
