"""Giving money back for an order, and calling a refund back on the day it was issued."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any, cast

from pydantic import BaseModel, Field

from podium import ActionContext, ActionError, action

if TYPE_CHECKING:
    from tools.shop import Shop


class IssueRefund(BaseModel):
    """For which order, how much and why."""

    order_id: str = Field(
        description="The order whose money is given back, like O-10001",
        pattern=r"^O-\d{5}$",
        examples=["O-10001"],
    )
    amount: str | None = Field(
        default=None,
        description="The amount to give back in pounds, like 24.90; everything still paid when left out",
        pattern=r"^\d{1,5}(\.\d{2})?$",
        examples=["24.90", "20"],
    )
    reason: str = Field(default="", description="Why the money is given back, in a few words", max_length=200)


class VoidRefund(BaseModel):
    """Which refund to call back."""

    refund_id: str = Field(
        description="The refund to call back, like R-30001",
        pattern=r"^R-\d{5}$",
        examples=["R-30001"],
    )


def find_change(ctx: ActionContext, _: BaseModel) -> dict[str, Any] | None:
    """What this very action has changed, if it has."""
    return cast("Shop", ctx.handle("shop")).changed(ctx.idempotency_key)


def preview_refund(ctx: ActionContext, args: IssueRefund) -> dict[str, Any]:
    """What has been refunded on the order before and after."""
    shop = cast("Shop", ctx.handle("shop"))
    with shop.reading() as db:
        order = shop.order(db, args.order_id)
        refunded = _refunded_cents(db, args.order_id)
        amount = _amount_cents(shop, order, refunded, args.amount)
    return {
        "before": {"refunded": shop.pounds(refunded), "paid": shop.pounds(order["paid_cents"])},
        "after": {
            "refunded": shop.pounds(refunded + amount),
            "paid": shop.pounds(order["paid_cents"]),
        },
    }


def undo_refund(ctx: ActionContext, args: IssueRefund, result: dict[str, Any]) -> dict[str, Any]:
    """Void the refund, while it is pending; doing it twice is doing it once."""
    shop = cast("Shop", ctx.handle("shop"))
    with shop.changing() as db:
        if _refund(db, result["refund_id"])["status"] != "voided":
            _void(db, _pending(db, result["refund_id"]))
    return {"refund_id": result["refund_id"], "order_id": args.order_id, "status": "voided"}


def verify_refund(ctx: ActionContext, args: IssueRefund, result: dict[str, Any]) -> bool:
    """Whether the refund is booked for the order."""
    shop = cast("Shop", ctx.handle("shop"))
    with shop.reading() as db:
        refund = _refund(db, result["refund_id"])
    return bool(refund["order_id"] == args.order_id and refund["status"] != "voided")


@action(
    "compensable",
    target="order/{order_id}",
    preview=preview_refund,
    compensate=undo_refund,
    verify=verify_refund,
    reconcile=find_change,
    idempotent=True,
)
def issue_refund(ctx: ActionContext, args: IssueRefund) -> dict[str, Any]:
    """Refund an order: give the customer the money back, all of it or a part.

    Also: issue a refund, pay back, money back, reimburse the customer, partial refund.
    """
    shop = cast("Shop", ctx.handle("shop"))
    today = shop.today.isoformat()

    def book(db: sqlite3.Connection) -> dict[str, Any]:
        order = shop.order(db, args.order_id)
        refunded = _refunded_cents(db, args.order_id)
        amount = _amount_cents(shop, order, refunded, args.amount)
        refund_id = shop.next_id(db, "refunds")
        row = (refund_id, args.order_id, amount, args.reason, "pending", today)
        db.execute("INSERT INTO refunds VALUES (?, ?, ?, ?, ?, ?)", row)
        if order["status"] == "returned" and refunded + amount == order["paid_cents"]:
            _set_status(db, args.order_id, "refunded")
        return {
            "refund_id": refund_id,
            "order_id": args.order_id,
            "amount": shop.pounds(amount),
            "status": "pending",
        }

    return shop.once(ctx.idempotency_key, "issue_refund", book)


def preview_void(ctx: ActionContext, args: VoidRefund) -> dict[str, Any]:
    """The state of the refund before and after."""
    shop = cast("Shop", ctx.handle("shop"))
    with shop.reading() as db:
        refund = _pending(db, args.refund_id)
    amount = shop.pounds(refund["amount_cents"])
    return {
        "before": {"status": refund["status"], "amount": amount},
        "after": {"status": "voided", "amount": amount},
    }


def reinstate_refund(ctx: ActionContext, args: VoidRefund, _: dict[str, Any]) -> dict[str, Any]:
    """Make the refund pending again, exactly as it was."""
    shop = cast("Shop", ctx.handle("shop"))
    with shop.changing() as db:
        refund = _refund(db, args.refund_id)
        if refund["status"] == "voided":
            order = shop.order(db, refund["order_id"])
            refunded = _refunded_cents(db, order["order_id"]) + refund["amount_cents"]
            if refunded > order["paid_cents"]:
                raise ActionError(
                    f"{order['order_id']} was refunded again since {args.refund_id} was voided",
                    hint="void the newer refund first",
                )
            db.execute("UPDATE refunds SET status = 'pending' WHERE refund_id = ?", (args.refund_id,))
            if order["status"] == "returned" and refunded == order["paid_cents"]:
                _set_status(db, order["order_id"], "refunded")
    return {"refund_id": args.refund_id, "status": "pending"}


def verify_void(ctx: ActionContext, args: VoidRefund, _: dict[str, Any]) -> bool:
    """Whether the refund reads as voided."""
    shop = cast("Shop", ctx.handle("shop"))
    with shop.reading() as db:
        return bool(_refund(db, args.refund_id)["status"] == "voided")


@action(
    "reversible",
    target="refund/{refund_id}",
    preview=preview_void,
    compensate=reinstate_refund,
    verify=verify_void,
    reconcile=find_change,
    idempotent=True,
)
def void_refund(ctx: ActionContext, args: VoidRefund) -> dict[str, Any]:
    """Void a refund that is still pending, so that no money is paid.

    Also: call a refund back, stop a refund, take a refund back, refund issued by mistake.
    """
    shop = cast("Shop", ctx.handle("shop"))

    def void(db: sqlite3.Connection) -> dict[str, Any]:
        refund = _pending(db, args.refund_id)
        _void(db, refund)
        return {
            "refund_id": args.refund_id,
            "order_id": refund["order_id"],
            "amount": shop.pounds(refund["amount_cents"]),
            "status": "voided",
        }

    return shop.once(ctx.idempotency_key, "void_refund", void)


def _refunded_cents(db: sqlite3.Connection, order_id: str) -> int:
    (cents,) = db.execute(
        "SELECT coalesce(sum(amount_cents), 0) FROM refunds WHERE order_id = ? AND status != 'voided'",
        (order_id,),
    ).fetchone()
    return int(cents)


def _amount_cents(shop: Shop, order: sqlite3.Row, refunded: int, amount: str | None) -> int:
    """The amount to refund, within what was paid and not yet given back."""
    left = order["paid_cents"] - refunded
    cents = left if amount is None else shop.cents(amount)
    if not 0 < cents <= left:
        raise ActionError(
            f"{shop.pounds(cents)} cannot be refunded on {order['order_id']}: "
            f"{shop.pounds(order['paid_cents'])} was paid and {shop.pounds(refunded)} refunded already",
            hint=f"refund at most {shop.pounds(left)}" if left else "nothing is left to refund",
        )
    return cents


def _refund(db: sqlite3.Connection, refund_id: str) -> sqlite3.Row:
    refund: sqlite3.Row | None = db.execute(
        "SELECT * FROM refunds WHERE refund_id = ?", (refund_id,)
    ).fetchone()
    if refund is None:
        raise ActionError(f"there is no refund {refund_id}", hint="check the number of the refund")
    return refund


def _pending(db: sqlite3.Connection, refund_id: str) -> sqlite3.Row:
    refund = _refund(db, refund_id)
    if refund["status"] != "pending":
        raise ActionError(
            f"refund {refund_id} is {refund['status']}: only a pending refund can be voided",
            hint="a settled refund has left the shop's account for good",
        )
    return refund


def _void(db: sqlite3.Connection, refund: sqlite3.Row) -> None:
    db.execute("UPDATE refunds SET status = 'voided' WHERE refund_id = ?", (refund["refund_id"],))
    # An order becomes refunded only by its last refund on top of a return.
    db.execute(
        "UPDATE orders SET status = 'returned' WHERE order_id = ? AND status = 'refunded'",
        (refund["order_id"],),
    )


def _set_status(db: sqlite3.Connection, order_id: str, status: str) -> None:
    db.execute("UPDATE orders SET status = ? WHERE order_id = ?", (status, order_id))
