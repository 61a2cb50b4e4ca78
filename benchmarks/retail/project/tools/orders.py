"""What may be changed on an order that is pending."""

from __future__ import annotations

import json
import sqlite3
from typing import Any, Literal

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
from benchmarks.retail.project.tools.store import pay, payments_of
from pydantic import BaseModel, Field

from podium import ActionContext, ActionError, action

ORDER = Field(description="The order, such as #W2378156", pattern=r"^#W\d+$")


class Cancel(BaseModel):
    """Which order to cancel, and why."""

    order_id: str = ORDER
    reason: Literal["no longer needed", "ordered by mistake"]


class ModifyItems(BaseModel):
    """Which items of an order become which."""

    order_id: str = ORDER
    item_ids: list[str] = Field(min_length=1)
    new_item_ids: list[str] = Field(min_length=1)
    payment_method_id: str


class ModifyPayment(BaseModel):
    """How an order is paid instead."""

    order_id: str = ORDER
    payment_method_id: str


class ModifyAddress(BaseModel):
    """Where an order goes instead."""

    order_id: str = ORDER
    address1: str
    address2: str
    city: str
    state: str
    country: str
    zip: str


def cancel(db: sqlite3.Connection, order: sqlite3.Row, args: Cancel) -> None:
    """Close a pending order and pay back what each method has paid for it and not got back."""
    order_of(db, args.order_id, "pending")
    paid: dict[str, int] = {}
    for one in payments_of(db, args.order_id):
        sign = 1 if one["kind"] == "payment" else -1
        paid[one["method_id"]] = paid.get(one["method_id"], 0) + sign * one["cents"]
    for method_id, cents in paid.items():
        if cents > 0:
            pay(db, args.order_id, "refund", cents, method_of(db, order, method_id))
    note(db, args.order_id, "cancelled", cancel_reason=args.reason)


def modify_items(db: sqlite3.Connection, order: sqlite3.Row, args: ModifyItems) -> None:
    """Put other variants in the place of items, once; the difference is paid or paid back."""
    order_of(db, args.order_id, "pending")
    method = method_of(db, order, args.payment_method_id)
    lines = lines_of(db, args.order_id, args.item_ids)
    variants = replacements(db, lines, args.new_item_ids)
    due = sum(variant["cents"] for variant in variants) - sum(line["cents"] for line in lines)
    check_balance(method, due)
    for line, variant in zip(lines, variants, strict=True):
        values = (variant["item_id"], variant["cents"], variant["options"], args.order_id, line["line"])
        sql = "UPDATE order_items SET item_id = ?, cents = ?, options = ? WHERE order_id = ? AND line = ?"
        db.execute(sql, values)
    if due:
        pay(db, args.order_id, "payment" if due > 0 else "refund", abs(due), method)
    note(db, args.order_id, "pending (item modified)")


def modify_payment(db: sqlite3.Connection, order: sqlite3.Row, args: ModifyPayment) -> None:
    """Pay an order with another method, and pay back what the former one paid."""
    order_of(db, args.order_id, "pending")
    method = method_of(db, order, args.payment_method_id)
    paid = [one for one in payments_of(db, args.order_id) if one["kind"] == "payment"][-1]
    if paid["method_id"] == method["id"]:
        raise ActionError(f"order {args.order_id} is paid with {method['id']} already")
    check_balance(method, paid["cents"])
    pay(db, args.order_id, "payment", paid["cents"], method)
    pay(db, args.order_id, "refund", paid["cents"], method_of(db, order, paid["method_id"]))


def modify_address(db: sqlite3.Connection, _: sqlite3.Row, args: ModifyAddress) -> None:
    """Send a pending order elsewhere."""
    order_of(db, args.order_id, "pending")
    address = json.dumps(args.model_dump(exclude={"order_id"}))
    db.execute("UPDATE orders SET address = ? WHERE order_id = ?", (address, args.order_id))


@action(
    "compensable",
    target="order/{order_id}",
    preview=try_out(cancel),
    verify=stands,
    compensate=take_back,
    reconcile=made,
)
def cancel_pending_order(ctx: ActionContext, args: Cancel) -> dict[str, Any]:
    """Cancel a pending order and refund what was paid."""
    return make(ctx, "cancel_pending_order", cancel, args)


@action(
    "compensable",
    target="order/{order_id}",
    preview=try_out(modify_items),
    verify=stands,
    compensate=take_back,
    reconcile=made,
)
def modify_pending_order_items(ctx: ActionContext, args: ModifyItems) -> dict[str, Any]:
    """Replace items of a pending order by other variants of the same products; possible once."""
    return make(ctx, "modify_pending_order_items", modify_items, args)


@action(
    "compensable",
    target="order/{order_id}",
    preview=try_out(modify_payment),
    verify=stands,
    compensate=take_back,
    reconcile=made,
)
def modify_pending_order_payment(ctx: ActionContext, args: ModifyPayment) -> dict[str, Any]:
    """Pay a pending order with another payment method."""
    return make(ctx, "modify_pending_order_payment", modify_payment, args)


@action(
    "reversible",
    target="order/{order_id}",
    preview=try_out(modify_address),
    verify=stands,
    compensate=take_back,
    reconcile=made,
)
def modify_pending_order_address(ctx: ActionContext, args: ModifyAddress) -> dict[str, Any]:
    """Change where a pending order is sent."""
    return make(ctx, "modify_pending_order_address", modify_address, args)
