"""Returning and exchanging delivered items: what is recorded, and what is refused by which rule."""

from __future__ import annotations

from typing import Any

import pytest
from benchmarks.retail.reference import Call, replay
from benchmarks.retail.reference.policy import Rule

Shop = dict[str, Any]


def give_back(order_id: str, items: list[str], method: str = "paypal_ada") -> Call:
    arguments = {"order_id": order_id, "item_ids": items, "payment_method_id": method}
    return Call("return_delivered_order_items", arguments)


def exchange(order_id: str, old: list[str], new: list[str], method: str = "paypal_ada") -> Call:
    arguments = {"order_id": order_id, "item_ids": old, "new_item_ids": new, "payment_method_id": method}
    return Call("exchange_delivered_order_items", arguments)


def changes(shop: Shop, call: Call) -> dict[str, object]:
    """What one accepted call changed in the order `#HERE`, the only thing that it may change."""
    replayed = replay(shop, [call])
    assert replayed.outcomes[0].reason is None
    before, after = shop["orders"]["#HERE"], replayed.database["orders"]["#HERE"]
    assert replayed.database | {"orders": replayed.database["orders"] | {"#HERE": before}} == shop
    return {key: value for key, value in after.items() if before.get(key) != value}


def refusal(shop: Shop, *calls: Call) -> str:
    reason = replay(shop, calls).outcomes[-1].reason
    assert reason is not None
    return reason


def test_a_return_is_recorded_and_moves_no_money(shop: Shop) -> None:
    assert changes(shop, give_back("#HERE", ["shirt-a", "lamp-b", "shirt-a"])) == {
        "status": "return requested",
        "return_items": ["lamp-b", "shirt-a", "shirt-a"],
        "return_payment_method_id": "paypal_ada",
    }


def test_a_return_is_refunded_to_the_original_method_or_a_gift_card(shop: Shop) -> None:
    assert changes(shop, give_back("#HERE", ["lamp-b"], "gift_card_ada"))["status"] == "return requested"
    assert Rule.REFUND_TO in refusal(shop, give_back("#HERE", ["lamp-b"], "credit_card_ada"))
    assert "no payment method" in refusal(shop, give_back("#HERE", ["lamp-b"], "gift_card_bob"))


def test_a_return_names_items_of_the_order(shop: Shop) -> None:
    assert Rule.RETURN_LIST in refusal(shop, give_back("#HERE", []))
    assert "has 0 of item 'lamp-a'" in refusal(shop, give_back("#HERE", ["lamp-a"]))
    assert "has 2 of item 'shirt-a', the call names 3" in refusal(shop, give_back("#HERE", ["shirt-a"] * 3))


def test_an_exchange_is_recorded_with_its_difference_and_moves_no_money(shop: Shop) -> None:
    assert changes(shop, exchange("#HERE", ["shirt-a", "lamp-b"], ["shirt-c", "lamp-a"])) == {
        "status": "exchange requested",
        "exchange_items": ["lamp-b", "shirt-a"],
        "exchange_new_items": ["lamp-a", "shirt-c"],
        "exchange_payment_method_id": "paypal_ada",
        "exchange_price_difference": 10.89,
    }


def test_the_difference_of_an_exchange_is_below_zero_when_the_user_gets_money_back(shop: Shop) -> None:
    changed = changes(shop, exchange("#HERE", ["shirt-a"] * 2, ["shirt-c"] * 2, "gift_card_ada"))
    assert changed["exchange_price_difference"] == -0.02


def test_a_gift_card_covers_the_difference_of_an_exchange(shop: Shop) -> None:
    call = exchange("#HERE", ["lamp-b"], ["lamp-a"], "gift_card_ada")
    assert changes(shop, call)["exchange_price_difference"] == 10.9
    poor = replay(shop, []).database
    poor["users"]["ada"]["payment_methods"]["gift_card_ada"]["balance"] = 10.89
    assert Rule.DIFFERENCE_COVERED in refusal(poor, call)


@pytest.mark.parametrize("new", ["lamp-a", "shirt-a", "shirt-gone"])
def test_an_exchange_is_for_an_available_other_variant_of_the_same_product(shop: Shop, new: str) -> None:
    assert Rule.EXCHANGE_TO_VARIANT in refusal(shop, exchange("#HERE", ["shirt-a"], [new]))


@pytest.mark.parametrize("order_id", ["#CARD", "#SENT", "#GONE"])
def test_only_a_delivered_order_is_returned_or_exchanged(shop: Shop, order_id: str) -> None:
    assert Rule.RETURN_DELIVERED in refusal(shop, give_back(order_id, ["shirt-b"]))
    assert Rule.EXCHANGE_DELIVERED in refusal(shop, exchange(order_id, ["shirt-b"], ["shirt-c"]))


def test_an_order_sees_one_return_or_exchange(shop: Shop) -> None:
    calls = {
        Rule.RETURN_DELIVERED: give_back("#HERE", ["lamp-b"]),
        Rule.EXCHANGE_DELIVERED: exchange("#HERE", ["shirt-a"], ["shirt-b"]),
    }
    for first in calls.values():
        for rule, second in calls.items():
            assert rule in refusal(shop, first, second)
