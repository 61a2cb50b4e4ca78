"""What modifying and exchanging items have in common: picking them, their new variants, the difference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.retail.reference.draft import Draft
from benchmarks.retail.reference.money import Record, covers, total
from benchmarks.retail.reference.policy import Refused, Rule


@dataclass(frozen=True, slots=True)
class Swap:
    """Items of an order, the variants that take their places, and who settles the difference.

    `difference` is in cents: positive is what the user pays, negative what the user gets back.
    """

    old: list[Record]
    new: list[Record]
    method: Record
    difference: int


def pick(order: Mapping[str, Any], item_ids: Sequence[str]) -> list[Record]:
    """The order's own records of the items; an id named twice takes the next such item, if there is one."""
    left: list[Record] = list(order["items"])
    picked = []
    for item_id in item_ids:
        found = next((item for item in left if item["item_id"] == item_id), None)
        if found is None:
            raise Refused(
                f"order {order['order_id']} has {_count(order, item_id)} of item {item_id!r}, "
                f"the call names {list(item_ids).count(item_id)}"
            )
        # By identity: two items of one order can be equal.
        left = [item for item in left if item is not found]
        picked.append(found)
    return picked


def swap(
    draft: Draft,
    order: Record,
    *,
    item_ids: Sequence[str],
    new_item_ids: Sequence[str],
    payment_method_id: str,
    rule: Rule,
) -> Swap:
    """What a call that puts new variants in the places of items asks for, if it may.

    The variant that the order already has is refused as well: the new item must be "of different product
    option". Tasks 18, 91 and 107 hold to it: their users ask for the same item first, which is available,
    and the expected exchange is for what they name in case "the agent doesn't allow the exchange".

    Args:
        draft: The call's view of the database.
        order: The order, from the draft.
        item_ids: Items of the order.
        new_item_ids: For each of them the variant that takes its place.
        payment_method_id: A method of the order's user.
        rule: The sentence on variants that holds for this call.
    """
    if not item_ids or len(item_ids) != len(new_item_ids):
        raise Refused.by(rule, f"{len(item_ids)} items and {len(new_item_ids)} new items")
    old = pick(order, item_ids)
    new = [
        _variant(draft, item, new_item_id, rule) for item, new_item_id in zip(old, new_item_ids, strict=True)
    ]
    method = draft.method(order, payment_method_id)
    difference = total(new) - total(old)
    if not covers(method, difference):
        facts = f"{method['id']} holds {method['balance']:.2f}, the difference is {difference / 100:.2f}"
        raise Refused.by(Rule.DIFFERENCE_COVERED, facts)
    return Swap(old, new, method, difference)


def _variant(draft: Draft, item: Mapping[str, Any], new_item_id: str, rule: Rule) -> Record:
    product_id, variant = draft.variant(new_item_id)
    if product_id != item["product_id"]:
        raise Refused.by(rule, f"item {new_item_id!r} is not a {item['name']}")
    if new_item_id == item["item_id"]:
        raise Refused.by(rule, f"item {new_item_id!r} is what the order has")
    if not variant["available"]:
        raise Refused.by(rule, f"item {new_item_id!r} is not available")
    return variant


def _count(order: Mapping[str, Any], item_id: str) -> int:
    return sum(item["item_id"] == item_id for item in order["items"])
