"""Cancelling an order and sending it elsewhere, while it has not been shipped."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any, cast

from pydantic import BaseModel, Field

from podium import ActionContext, ActionError, action

if TYPE_CHECKING:
    from tools.shop import Shop

NOT_SHIPPED = ("pending", "paid", "packed")


class CancelOrder(BaseModel):
    """Which order to cancel."""

    order_id: str = Field(
        description="The order to cancel, like O-10001",
        pattern=r"^O-\d{5}$",
        examples=["O-10001"],
    )
    reason: str = Field(default="", description="Why the customer cancels, in a few words", max_length=200)


class ChangeAddress(BaseModel):
    """Where to send an order instead."""

    order_id: str = Field(
        description="The order whose delivery address changes, like O-10001",
        pattern=r"^O-\d{5}$",
        examples=["O-10001"],
    )
    address: str = Field(
        description="The new address: house number and street, town, postcode",
        pattern=r"^\d{1,4}[a-z]? [^,]{3,60}, [^,]{2,40}, [A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}$",
        examples=["12 Mill Lane, Leeds, LS1 4AB"],
    )


def find_change(ctx: ActionContext, _: BaseModel) -> dict[str, Any] | None:
    """What this very action has changed, if it has."""
    return cast("Shop", ctx.handle("shop")).changed(ctx.idempotency_key)


def preview_cancel(ctx: ActionContext, args: CancelOrder) -> dict[str, Any]:
    """The state before and after."""
    shop = cast("Shop", ctx.handle("shop"))
    with shop.reading() as db:
        order = _not_shipped(shop, db, args.order_id)
    return {"before": {"status": order["status"]}, "after": {"status": "cancelled"}}


def undo_cancel(ctx: ActionContext, args: CancelOrder, result: dict[str, Any]) -> dict[str, Any]:
    """Put the order back in the state it had and reserve its items again."""
    shop = cast("Shop", ctx.handle("shop"))
    with shop.changing() as db:
        if shop.order(db, args.order_id)["status"] == "cancelled":
            _refuse_if_refunded(db, args.order_id)
            _restock(db, args.order_id, -1)
            db.execute(
                "UPDATE orders SET status = ?, cancel_reason = '' WHERE order_id = ?",
                (result["was"], args.order_id),
            )
    return {"order_id": args.order_id, "status": result["was"]}


def verify_cancel(ctx: ActionContext, args: CancelOrder, _: dict[str, Any]) -> bool:
    """Whether the order reads as cancelled."""
    shop = cast("Shop", ctx.handle("shop"))
    with shop.reading() as db:
        return bool(shop.order(db, args.order_id)["status"] == "cancelled")


@action(
    "compensable",
    target="order/{order_id}",
    preview=preview_cancel,
    compensate=undo_cancel,
    verify=verify_cancel,
    reconcile=find_change,
    idempotent=True,
)
def cancel_order(ctx: ActionContext, args: CancelOrder) -> dict[str, Any]:
    """Cancel an order that has not been shipped yet.

    Also: stop an order, call off an order, the customer does not want the order any more.
    """
    shop = cast("Shop", ctx.handle("shop"))

    def cancel(db: sqlite3.Connection) -> dict[str, Any]:
        order = _not_shipped(shop, db, args.order_id)
        db.execute(
            "UPDATE orders SET status = 'cancelled', cancel_reason = ? WHERE order_id = ?",
            (args.reason, args.order_id),
        )
        _restock(db, args.order_id, 1)
        return {
            "order_id": args.order_id,
            "status": "cancelled",
            "was": order["status"],
            "paid": shop.pounds(order["paid_cents"]),
        }

    return shop.once(ctx.idempotency_key, "cancel_order", cancel)


def preview_address(ctx: ActionContext, args: ChangeAddress) -> dict[str, Any]:
    """The address before and after."""
    shop = cast("Shop", ctx.handle("shop"))
    with shop.reading() as db:
        order = _not_shipped(shop, db, args.order_id)
    return {"before": {"address": order["address"]}, "after": {"address": args.address}}


def restore_address(ctx: ActionContext, args: ChangeAddress, result: dict[str, Any]) -> dict[str, Any]:
    """Put the old address back, while the order is still here."""
    shop = cast("Shop", ctx.handle("shop"))
    with shop.changing() as db:
        if shop.order(db, args.order_id)["address"] != result["was"]:
            _not_shipped(shop, db, args.order_id)
            _set_address(db, args.order_id, result["was"])
    return {"order_id": args.order_id, "address": result["was"]}


def verify_address(ctx: ActionContext, args: ChangeAddress, _: dict[str, Any]) -> bool:
    """Whether the order reads the new address."""
    shop = cast("Shop", ctx.handle("shop"))
    with shop.reading() as db:
        return bool(shop.order(db, args.order_id)["address"] == args.address)


@action(
    "reversible",
    target="order/{order_id}",
    preview=preview_address,
    compensate=restore_address,
    verify=verify_address,
    reconcile=find_change,
    idempotent=True,
)
def change_address(ctx: ActionContext, args: ChangeAddress) -> dict[str, Any]:
    """Change the delivery address of an order that has not been shipped yet.

    Also: send the order somewhere else, deliver to another address, correct the address, customer has moved.
    """
    shop = cast("Shop", ctx.handle("shop"))

    def change(db: sqlite3.Connection) -> dict[str, Any]:
        order = _not_shipped(shop, db, args.order_id)
        _set_address(db, args.order_id, args.address)
        return {"order_id": args.order_id, "address": args.address, "was": order["address"]}

    return shop.once(ctx.idempotency_key, "change_address", change)


def _not_shipped(shop: Shop, db: sqlite3.Connection, order_id: str) -> sqlite3.Row:
    order = shop.order(db, order_id)
    if order["status"] not in NOT_SHIPPED:
        raise ActionError(
            f"order {order_id} is {order['status']}: only an order that has not been shipped can be changed",
            hint="offer a return once the parcel has arrived",
        )
    return order


def _refuse_if_refunded(db: sqlite3.Connection, order_id: str) -> None:
    refund = db.execute(
        "SELECT refund_id FROM refunds WHERE order_id = ? AND status != 'voided'", (order_id,)
    ).fetchone()
    if refund:
        raise ActionError(
            f"order {order_id} was refunded with {refund['refund_id']} and cannot be reopened",
            hint="void the refund first",
        )


def _restock(db: sqlite3.Connection, order_id: str, sign: int) -> None:
    """Put the items of an order back on the shelf (1) or take them off again (-1)."""
    lines = db.execute(
        "SELECT sku, quantity, stock FROM order_lines JOIN products USING (sku) WHERE order_id = ?",
        (order_id,),
    ).fetchall()
    for line in lines:
        left = line["stock"] + sign * line["quantity"]
        if left < 0:
            raise ActionError(
                f"{line['sku']} was sold in the meantime: order {order_id} cannot be reopened",
                hint="offer the customer a new order",
            )
        db.execute("UPDATE products SET stock = ? WHERE sku = ?", (left, line["sku"]))


def _set_address(db: sqlite3.Connection, order_id: str, address: str) -> None:
    db.execute("UPDATE orders SET address = ? WHERE order_id = ?", (address, order_id))
