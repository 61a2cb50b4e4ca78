"""The public tasks: what of them is refused, and what the reference takes for granted of the data."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from benchmarks.retail.reference import Call, replay
from benchmarks.retail.reference import __main__ as command
from benchmarks.retail.reference.money import cents, total
from benchmarks.retail.reference.policy import Rule
from benchmarks.retail.reference.replay import READS, TOOLS
from benchmarks.retail.reference.tasks import load_database, load_tasks, retail_folder

READ_NAMES = {tool.__name__ for tool in READS}


@pytest.fixture(scope="module")
def folder() -> Path:
    found = retail_folder()
    if not found.is_dir():
        pytest.skip("the retail data is not at hand; set PODIUM_DATA to the folder that holds tau2_bench")
    return found


@pytest.fixture(scope="module")
def database(folder: Path) -> dict[str, Any]:
    return load_database(folder)


def test_each_rule_is_a_sentence_of_the_policy(folder: Path) -> None:
    policy = (folder / "policy.md").read_text(encoding="utf-8")
    assert [rule for rule in Rule if rule not in policy] == []


def test_every_expected_call_has_its_tool(folder: Path) -> None:
    tasks = load_tasks(folder)
    assert len(tasks) == 114
    assert {call.name for task in tasks for call in task.calls} <= set(TOOLS)


def test_the_command_tells_that_two_expected_changes_break_the_policy(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert folder == retail_folder()
    assert command.main() == 0
    *refused, last = capsys.readouterr().out.splitlines()
    assert last == f"114 tasks, 550 expected calls, {len(refused)} refused"
    pending = f"#W7464385 is 'pending': policy: {Rule.EXCHANGE_DELIVERED}"
    poor = f"gift_card_7245904 holds 17.00, the difference is 21.10: policy: {Rule.DIFFERENCE_COVERED}"
    assert [line for line in refused if not any(f", {tool}: " in line for tool in READ_NAMES)] == [
        f"task 64, call 7, exchange_delivered_order_items: {pending}",
        f"task 105, call 1, exchange_delivered_order_items: {poor}",
    ]


def returned(order_id: str, item_id: str, method: str) -> Call:
    arguments = {"order_id": order_id, "item_ids": [item_id], "payment_method_id": method}
    return Call("return_delivered_order_items", arguments)


def swapped(tool: str, order_id: str, old: str, new: str, method: str) -> Call:
    arguments = {"order_id": order_id, "item_ids": [old], "new_item_ids": [new], "payment_method_id": method}
    return Call(tool, arguments)


EXCHANGE = "exchange_delivered_order_items"
IN_VAIN = {
    "10: the other order's payment method": (
        Rule.REFUND_TO,
        returned("#W5490111", "4579334072", "paypal_9497703"),
    ),
    "82: an order paid by gift card, to a credit card": (
        Rule.REFUND_TO,
        returned("#W9571698", "6065192424", "credit_card_1565124"),
    ),
    "18: the same office chair": (
        Rule.EXCHANGE_TO_VARIANT,
        swapped(EXCHANGE, "#W2890441", "8069050545", "8069050545", "credit_card_1061405"),
    ),
    "91: the same e-reader": (
        Rule.EXCHANGE_TO_VARIANT,
        swapped(EXCHANGE, "#W3239882", "9494281769", "9494281769", "credit_card_5902940"),
    ),
    "107: the same boots": (
        Rule.EXCHANGE_TO_VARIANT,
        swapped(EXCHANGE, "#W1304208", "1615379700", "1615379700", "paypal_1679017"),
    ),
    "40: a gift card of 60.00 for 321.18": (
        Rule.NEW_PAYMENT_COVERS,
        Call(
            "modify_pending_order_payment",
            {"order_id": "#W4923227", "payment_method_id": "gift_card_8245350"},
        ),
    ),
    "65: a bookshelf, still processed": (
        Rule.EXCHANGE_DELIVERED,
        swapped(EXCHANGE, "#W5362037", "4894369688", "4894369688", "paypal_1443389"),
    ),
}


@pytest.mark.parametrize("name", IN_VAIN)
def test_what_users_ask_for_in_vain_is_refused(database: dict[str, Any], name: str) -> None:
    rule, call = IN_VAIN[name]
    assert (replay(database, [call]).outcomes[0].reason or "").endswith(f": policy: {rule}")


def test_no_task_concerns_two_users(folder: Path, database: dict[str, Any]) -> None:
    for task in load_tasks(folder):
        orders = [database["orders"].get(call.arguments.get("order_id")) for call in task.calls]
        users = {order["user_id"] for order in orders if order}
        users |= {call.arguments["user_id"] for call in task.calls if "user_id" in call.arguments}
        assert len(users) <= 1


def test_every_order_has_one_payment_of_its_total_and_a_cancelled_one_its_refund(
    database: dict[str, Any],
) -> None:
    for order in database["orders"].values():
        kinds = ["payment", "refund"] if order["status"] == "cancelled" else ["payment"]
        assert [one["transaction_type"] for one in order["payment_history"]] == kinds
        assert {cents(one["amount"]) for one in order["payment_history"]} == {total(order["items"])}


def test_an_item_id_belongs_to_one_product(database: dict[str, Any]) -> None:
    ids = [item_id for product in database["products"].values() for item_id in product["variants"]]
    assert len(ids) == len(set(ids))


def test_without_the_data_the_command_says_what_it_misses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PODIUM_DATA", str(tmp_path))
    assert command.main() == 1
    assert "PODIUM_DATA" in capsys.readouterr().err
