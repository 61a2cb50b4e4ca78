"""Finding customers, giving them store credit and writing to them."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any, cast

from pydantic import BaseModel, Field

from podium import ActionContext, ActionError, action

if TYPE_CHECKING:
    from tools.shop import Shop

LARGEST_CREDIT_CENTS = 7500
MOST_MATCHES = 10


class FindCustomer(BaseModel):
    """Whom to look for."""

    query: str = Field(
        description="The customer's name, e-mail address or customer number",
        min_length=2,
        max_length=100,
        examples=["Nadia Goldman", "nadia.goldman@example.com", "C-1001"],
    )


class ApplyCredit(BaseModel):
    """How much credit goes to whom, and why."""

    customer_id: str = Field(
        description="The customer who gets the credit, like C-1001",
        pattern=r"^C-\d{4}$",
        examples=["C-1001"],
    )
    amount: str = Field(
        description="The amount of credit in pounds, like 10.00",
        pattern=r"^\d{1,4}(\.\d{2})?$",
        examples=["10.00", "5"],
    )
    reason: str = Field(
        default="goodwill", description="Why the credit is given, in a few words", max_length=200
    )


class SendMessage(BaseModel):
    """What to write to whom."""

    customer_id: str = Field(
        description="The customer who gets the message, like C-1001",
        pattern=r"^C-\d{4}$",
        examples=["C-1001"],
    )
    text: str = Field(
        description="The text of the message, as the customer will read it",
        min_length=1,
        max_length=4000,
        examples=["Your parcel is on its way."],
    )
    subject: str = Field(
        default="About your order", description="The subject line of the message", max_length=120
    )


@action("read")
def find_customer(ctx: ActionContext, args: FindCustomer) -> dict[str, Any]:
    """Find a customer by name, e-mail address or customer number.

    Also: look up a customer, search for a person, who is this customer, customer details.
    """
    shop = cast("Shop", ctx.handle("shop"))
    pattern = "%" + args.query.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    with shop.reading() as db:
        rows = db.execute(
            "SELECT * FROM customers WHERE customer_id = :query OR name LIKE :pattern ESCAPE '\\'"
            " OR email LIKE :pattern ESCAPE '\\' ORDER BY customer_id LIMIT :most",
            {"query": args.query, "pattern": pattern, "most": MOST_MATCHES},
        ).fetchall()
    return {"customers": [_shown(shop, row) for row in rows]}


def _shown(shop: Shop, row: sqlite3.Row) -> dict[str, Any]:
    fields = ("customer_id", "name", "email", "phone", "address", "loyalty", "joined_on")
    return {**{name: row[name] for name in fields}, "credit": shop.pounds(row["credit_cents"])}


def find_change(ctx: ActionContext, _: BaseModel) -> dict[str, Any] | None:
    """What this very action has changed, if it has."""
    return cast("Shop", ctx.handle("shop")).changed(ctx.idempotency_key)


def preview_credit(ctx: ActionContext, args: ApplyCredit) -> dict[str, Any]:
    """The balance before and after."""
    shop = cast("Shop", ctx.handle("shop"))
    amount = _credit_cents(shop, args.amount)
    with shop.reading() as db:
        balance = shop.customer(db, args.customer_id)["credit_cents"]
    return {
        "before": {"store credit": shop.pounds(balance)},
        "after": {"store credit": shop.pounds(balance + amount)},
    }


def reverse_credit(ctx: ActionContext, args: ApplyCredit, result: dict[str, Any]) -> dict[str, Any]:
    """Take the credit back, unless the customer has spent it; doing it twice is doing it once."""
    shop = cast("Shop", ctx.handle("shop"))
    with shop.changing() as db:
        credit = db.execute("SELECT * FROM credits WHERE credit_id = ?", (result["credit_id"],)).fetchone()
        balance = shop.customer(db, args.customer_id)["credit_cents"]
        if credit["status"] == "active":
            if balance < credit["amount_cents"]:
                raise ActionError(
                    f"{args.customer_id} has already spent the credit {credit['credit_id']}",
                    hint="agree with the customer how the difference is paid",
                )
            balance -= credit["amount_cents"]
            _set_balance(db, args.customer_id, balance)
            db.execute("UPDATE credits SET status = 'reversed' WHERE credit_id = ?", (credit["credit_id"],))
    return {"credit_id": result["credit_id"], "status": "reversed", "balance": shop.pounds(balance)}


def verify_credit(ctx: ActionContext, args: ApplyCredit, result: dict[str, Any]) -> bool:
    """Whether the credit is booked."""
    shop = cast("Shop", ctx.handle("shop"))
    with shop.reading() as db:
        credit = db.execute("SELECT * FROM credits WHERE credit_id = ?", (result["credit_id"],)).fetchone()
    return bool(credit and credit["status"] == "active" and credit["customer_id"] == args.customer_id)


@action(
    "compensable",
    target="customer/{customer_id}",
    preview=preview_credit,
    compensate=reverse_credit,
    verify=verify_credit,
    reconcile=find_change,
    idempotent=True,
)
def apply_credit(ctx: ActionContext, args: ApplyCredit) -> dict[str, Any]:
    """Give a customer store credit as a gesture of goodwill.

    Also: add credit, credit the account, apply a credit, goodwill voucher, compensation for trouble.
    """
    shop = cast("Shop", ctx.handle("shop"))
    amount = _credit_cents(shop, args.amount)
    today = shop.today.isoformat()

    def book(db: sqlite3.Connection) -> dict[str, Any]:
        balance = shop.customer(db, args.customer_id)["credit_cents"] + amount
        credit_id = shop.next_id(db, "credits")
        row = (credit_id, args.customer_id, amount, args.reason, "active", today)
        db.execute("INSERT INTO credits VALUES (?, ?, ?, ?, ?, ?)", row)
        _set_balance(db, args.customer_id, balance)
        return {
            "credit_id": credit_id,
            "customer_id": args.customer_id,
            "amount": shop.pounds(amount),
            "balance": shop.pounds(balance),
        }

    return shop.once(ctx.idempotency_key, "apply_credit", book)


def _credit_cents(shop: Shop, amount: str) -> int:
    cents = shop.cents(amount)
    if not 0 < cents <= LARGEST_CREDIT_CENTS:
        raise ActionError(
            f"a credit of {shop.pounds(cents)} is not possible",
            hint=f"give more than nothing and at most {shop.pounds(LARGEST_CREDIT_CENTS)}",
        )
    return cents


def _set_balance(db: sqlite3.Connection, customer_id: str, cents: int) -> None:
    db.execute("UPDATE customers SET credit_cents = ? WHERE customer_id = ?", (cents, customer_id))


def preview_message(ctx: ActionContext, args: SendMessage) -> dict[str, Any]:
    """The message as it will arrive."""
    shop = cast("Shop", ctx.handle("shop"))
    with shop.reading() as db:
        customer = shop.customer(db, args.customer_id)
    message = {"to": customer["email"], "subject": args.subject, "text": args.text}
    return {"before": {}, "after": message}


def find_sent(ctx: ActionContext, args: SendMessage) -> dict[str, Any] | None:
    """The message that this very action has sent, if it has."""
    shop = cast("Shop", ctx.handle("shop"))
    with shop.reading() as db:
        sent = db.execute(
            "SELECT message_id FROM messages WHERE reference = ? AND customer_id = ?",
            (ctx.idempotency_key, args.customer_id),
        ).fetchone()
    return _receipt(sent["message_id"], args) if sent else None


def verify_message(ctx: ActionContext, args: SendMessage, result: dict[str, Any]) -> bool:
    """Whether the message lies in the outbox as it was written."""
    shop = cast("Shop", ctx.handle("shop"))
    with shop.reading() as db:
        sent = db.execute("SELECT * FROM messages WHERE message_id = ?", (result["message_id"],)).fetchone()
    return bool(sent and sent["body"] == args.text and sent["customer_id"] == args.customer_id)


@action(
    "irreversible",
    target="customer/{customer_id}",
    preview=preview_message,
    verify=verify_message,
    reconcile=find_sent,
)
def send_message(ctx: ActionContext, args: SendMessage) -> dict[str, Any]:
    """Send a message to a customer by e-mail.

    Also: write to the customer, e-mail the customer, tell the customer, let the customer know.
    """
    shop = cast("Shop", ctx.handle("shop"))
    today = shop.today.isoformat()
    with shop.changing() as db:
        shop.customer(db, args.customer_id)
        message_id = shop.next_id(db, "messages")
        row = (message_id, args.customer_id, args.subject, args.text, today, ctx.idempotency_key)
        db.execute("INSERT INTO messages VALUES (?, ?, ?, ?, ?, ?)", row)
    return _receipt(message_id, args)


def _receipt(message_id: str, args: SendMessage) -> dict[str, Any]:
    return {"message_id": message_id, "customer_id": args.customer_id, "subject": args.subject}
