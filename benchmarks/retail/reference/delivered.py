"""The actions on a delivered order: return items, or exchange them.

Either changes the status, so an order sees one of them, once. Neither moves money: that waits for the items.
"""

from __future__ import annotations

from benchmarks.retail.reference.draft import Draft
from benchmarks.retail.reference.items import pick, swap
from benchmarks.retail.reference.money import Record, dollars, is_gift_card, standing
from benchmarks.retail.reference.policy import Refused, Rule


def return_delivered_order_items(
    draft: Draft, *, order_id: str, item_ids: list[str], payment_method_id: str
) -> None:
    """Ask for the return of items, to be refunded to what they were paid with or to a gift card."""
    order = _delivered(draft, order_id, Rule.RETURN_DELIVERED)
    if not item_ids:
        raise Refused.by(Rule.RETURN_LIST, "no item is named")
    pick(order, item_ids)
    method = draft.method(order, payment_method_id)
    original = {payment["payment_method_id"] for payment in standing(order)}
    if payment_method_id not in original and not is_gift_card(method):
        facts = f"{payment_method_id} is no gift card, and {order_id} was paid with {', '.join(original)}"
        raise Refused.by(Rule.REFUND_TO, facts)
    order["status"] = "return requested"
    order["return_items"] = sorted(item_ids)
    order["return_payment_method_id"] = payment_method_id


def exchange_delivered_order_items(
    draft: Draft, *, order_id: str, item_ids: list[str], new_item_ids: list[str], payment_method_id: str
) -> None:
    """Ask for available variants of the same products in exchange for items.

    A gift card must cover the difference now, though it is charged only later.
    """
    order = _delivered(draft, order_id, Rule.EXCHANGE_DELIVERED)
    wanted = swap(
        draft,
        order,
        item_ids=item_ids,
        new_item_ids=new_item_ids,
        payment_method_id=payment_method_id,
        rule=Rule.EXCHANGE_TO_VARIANT,
    )
    order["status"] = "exchange requested"
    order["exchange_items"] = sorted(item_ids)
    order["exchange_new_items"] = sorted(new_item_ids)
    order["exchange_payment_method_id"] = payment_method_id
    order["exchange_price_difference"] = dollars(wanted.difference)


def _delivered(draft: Draft, order_id: str, rule: Rule) -> Record:
    order = draft.order(order_id)
    if order["status"] != "delivered":
        raise Refused.by(rule, f"{order_id} is '{order['status']}'")
    return order
