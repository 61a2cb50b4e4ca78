"""Properties of any list of calls: money is conserved, refusals change nothing, the input is left alone."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from benchmarks.retail.reference import Call, Outcome, replay
from benchmarks.retail.reference.replay import LISTS, TOOLS, WRITES
from hypothesis import given
from hypothesis import strategies as st

Shop = dict[str, Any]

ITEMS = ["shirt-a", "shirt-a", "shirt-b", "shirt-c", "shirt-gone", "lamp-a", "lamp-b", "hat"]
METHODS = [f"{source}_{name}" for name in ("ada", "bob") for source in ("gift_card", "paypal", "credit_card")]
VALUES: dict[str, st.SearchStrategy[object]] = {
    "order_id": st.sampled_from(["#CARD", "#GIFT", "#HERE", "#SENT", "#GONE", "#BOBS", "#NONE"]),
    "user_id": st.sampled_from(["ada", "bob", "eve"]),
    "payment_method_id": st.sampled_from(METHODS),
    "reason": st.sampled_from(["no longer needed", "ordered by mistake", "bored"]),
    "item_ids": st.lists(st.sampled_from(ITEMS), max_size=3),
    "new_item_ids": st.lists(st.sampled_from(ITEMS), max_size=3),
}
PLACE = ("address1", "address2", "city", "state", "country", "zip")
SWAP = ("order_id", "item_ids", "new_item_ids", "payment_method_id")
TAKES = {
    "cancel_pending_order": ("order_id", "reason"),
    "modify_pending_order_address": ("order_id", *PLACE),
    "modify_pending_order_payment": ("order_id", "payment_method_id"),
    "modify_pending_order_items": SWAP,
    "modify_user_address": ("user_id", *PLACE),
    "return_delivered_order_items": ("order_id", "item_ids", "payment_method_id"),
    "exchange_delivered_order_items": SWAP,
}
SHIRTS = [("shirt-a", "shirt-b"), ("shirt-a", "shirt-c")]
CHOICES = {
    "#CARD": ("ada", [*SHIRTS, ("lamp-a", "lamp-b")]),
    "#GIFT": ("ada", SHIRTS),
    "#BOBS": ("bob", [("lamp-b", "lamp-a")]),
    "#HERE": ("ada", [*SHIRTS, ("lamp-b", "lamp-a")]),
}
"""By order: whose it is, and its items with variants that may take their places."""
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(ITEMS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)


def calls_of(name: str) -> st.SearchStrategy[Call]:
    arguments = {argument: VALUES.get(argument, st.text(max_size=3)) for argument in TAKES[name]}
    return st.fixed_dictionaries(arguments).map(lambda values: Call(name, values))


@st.composite
def sensible(draw: st.DrawFn) -> Call:
    """A call on the items of an order, or its payment, that has a fair chance to be let through."""
    order_id = draw(st.sampled_from(sorted(CHOICES)))
    owner, choices = CHOICES[order_id]
    pairs = draw(st.lists(st.sampled_from(choices), min_size=1, max_size=2))
    delivered = [name for name in TAKES if "delivered" in name]
    changing = ["modify_pending_order_items", "modify_pending_order_payment"]
    name = draw(st.sampled_from(delivered if order_id == "#HERE" else changing))
    values: dict[str, object] = {
        "order_id": order_id,
        "item_ids": [old for old, _ in pairs],
        "new_item_ids": [new for _, new in pairs],
        "payment_method_id": draw(st.sampled_from([method for method in METHODS if owner in method])),
    }
    return Call(name, {argument: values[argument] for argument in TAKES[name]})


CALLS = st.lists(sensible() | st.sampled_from(sorted(TAKES)).flatmap(calls_of), max_size=12)


def net(order: Shop) -> Decimal:
    """What is paid for an order less what was refunded, counted apart from the code under test."""
    signs = {"payment": 1, "refund": -1}
    return sum(
        (signs[one["transaction_type"]] * Decimal(str(one["amount"])) for one in order["payment_history"]),
        Decimal(0),
    )


def in_cards(database: Shop) -> dict[str, Decimal]:
    """By gift card: its balance and what is booked on it in all orders, which only changes sides."""
    sums: dict[str, Decimal] = {}
    for user in database["users"].values():
        for method in user["payment_methods"].values():
            if "balance" in method:
                sums[method["id"]] = Decimal(str(method["balance"]))
    for order in database["orders"].values():
        for one in order["payment_history"]:
            if one["payment_method_id"] in sums:
                amount = Decimal(str(one["amount"]))
                sums[one["payment_method_id"]] += amount if one["transaction_type"] == "payment" else -amount
    return sums


def frozen(value: object) -> str:
    return json.dumps(value, sort_keys=True)


def test_the_calls_above_are_those_of_every_tool_that_changes_the_world() -> None:
    assert set(TAKES) == {tool.__name__ for tool in WRITES}


@given(CALLS)
def test_what_is_paid_for_an_order_is_what_its_items_cost(shop: Shop, calls: list[Call]) -> None:
    for order in replay(shop, calls).database["orders"].values():
        prices = sum((Decimal(str(item["price"])) for item in order["items"]), Decimal(0))
        assert net(order) == (0 if order["status"] == "cancelled" else prices)


@given(CALLS)
def test_no_cent_of_a_gift_card_appears_or_vanishes(shop: Shop, calls: list[Call]) -> None:
    database = replay(shop, calls).database
    assert in_cards(database) == in_cards(shop)
    balances = [
        method["balance"]
        for user in database["users"].values()
        for method in user["payment_methods"].values()
        if "balance" in method
    ]
    assert min(balances) >= 0


@given(CALLS)
def test_refused_calls_change_nothing(shop: Shop, calls: list[Call]) -> None:
    replayed = replay(shop, calls)
    accepted = [outcome.call for outcome in replayed.outcomes if outcome.ok]
    assert all((outcome.reason is None) == outcome.ok for outcome in replayed.outcomes)
    alone = replay(shop, accepted)
    assert alone.database == replayed.database
    assert alone.outcomes == tuple(Outcome(call, ok=True, reason=None) for call in accepted)


@given(CALLS)
def test_a_replay_is_deterministic_and_leaves_its_input_alone(shop: Shop, calls: list[Call]) -> None:
    before = frozen(shop), frozen([call.arguments for call in calls])
    first, second = replay(shop, calls), replay(shop, calls)
    assert first == second
    assert [outcome.call for outcome in first.outcomes] == calls
    assert (frozen(shop), frozen([call.arguments for call in calls])) == before


@given(CALLS, st.integers(0, 12))
def test_a_replay_may_be_taken_up_where_another_ended(shop: Shop, calls: list[Call], cut: int) -> None:
    whole = replay(shop, calls)
    head = replay(shop, calls[:cut])
    tail = replay(head.database, calls[cut:])
    assert (tail.database, head.outcomes + tail.outcomes) == (whole.database, whole.outcomes)


@given(CALLS)
def test_the_status_moves_only_along_the_policy(shop: Shop, calls: list[Call]) -> None:
    moves = {
        "pending": {"pending", "pending (item modified)", "cancelled"},
        "delivered": {"delivered", "return requested", "exchange requested"},
        "processed": {"processed"},
        "cancelled": {"cancelled"},
    }
    for order_id, order in replay(shop, calls).database["orders"].items():
        assert order["status"] in moves[shop["orders"][order_id]["status"]]


@given(CALLS)
def test_the_result_shares_nothing_with_the_input(shop: Shop, calls: list[Call]) -> None:
    before = frozen(shop)
    database = replay(shop, calls).database
    for table in database.values():
        for record in table.values():
            for value in record.values():
                if isinstance(value, dict | list):
                    value.clear()
            record.clear()
    assert frozen(shop) == before


@given(st.sampled_from(sorted(TOOLS)), st.dictionaries(st.sampled_from(sorted(VALUES)), JSON))
def test_arguments_that_do_not_fit_are_refused(shop: Shop, name: str, arguments: dict[str, object]) -> None:
    replayed = replay(shop, [Call(name, arguments)])
    if not replayed.outcomes[0].ok:
        assert replayed.database == shop
    else:
        assert all(isinstance(value, str) or key in LISTS for key, value in arguments.items())


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        (Call("drop_database", {}), "there is no tool 'drop_database'"),
        (Call("get_order_details", {}), "takes ['order_id'], not []"),
        (Call("get_order_details", {"order_id": "#CARD", "fast": "yes"}), "not ['fast', 'order_id']"),
        (Call("get_order_details", {"order_id": 7}), "cannot take 7 as order_id"),
        (
            Call("return_delivered_order_items", dict.fromkeys(TAKES["return_delivered_order_items"], "x")),
            "cannot take 'x' as item_ids",
        ),
    ],
)
def test_a_call_that_no_tool_takes_is_refused(shop: Shop, call: Call, reason: str) -> None:
    [outcome] = replay(shop, [call]).outcomes
    assert outcome.reason is not None
    assert reason in outcome.reason
