"""The actions on a pending order: cancel it, or modify its address, payment or items."""

from __future__ import annotations

from typing import Any

from benchmarks.retail.reference.draft import Draft, copied
from benchmarks.retail.reference.items import swap
from benchmarks.retail.reference.money import Record, book, cents, covers, dollars, standing
from benchmarks.retail.reference.policy import Refused, Rule

ITEMS_MODIFIED = "pending (item modified)"
REASONS = ("no longer needed", "ordered by mistake")


def cancel_pending_order(draft: Draft, *, order_id: str, reason: str) -> None:
    """Cancel an order and refund what is paid for it to the method it is paid with.

    After a change of the payment method that is the new one: the first one has its money back already.
    """
    order = _pending(draft, order_id, Rule.CANCEL_PENDING)
    if reason not in REASONS:
        raise Refused.by(Rule.CANCEL_REASON, f"the reason is {reason!r}")
    order["status"] = "cancelled"
    order["cancel_reason"] = reason
    for payment in standing(order):
        method = draft.method(order, payment["payment_method_id"])
        book(order, method, "refund", cents(payment["amount"]))


def modify_pending_order_address(
    draft: Draft,
    *,
    order_id: str,
    address1: str,
    address2: str,
    city: str,
    state: str,
    country: str,
    zip: str,  # noqa: A002 - the tasks name this argument so
) -> None:
    """Send an order elsewhere.

    It may be done again, and before the items are modified: "can only be called once per order" speaks of
    collecting "all items to be changed", and tasks 71, 78, 96 and others modify the address, then the items.
    """
    order = _pending(draft, order_id, Rule.MODIFY_PENDING)
    order["address"] = {
        "address1": address1,
        "address2": address2,
        "city": city,
        "state": state,
        "country": country,
        "zip": zip,
    }


def modify_pending_order_payment(draft: Draft, *, order_id: str, payment_method_id: str) -> None:
    """Pay the total with another method and refund the one before; the status stays 'pending'."""
    order = _pending(draft, order_id, Rule.MODIFY_PENDING)
    new = draft.method(order, payment_method_id)
    [payment] = standing(order)
    old = draft.method(order, payment["payment_method_id"])
    amount = cents(payment["amount"])
    if new is old:
        raise Refused.by(Rule.NEW_PAYMENT_DIFFERS, f"{order_id} is paid with {payment_method_id}")
    if not covers(new, amount):
        facts = f"{new['id']} holds {new['balance']:.2f}, the total is {dollars(amount):.2f}"
        raise Refused.by(Rule.NEW_PAYMENT_COVERS, facts)
    book(order, new, "payment", amount)
    book(order, old, "refund", amount)


def modify_pending_order_items(
    draft: Draft, *, order_id: str, item_ids: list[str], new_item_ids: list[str], payment_method_id: str
) -> None:
    """Put available variants of the same products in the places of items, and settle the difference at once.

    The status that follows is no longer 'pending', which closes the order to every other action.
    """
    order = _pending(draft, order_id, Rule.MODIFY_PENDING)
    wanted = swap(
        draft,
        order,
        item_ids=item_ids,
        new_item_ids=new_item_ids,
        payment_method_id=payment_method_id,
        rule=Rule.MODIFY_TO_VARIANT,
    )
    order["status"] = ITEMS_MODIFIED
    for item, variant in zip(wanted.old, wanted.new, strict=True):
        item.update(_fields(variant))
    if wanted.difference:
        book(order, wanted.method, "payment" if wanted.difference > 0 else "refund", abs(wanted.difference))


def _pending(draft: Draft, order_id: str, rule: Rule) -> Record:
    order = draft.order(order_id)
    if order["status"] == ITEMS_MODIFIED:
        raise Refused.by(Rule.ITEMS_ONCE, f"the items of {order_id} were modified")
    if order["status"] != "pending":
        raise Refused.by(rule, f"{order_id} is '{order['status']}'")
    return order


def _fields(variant: Record) -> dict[str, Any]:
    return {key: copied(variant[key]) for key in ("item_id", "price", "options")}
