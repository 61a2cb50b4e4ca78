"""Money in whole cents, what is paid for an order, and what moves at once.

The data holds dollars as floats with two decimals. All sums are made in cents, so that they are exact.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

Record = dict[str, Any]


def cents(dollars: float) -> int:
    """An amount of the data in whole cents."""
    return round(dollars * 100)


def dollars(amount: int) -> float:
    """Cents as the data writes them: the float nearest to the two decimals."""
    return amount / 100


def total(items: Iterable[Mapping[str, Any]]) -> int:
    """The prices of items (or variants) together, in cents."""
    return sum(cents(item["price"]) for item in items)


def standing(order: Mapping[str, Any]) -> list[Record]:
    """The payments of an order that no refund has given back.

    In the data a pending or delivered order has one payment of the total. A new payment method adds another
    and refunds the first, so one payment stands at any time until the items are modified.
    """
    open_payments: list[Record] = []
    for entry in order["payment_history"]:
        if entry["transaction_type"] == "payment":
            open_payments.append(entry)
            continue
        for payment in open_payments:
            if _same(payment, entry):
                open_payments.remove(payment)
                break
    return open_payments


def _same(payment: Mapping[str, Any], refund: Mapping[str, Any]) -> bool:
    return all(payment[key] == refund[key] for key in ("amount", "payment_method_id"))


def is_gift_card(method: Mapping[str, Any]) -> bool:
    """Whether a payment method holds a balance."""
    return bool(method["source"] == "gift_card")


def covers(method: Mapping[str, Any], amount: int) -> bool:
    """Whether a method can pay an amount in cents: only a gift card has a limit."""
    return not is_gift_card(method) or cents(method["balance"]) >= amount


def book(order: Record, method: Record, kind: Literal["payment", "refund"], amount: int) -> None:
    """Write a movement of money into the order's history; a gift card's balance follows at once."""
    order["payment_history"].append(
        {"transaction_type": kind, "amount": dollars(amount), "payment_method_id": method["id"]}
    )
    if is_gift_card(method):
        sign = -1 if kind == "payment" else 1
        method["balance"] = dollars(cents(method["balance"]) + sign * amount)
