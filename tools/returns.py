"""Taking goods back."""

from __future__ import annotations

import sqlite3
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Literal, cast

from pydantic import BaseModel, Field

from podium import ActionContext, ActionError, action

if TYPE_CHECKING:
    from tools.shop import Shop

RETURN_DAYS = 30
RETURN_DAYS_GOLD = 60


class CreateReturn(BaseModel):
    """What comes back from which order, and why."""

    order_id: str = Field(
        description="The order from which something comes back, like O-10001",
        pattern=r"^O-\d{5}$",
        examples=["O-10001"],
    )
    sku: str = Field(
        description="The article number of the item that comes back, like KET-204",
        pattern=r"^[A-Z]{3}-\d{3}$",
        examples=["KET-204"],
    )
    quantity: int = Field(default=1, description="How many pieces come back", ge=1, le=50)
    reason: Literal["changed mind", "damaged", "faulty", "wrong item", "other"] = Field(
        default="other", description="Why the item comes back"
    )


def find_change(ctx: ActionContext, _: BaseModel) -> dict[str, Any] | None:
    """What this very action has changed, if it has."""
    return cast("Shop", ctx.handle("shop")).changed(ctx.idempotency_key)


def preview_return(ctx: ActionContext, args: CreateReturn) -> dict[str, Any]:
    """How many pieces of the item are coming back before and after."""
    shop = cast("Shop", ctx.handle("shop"))
    with shop.reading() as db:
        already = _check(shop, db, shop.today, args)
    return {
        "before": {"pieces coming back": already},
        "after": {"pieces coming back": already + args.quantity},
    }


def withdraw_return(ctx: ActionContext, args: CreateReturn, result: dict[str, Any]) -> dict[str, Any]:
    """Withdraw the return, while nothing has arrived; doing it twice is doing it once."""
    shop = cast("Shop", ctx.handle("shop"))
    with shop.changing() as db:
        status = _return(db, result["return_id"])["status"]
        if status not in ("open", "withdrawn"):
            raise ActionError(
                f"return {result['return_id']} for {args.order_id} is {status} and cannot be withdrawn",
                hint="the parcel has arrived: finish the return instead",
            )
        db.execute("UPDATE returns SET status = 'withdrawn' WHERE return_id = ?", (result["return_id"],))
    return {"return_id": result["return_id"], "status": "withdrawn"}


def verify_return(ctx: ActionContext, args: CreateReturn, result: dict[str, Any]) -> bool:
    """Whether the return is open for the item."""
    shop = cast("Shop", ctx.handle("shop"))
    with shop.reading() as db:
        row = _return(db, result["return_id"])
    return (row["order_id"], row["sku"], row["status"]) == (args.order_id, args.sku, "open")


@action(
    "compensable",
    target="order/{order_id}",
    preview=preview_return,
    compensate=withdraw_return,
    verify=verify_return,
    reconcile=find_change,
    idempotent=True,
)
def create_return(ctx: ActionContext, args: CreateReturn) -> dict[str, Any]:
    """Create a return: the customer sends an item of a delivered order back.

    Also: open a return, register a return, send something back, return label, take goods back.
    """
    shop = cast("Shop", ctx.handle("shop"))
    today = shop.today

    def open_return(db: sqlite3.Connection) -> dict[str, Any]:
        _check(shop, db, today, args)
        return_id = shop.next_id(db, "returns")
        row = (return_id, args.order_id, args.sku, args.quantity, args.reason, "open")
        db.execute("INSERT INTO returns VALUES (?, ?, ?, ?, ?, ?, ?)", (*row, today.isoformat()))
        return {
            "return_id": return_id,
            "order_id": args.order_id,
            "sku": args.sku,
            "quantity": args.quantity,
            "status": "open",
        }

    return shop.once(ctx.idempotency_key, "create_return", open_return)


def _check(shop: Shop, db: sqlite3.Connection, today: date, args: CreateReturn) -> int:
    """How many pieces of the item are coming back already.

    Raises:
        ActionError: The order, the item, the number or the day does not allow the return.
    """
    order = shop.order(db, args.order_id)
    if order["status"] != "delivered":
        raise ActionError(
            f"order {args.order_id} is {order['status']}: only a delivered order can be returned",
            hint="wait for the delivery, or cancel the order while it has not been shipped",
        )
    gold = shop.customer(db, order["customer_id"])["loyalty"] == "gold"
    days = RETURN_DAYS_GOLD if gold else RETURN_DAYS
    last = date.fromisoformat(order["delivered_on"]) + timedelta(days=days)
    if today > last:
        raise ActionError(
            f"the {days} days for returning {args.order_id} ended on {last}",
            hint="a faulty item is a case for the warranty",
        )
    bought = _sum(db, "SELECT sum(quantity) FROM order_lines WHERE order_id = ? AND sku = ?", args)
    coming = _sum(
        db,
        "SELECT sum(quantity) FROM returns WHERE order_id = ? AND sku = ? AND status != 'withdrawn'",
        args,
    )
    if coming + args.quantity > bought:
        raise ActionError(
            f"{args.quantity} x {args.sku} cannot come back from {args.order_id}: "
            f"{bought} bought, {coming} returned already",
            hint="look at the order for what was bought",
        )
    return coming


def _sum(db: sqlite3.Connection, query: str, args: CreateReturn) -> int:
    (total,) = db.execute(query, (args.order_id, args.sku)).fetchone()
    return int(total or 0)


def _return(db: sqlite3.Connection, return_id: str) -> sqlite3.Row:
    row: sqlite3.Row = db.execute("SELECT * FROM returns WHERE return_id = ?", (return_id,)).fetchone()
    return row
