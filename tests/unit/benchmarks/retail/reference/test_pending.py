"""Cancelling and modifying pending orders: what changes, and what is refused by which rule."""

from __future__ import annotations

from typing import Any

import pytest
from benchmarks.retail.reference import Call, replay
from benchmarks.retail.reference.policy import Rule

Shop = dict[str, Any]


def cancel(order_id: str, reason: str = "no longer needed") -> Call:
    return Call("cancel_pending_order", {"order_id": order_id, "reason": reason})


def pay(order_id: str, method: str) -> Call:
    return Call("modify_pending_order_payment", {"order_id": order_id, "payment_method_id": method})


def modify(order_id: str, old: list[str], new: list[str], method: str = "paypal_ada") -> Call:
    arguments = {"order_id": order_id, "item_ids": old, "new_item_ids": new, "payment_method_id": method}
    return Call("modify_pending_order_items", arguments)


def send(order_id: str, street: str) -> Call:
    place = {"address2": "", "city": "Reno", "state": "NV", "country": "USA", "zip": "89502"}
    return Call("modify_pending_order_address", {"order_id": order_id, "address1": street, **place})


def after(shop: Shop, *calls: Call) -> Shop:
    replayed = replay(shop, calls)
    assert [one.reason for one in replayed.outcomes] == [None] * len(calls)
    return replayed.database


def refusal(shop: Shop, *calls: Call) -> str:
    """The reason for which the last call is refused, after the ones before it went through."""
    *before, last = replay(shop, calls).outcomes
    assert all(one.ok for one in before)
    assert last.reason is not None
    return last.reason


def entry(kind: str, amount: float, method: str) -> dict[str, object]:
    return {"transaction_type": kind, "amount": amount, "payment_method_id": method}


def balance(database: Shop, name: str = "ada") -> float:
    amount: float = database["users"][name]["payment_methods"][f"gift_card_{name}"]["balance"]
    return amount


def test_a_cancelled_order_keeps_its_reason_and_is_refunded_to_what_paid_it(shop: Shop) -> None:
    database = after(shop, cancel("#CARD", "ordered by mistake"))
    order = database["orders"]["#CARD"]
    assert (order["status"], order["cancel_reason"]) == ("cancelled", "ordered by mistake")
    assert order["payment_history"] == [
        entry("payment", 140.0, "credit_card_ada"),
        entry("refund", 140.0, "credit_card_ada"),
    ]
    assert balance(database) == 30.0


def test_a_gift_card_is_refunded_at_once(shop: Shop) -> None:
    assert balance(after(shop, cancel("#GIFT"))) == 50.0


def test_cancelling_after_a_change_of_payment_refunds_only_the_new_method(shop: Shop) -> None:
    database = after(shop, pay("#GIFT", "paypal_ada"), cancel("#GIFT"))
    assert database["orders"]["#GIFT"]["payment_history"] == [
        entry("payment", 20.0, "gift_card_ada"),
        entry("payment", 20.0, "paypal_ada"),
        entry("refund", 20.0, "gift_card_ada"),
        entry("refund", 20.0, "paypal_ada"),
    ]
    assert balance(database) == 50.0


@pytest.mark.parametrize("order_id", ["#HERE", "#SENT", "#GONE"])
def test_only_a_pending_order_is_cancelled_or_modified(shop: Shop, order_id: str) -> None:
    assert Rule.CANCEL_PENDING in refusal(shop, cancel(order_id))
    for call in (
        pay(order_id, "gift_card_ada"),
        send(order_id, "2 Oak"),
        modify(order_id, ["shirt-b"], ["shirt-c"]),
    ):
        assert Rule.MODIFY_PENDING in refusal(shop, call)


def test_other_reasons_are_not_acceptable(shop: Shop) -> None:
    assert Rule.CANCEL_REASON in refusal(shop, cancel("#CARD", "found it cheaper"))


def test_an_order_goes_to_the_new_address_and_the_profile_keeps_its_own(shop: Shop) -> None:
    database = after(shop, send("#CARD", "2 Oak"), send("#CARD", "3 Elm"))
    assert database["orders"]["#CARD"]["address"] == {
        "address1": "3 Elm",
        "address2": "",
        "city": "Reno",
        "state": "NV",
        "country": "USA",
        "zip": "89502",
    }
    assert database["users"] == shop["users"]
    assert database["orders"]["#CARD"]["status"] == "pending"


def test_a_new_payment_method_pays_the_total_and_the_first_has_it_back(shop: Shop) -> None:
    database = after(shop, pay("#GIFT", "credit_card_ada"))
    order = database["orders"]["#GIFT"]
    assert order["status"] == "pending"
    assert order["payment_history"][1:] == [
        entry("payment", 20.0, "credit_card_ada"),
        entry("refund", 20.0, "gift_card_ada"),
    ]
    assert balance(database) == 50.0


def test_a_gift_card_pays_when_it_covers_the_total_to_the_cent(shop: Shop) -> None:
    assert balance(after(shop, pay("#BOBS", "gift_card_bob")), "bob") == 410.9
    assert Rule.NEW_PAYMENT_COVERS in refusal(shop, pay("#CARD", "gift_card_ada"))


def test_the_method_that_pays_already_is_no_new_one(shop: Shop) -> None:
    assert Rule.NEW_PAYMENT_DIFFERS in refusal(shop, pay("#CARD", "credit_card_ada"))
    assert Rule.NEW_PAYMENT_DIFFERS in refusal(shop, pay("#CARD", "paypal_ada"), pay("#CARD", "paypal_ada"))


def test_somebody_elses_payment_method_is_unknown(shop: Shop) -> None:
    assert "ada has no payment method 'paypal_bob'" in refusal(shop, pay("#CARD", "paypal_bob"))
    assert "no payment method" in refusal(shop, modify("#CARD", ["shirt-a"], ["shirt-b"], "paypal_bob"))


def test_a_dearer_item_is_paid_for_and_takes_the_place_of_the_first_of_its_kind(shop: Shop) -> None:
    database = after(shop, modify("#CARD", ["shirt-a"], ["shirt-b"], "gift_card_ada"))
    order = database["orders"]["#CARD"]
    assert order["status"] == "pending (item modified)"
    assert [(one["item_id"], one["price"], one["options"]) for one in order["items"]] == [
        ("shirt-b", 25.5, {"kind": "shirt-b"}),
        ("lamp-a", 100.0, {"kind": "lamp-a"}),
        ("shirt-a", 20.0, {"kind": "shirt-a"}),
    ]
    assert order["payment_history"][1:] == [entry("payment", 5.5, "gift_card_ada")]
    assert balance(database) == 24.5


def test_a_cheaper_item_is_refunded(shop: Shop) -> None:
    database = after(shop, modify("#CARD", ["lamp-a"], ["lamp-b"], "gift_card_ada"))
    assert database["orders"]["#CARD"]["payment_history"][1:] == [entry("refund", 10.9, "gift_card_ada")]
    assert balance(database) == 40.9


def test_equal_prices_move_no_money(shop: Shop) -> None:
    shop = after(shop)
    shop["products"]["Lamp"]["variants"]["lamp-b"]["price"] = 100.0
    database = after(shop, modify("#CARD", ["lamp-a"], ["lamp-b"]))
    assert database["orders"]["#CARD"]["payment_history"] == shop["orders"]["#CARD"]["payment_history"]
    assert database["orders"]["#CARD"]["status"] == "pending (item modified)"


def test_an_item_that_is_there_twice_is_modified_twice_each_in_its_way(shop: Shop) -> None:
    database = after(shop, modify("#CARD", ["shirt-a", "shirt-a"], ["shirt-b", "shirt-c"]))
    ids = [one["item_id"] for one in database["orders"]["#CARD"]["items"]]
    assert ids == ["shirt-b", "lamp-a", "shirt-c"]


def test_an_item_that_is_put_in_is_not_taken_out_by_the_same_call(shop: Shop) -> None:
    shop = after(shop)
    shop["orders"]["#CARD"]["items"][2] |= {"item_id": "shirt-b", "price": 25.5}
    database = after(shop, modify("#CARD", ["shirt-a", "shirt-b"], ["shirt-b", "shirt-c"]))
    ids = [one["item_id"] for one in database["orders"]["#CARD"]["items"]]
    assert ids == ["shirt-b", "lamp-a", "shirt-c"]


def test_modified_items_close_the_order(shop: Shop) -> None:
    first = modify("#CARD", ["shirt-a"], ["shirt-b"])
    for call in (
        cancel("#CARD"),
        pay("#CARD", "paypal_ada"),
        send("#CARD", "2 Oak"),
        modify("#CARD", ["lamp-a"], ["lamp-b"]),
    ):
        assert Rule.ITEMS_ONCE in refusal(shop, first, call)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (["shirt-a"], ["lamp-b"]),
        (["shirt-a"], ["shirt-a"]),
        (["shirt-a"], ["shirt-gone"]),
        (["shirt-a"], []),
        ([], []),
        (["shirt-a", "lamp-a"], ["shirt-b"]),
    ],
)
def test_a_new_item_is_an_available_other_variant_of_the_same_product(
    shop: Shop, old: list[str], new: list[str]
) -> None:
    assert Rule.MODIFY_TO_VARIANT in refusal(shop, modify("#CARD", old, new))


def test_items_that_do_not_exist_are_refused(shop: Shop) -> None:
    assert "#CARD has 0 of item 'lamp-b'" in refusal(shop, modify("#CARD", ["lamp-b"], ["lamp-a"]))
    assert "#CARD has 1 of item 'lamp-a'" in refusal(shop, modify("#CARD", ["lamp-a"] * 2, ["lamp-b"] * 2))
    assert "there is no item 'hat'" in refusal(shop, modify("#CARD", ["lamp-a"], ["hat"]))
    assert "there is no order 'CARD'" in refusal(shop, cancel("CARD"))


def test_a_gift_card_covers_the_difference_or_is_refused(shop: Shop) -> None:
    shop = after(shop)
    card = shop["users"]["ada"]["payment_methods"]["gift_card_ada"]
    card["balance"] = 10.9
    call = modify("#CARD", ["lamp-a"], ["lamp-b"], "gift_card_ada")
    shop["products"]["Lamp"]["variants"]["lamp-b"]["price"] = 110.9
    assert balance(after(shop, call)) == 0.0
    shop["products"]["Lamp"]["variants"]["lamp-b"]["price"] = 110.91
    assert Rule.DIFFERENCE_COVERED in refusal(shop, call)
