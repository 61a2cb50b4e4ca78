"""Looking at orders and parcels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, cast

from pydantic import BaseModel, Field

from podium import ActionContext, action

if TYPE_CHECKING:
    from tools.shop import Shop

OrderStatus = Literal[
    "pending", "paid", "packed", "shipped", "delivered", "cancelled", "returned", "refunded"
]


class ListOrders(BaseModel):
    """Whose orders to list."""

    customer_id: str = Field(
        description="The customer whose orders are wanted, like C-1001",
        pattern=r"^C-\d{4}$",
        examples=["C-1001"],
    )
    status: OrderStatus | None = Field(
        default=None, description="Only orders in this state; all of them when left out"
    )


class ShowOrder(BaseModel):
    """Which order to look at."""

    order_id: str = Field(
        description="The order to look at, like O-10001",
        pattern=r"^O-\d{5}$",
        examples=["O-10001"],
    )


@action("read", target="customer/{customer_id}")
def list_orders(ctx: ActionContext, args: ListOrders) -> dict[str, Any]:
    """List the orders of a customer, newest first.

    Also: which orders does the customer have, order history, what has the customer bought.
    """
    shop = cast("Shop", ctx.handle("shop"))
    with shop.reading() as db:
        shop.customer(db, args.customer_id)
        rows = db.execute(
            "SELECT order_id, status, placed_on, total_cents FROM orders WHERE customer_id = :customer"
            " AND (:status IS NULL OR status = :status) ORDER BY placed_on DESC, order_id DESC",
            {"customer": args.customer_id, "status": args.status},
        ).fetchall()
    orders = [
        {
            "order_id": row["order_id"],
            "status": row["status"],
            "placed_on": row["placed_on"],
            "total": shop.pounds(row["total_cents"]),
        }
        for row in rows
    ]
    return {"customer_id": args.customer_id, "orders": orders}


@action("read", target="order/{order_id}")
def show_order(ctx: ActionContext, args: ShowOrder) -> dict[str, Any]:
    """Show an order: its state, its items, what was paid and where it goes.

    Also: order details, what is in the order, status of an order, look at an order.
    """
    shop = cast("Shop", ctx.handle("shop"))
    with shop.reading() as db:
        order = shop.order(db, args.order_id)
        lines = db.execute(
            "SELECT sku, name, quantity, unit_cents FROM order_lines JOIN products USING (sku)"
            " WHERE order_id = ? ORDER BY line_no",
            (args.order_id,),
        ).fetchall()
        refunds = db.execute(
            "SELECT refund_id, amount_cents, status FROM refunds WHERE order_id = ? ORDER BY refund_id",
            (args.order_id,),
        ).fetchall()
    fields = ("order_id", "customer_id", "status", "placed_on", "delivered_on", "address")
    return {
        **{name: order[name] for name in fields},
        "total": shop.pounds(order["total_cents"]),
        "paid": shop.pounds(order["paid_cents"]),
        "items": [
            {"sku": row["sku"], "name": row["name"], "quantity": row["quantity"]}
            | {"price": shop.pounds(row["unit_cents"])}
            for row in lines
        ],
        "refunds": [
            {"refund_id": row["refund_id"], "status": row["status"]}
            | {"amount": shop.pounds(row["amount_cents"])}
            for row in refunds
        ],
    }


@action("read", target="order/{order_id}")
def track_parcel(ctx: ActionContext, args: ShowOrder) -> dict[str, Any]:
    """Track the parcel of an order: where it is and when it is expected.

    Also: where is my order, where is the package, tracking, has it arrived, delivery status.
    """
    shop = cast("Shop", ctx.handle("shop"))
    with shop.reading() as db:
        order = shop.order(db, args.order_id)
        parcel = db.execute("SELECT * FROM parcels WHERE order_id = ?", (args.order_id,)).fetchone()
        if parcel is None:
            return {"order_id": args.order_id, "status": order["status"], "shipped": False}
        events = db.execute(
            "SELECT happened_on, place, event FROM parcel_events WHERE parcel_id = ? ORDER BY seq",
            (parcel["parcel_id"],),
        ).fetchall()
    return {
        "order_id": args.order_id,
        "status": order["status"],
        "shipped": True,
        "carrier": parcel["carrier"],
        "tracking_number": parcel["tracking_number"],
        "expected_on": parcel["expected_on"],
        "events": [dict(event) for event in events],
    }
