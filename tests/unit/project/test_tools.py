from __future__ import annotations

import random
from typing import Any

import pytest

from podium.core.errors import ActionError

ADDRESS = "12 Mill Lane, Leeds, LS1 4AB"
CHANGES: list[tuple[str, dict[str, Any]]] = [
    ("cancel_order", {"order_id": "O-10002", "reason": "too slow"}),
    ("change_address", {"order_id": "O-10003", "address": ADDRESS}),
    ("issue_refund", {"order_id": "O-10007", "amount": "45.90"}),
    ("issue_refund", {"order_id": "O-10015"}),
    ("void_refund", {"refund_id": "R-30008"}),
    ("create_return", {"order_id": "O-10085", "sku": "LAM-178", "reason": "faulty"}),
    ("apply_credit", {"customer_id": "C-1042", "amount": "10.00"}),
    ("send_message", {"customer_id": "C-1215", "text": "Your parcel is on its way."}),
]
UNDOABLE = [change for change in CHANGES if change[0] != "send_message"]
READS: list[tuple[str, dict[str, Any]]] = [
    ("find_customer", {"query": "Nadia Goldman"}),
    ("list_orders", {"customer_id": "C-1001"}),
    ("show_order", {"order_id": "O-10007"}),
    ("track_parcel", {"order_id": "O-10004"}),
    ("check_stock", {"sku": "KET-204"}),
]
REFUSED = [
    ("cancel_order", {"order_id": "O-10004"}, "is shipped"),
    ("cancel_order", {"order_id": "O-99999"}, "there is no order O-99999"),
    ("change_address", {"order_id": "O-10005", "address": ADDRESS}, "is delivered"),
    ("issue_refund", {"order_id": "O-10007", "amount": "210.61"}, "£210.60 was paid"),
    ("issue_refund", {"order_id": "O-10001"}, "£0.00 was paid"),
    ("issue_refund", {"order_id": "O-10016"}, "£159.60 refunded already"),
    ("issue_refund", {"order_id": "O-10007", "amount": "0"}, "cannot be refunded"),
    ("void_refund", {"refund_id": "R-30002"}, "is settled"),
    ("void_refund", {"refund_id": "R-39999"}, "there is no refund R-39999"),
    ("create_return", {"order_id": "O-10013", "sku": "KNI-132"}, "the 30 days"),
    ("create_return", {"order_id": "O-10004", "sku": "PAN-228"}, "is shipped"),
    ("create_return", {"order_id": "O-10085", "sku": "KET-204"}, "0 bought"),
    ("create_return", {"order_id": "O-10085", "sku": "LAM-178", "quantity": 2}, "1 bought"),
    ("apply_credit", {"customer_id": "C-1042", "amount": "75.01"}, "is not possible"),
    ("apply_credit", {"customer_id": "C-9999", "amount": "5"}, "there is no customer C-9999"),
    ("send_message", {"customer_id": "C-9999", "text": "Hello"}, "there is no customer C-9999"),
]


def test_the_tools_are_these(tools: dict[str, Any]) -> None:
    assert set(tools) == {name for name, _ in READS + CHANGES}


def test_a_tool_says_on_its_first_line_what_it_does_and_then_other_words_for_it(
    tools: dict[str, Any],
) -> None:
    for tool in tools.values():
        first, *rest = tool.spec.description.splitlines()
        assert first.endswith((".", "?")), tool.name
        assert any(line.startswith("Also: ") for line in rest), tool.name


def test_a_change_is_previewed_read_back_found_again_and_undone_where_its_class_allows(
    tools: dict[str, Any],
) -> None:
    for tool in tools.values():
        options = tool.options
        said = [option is not None for option in (options.preview, options.verify, options.reconcile)]
        assert said == [tool.effect != "read"] * 3, tool.name
        assert (options.compensate is not None) == (tool.effect in ("reversible", "compensable")), tool.name


def test_every_argument_is_described(tools: dict[str, Any]) -> None:
    for tool in tools.values():
        for name, argument in tool.spec.args_schema["properties"].items():
            assert argument.get("description"), f"{tool.name}.{name}"


@pytest.mark.parametrize(("tool", "args"), READS)
def test_a_reading_tool_changes_nothing(desk: Any, tool: str, args: dict[str, Any]) -> None:
    before = desk.shop.digest()
    assert desk.effect(tool) == "read"
    assert desk.call(tool, **args)
    assert desk.shop.digest() == before


@pytest.mark.parametrize(("tool", "args"), CHANGES)
def test_a_preview_shows_before_and_after_and_touches_nothing(
    desk: Any, tool: str, args: dict[str, Any]
) -> None:
    before = desk.shop.digest()
    preview = desk.preview(tool, **args)
    assert set(preview) == {"before", "after"}
    assert preview["before"] != preview["after"]
    assert desk.shop.digest() == before


@pytest.mark.parametrize(("tool", "args"), CHANGES)
def test_a_change_is_seen_by_its_own_check(desk: Any, tool: str, args: dict[str, Any]) -> None:
    before = desk.shop.digest()
    result = desk.call(tool, **args)
    assert desk.shop.digest() != before
    assert desk.verify(tool, result, **args)


@pytest.mark.parametrize(("tool", "args"), UNDOABLE)
def test_a_repeated_key_changes_nothing_more(desk: Any, tool: str, args: dict[str, Any]) -> None:
    first = desk.call(tool, **args)
    after_first = desk.shop.digest()
    assert desk.call(tool, **args) == first
    assert desk.shop.digest() == after_first


@pytest.mark.parametrize(("tool", "args"), UNDOABLE)
def test_what_was_undone_is_no_longer_there(desk: Any, tool: str, args: dict[str, Any]) -> None:
    before = desk.business()
    result = desk.call(tool, **args)
    desk.undo(tool, result, **args)
    assert desk.business() == before
    assert not desk.verify(tool, result, **args)


@pytest.mark.parametrize(("tool", "args"), UNDOABLE)
def test_undoing_twice_is_undoing_once(desk: Any, tool: str, args: dict[str, Any]) -> None:
    result = desk.call(tool, **args)
    first = desk.undo(tool, result, **args)
    after_first = desk.shop.digest()
    assert desk.undo(tool, result, **args) == first
    assert desk.shop.digest() == after_first


@pytest.mark.parametrize("tool", ["change_address", "void_refund"])
def test_a_reversible_change_is_undone_to_the_letter(desk: Any, tool: str) -> None:
    args = dict(CHANGES)[tool]
    before = desk.shop.digest()
    assert desk.effect(tool) == "reversible"
    desk.undo(tool, desk.call(tool, **args), **args)
    assert desk.shop.digest() == before


@pytest.mark.parametrize(("tool", "args", "reason"), REFUSED)
def test_what_the_shop_does_not_allow_is_refused_with_a_reason(
    desk: Any, tool: str, args: dict[str, Any], reason: str
) -> None:
    before = desk.shop.digest()
    with pytest.raises(ActionError, match=reason) as refused:
        desk.call(tool, **args)
    assert refused.value.hint
    assert desk.shop.digest() == before


@pytest.mark.parametrize(("tool", "args", "reason"), REFUSED)
def test_the_preview_refuses_what_the_change_would_refuse(
    desk: Any, tool: str, args: dict[str, Any], reason: str
) -> None:
    with pytest.raises(ActionError, match=reason):
        desk.preview(tool, **args)


@pytest.mark.parametrize(
    ("tool", "args"),
    [
        ("cancel_order", {"order_id": "10002"}),
        ("change_address", {"order_id": "O-10003", "address": "somewhere in Leeds"}),
        ("issue_refund", {"order_id": "O-10007", "amount": "-5"}),
        ("create_return", {"order_id": "O-10085", "sku": "LAM-178", "quantity": 0}),
        ("create_return", {"order_id": "O-10085", "sku": "LAM-178", "reason": "ugly"}),
        ("send_message", {"customer_id": "C-1215", "text": ""}),
        ("check_stock", {"sku": "kettle"}),
    ],
)
def test_an_argument_of_the_wrong_form_does_not_reach_the_shop(
    desk: Any, tool: str, args: dict[str, Any]
) -> None:
    with pytest.raises(ActionError, match="is not right"):
        desk.args(tool, **args)


@pytest.mark.parametrize(
    ("tool", "args", "target"),
    [
        ("cancel_order", {"order_id": "O-10002"}, "order/O-10002"),
        ("void_refund", {"refund_id": "R-30008"}, "refund/R-30008"),
        ("apply_credit", {"customer_id": "C-1042", "amount": "10"}, "customer/C-1042"),
        ("check_stock", {"sku": "KET-204"}, "product/KET-204"),
    ],
)
def test_a_call_names_what_it_acts_on(desk: Any, tool: str, args: dict[str, Any], target: str) -> None:
    assert desk.target(tool, **args) == target


@pytest.mark.parametrize(("tool", "args"), CHANGES)
def test_a_change_is_found_by_the_key_that_made_it(desk: Any, tool: str, args: dict[str, Any]) -> None:
    assert desk.reconcile(tool, **args) in (None, False)
    result = desk.call(tool, **args)
    assert desk.reconcile(tool, **args) == result


def test_a_message_is_sent_again_for_every_call(desk: Any) -> None:
    args = dict(CHANGES)["send_message"]
    first, second = desk.call("send_message", **args), desk.call("send_message", **args)
    assert first["message_id"] != second["message_id"]


def test_a_message_is_found_by_the_key_that_sent_it(desk: Any) -> None:
    args = dict(CHANGES)["send_message"]
    assert desk.reconcile("send_message", **args) is None
    sent = desk.call("send_message", **args)
    assert desk.reconcile("send_message", **args) == sent


def test_the_last_refund_of_a_returned_order_ends_it(desk: Any) -> None:
    desk.call("issue_refund", key="one", order_id="O-10007", amount="45.90")
    assert desk.call("show_order", order_id="O-10007")["status"] == "returned"
    rest = desk.call("issue_refund", key="two", order_id="O-10007")
    assert rest["amount"] == "£164.70"
    assert desk.call("show_order", order_id="O-10007")["status"] == "refunded"
    desk.call("void_refund", key="three", refund_id=rest["refund_id"])
    assert desk.call("show_order", order_id="O-10007")["status"] == "returned"


def test_an_order_that_was_refunded_is_not_reopened(desk: Any) -> None:
    cancelled = desk.call("cancel_order", key="one", order_id="O-10002")
    refund = desk.call("issue_refund", key="two", order_id="O-10002")
    with pytest.raises(ActionError, match="was refunded"):
        desk.undo("cancel_order", cancelled, order_id="O-10002")
    desk.undo("issue_refund", refund, order_id="O-10002")
    assert desk.undo("cancel_order", cancelled, order_id="O-10002")["status"] == "paid"


def test_credit_that_was_spent_is_not_taken_back(desk: Any) -> None:
    args = {"customer_id": "C-1042", "amount": "10.00"}
    result = desk.call("apply_credit", **args)
    with desk.shop.changing() as db:
        db.execute("UPDATE customers SET credit_cents = 1 WHERE customer_id = 'C-1042'")
    with pytest.raises(ActionError, match="already spent"):
        desk.undo("apply_credit", result, **args)


def test_a_voided_refund_is_not_reinstated_on_top_of_a_newer_one(desk: Any) -> None:
    args = {"refund_id": "R-30008"}
    result = desk.call("void_refund", key="one", **args)
    desk.call("issue_refund", key="two", order_id=result["order_id"])
    with pytest.raises(ActionError, match="refunded again"):
        desk.undo("void_refund", result, **args)


def test_a_gold_member_has_sixty_days_to_return(desk: Any) -> None:
    with desk.shop.changing() as db:
        db.execute("UPDATE orders SET delivered_on = '2026-05-15' WHERE order_id = 'O-10085'")
    args = {"order_id": "O-10085", "sku": "LAM-178"}
    with pytest.raises(ActionError, match="the 30 days"):
        desk.call("create_return", **args)
    with desk.shop.changing() as db:
        db.execute("UPDATE customers SET loyalty = 'gold' WHERE customer_id = 'C-1163'")
    assert desk.call("create_return", **args)["status"] == "open"


def test_a_customer_is_found_by_a_part_of_the_name(desk: Any) -> None:
    found = desk.call("find_customer", query="goldman")["customers"]
    assert "C-1001" in [customer["customer_id"] for customer in found]
    assert desk.call("find_customer", query="%%")["customers"] == []


def test_orders_are_listed_newest_first_and_by_state(desk: Any) -> None:
    orders = desk.call("list_orders", customer_id="C-1004")["orders"]
    assert [order["placed_on"] for order in orders] == sorted(
        (order["placed_on"] for order in orders), reverse=True
    )
    packed = desk.call("list_orders", customer_id="C-1004", status="packed")["orders"]
    assert packed == [order for order in orders if order["status"] == "packed"] != []


def test_an_order_that_has_not_left_has_no_parcel(desk: Any) -> None:
    assert desk.call("track_parcel", order_id="O-10002") == {
        "order_id": "O-10002",
        "status": "paid",
        "shipped": False,
    }


def test_cancelling_puts_the_items_back_on_the_shelf(desk: Any) -> None:
    before = desk.call("check_stock", sku="VAC-317")["in_stock"]
    desk.call("cancel_order", order_id="O-10002")
    assert desk.call("check_stock", sku="VAC-317")["in_stock"] == before + 1


@pytest.mark.parametrize("seed", range(6))
def test_changes_undone_in_reverse_leave_what_held_before(desk: Any, seed: int) -> None:
    choose = random.Random(seed)
    before = desk.business()
    done: list[tuple[str, dict[str, Any], Any]] = []
    refused = 0
    for number in range(12):
        tool, args = choose.choice(UNDOABLE)
        try:
            done.append((tool, args, desk.call(tool, key=f"key-{number}", **args)))
        except ActionError:
            refused += 1
    assert len(done) >= 4
    assert refused + len(done) == 12
    for tool, args, result in reversed(done):
        desk.undo(tool, result, **args)
    assert desk.business() == before
