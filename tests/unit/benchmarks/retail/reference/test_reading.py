"""Calls that only read: they succeed when there is something to read, and change nothing."""

from __future__ import annotations

from typing import Any

import pytest
from benchmarks.retail.reference import Call, replay

FOUND = [
    Call("find_user_id_by_email", {"email": "Ada@example.com"}),
    Call("find_user_id_by_name_zip", {"first_name": "ada", "last_name": "Lee", "zip": "89501"}),
    Call("get_user_details", {"user_id": "ada"}),
    Call("get_order_details", {"order_id": "#CARD"}),
    Call("get_product_details", {"product_id": "Lamp"}),
    Call("get_item_details", {"item_id": "lamp-a"}),
    Call("list_all_product_types", {}),
    Call("transfer_to_human_agents", {"summary": "The user is angry."}),
    Call("calculate", {"expression": "466.75 + (288.82 - 3) * -2 / 4"}),
]
MISSED = [
    Call("find_user_id_by_email", {"email": "eve@example.com"}),
    Call("find_user_id_by_name_zip", {"first_name": "Ada", "last_name": "Lee", "zip": "89502"}),
    Call("get_user_details", {"user_id": "eve"}),
    Call("get_order_details", {"order_id": "CARD"}),
    Call("get_product_details", {"product_id": "lamp-a"}),
    Call("get_item_details", {"item_id": "Lamp"}),
    Call("calculate", {"expression": "1 / 0"}),
    Call("calculate", {"expression": "1 +"}),
    Call("calculate", {"expression": "2 ** 9"}),
    Call("calculate", {"expression": "price + 1"}),
    Call("calculate", {"expression": "True + 1"}),
]


@pytest.mark.parametrize("call", FOUND, ids=lambda call: call.name)
def test_what_is_there_is_read(shop: dict[str, Any], call: Call) -> None:
    assert replay(shop, [call]).outcomes[0].reason is None


@pytest.mark.parametrize("call", MISSED, ids=lambda call: call.name)
def test_what_is_not_there_is_refused(shop: dict[str, Any], call: Call) -> None:
    assert not replay(shop, [call]).outcomes[0].ok


def test_reading_changes_nothing(shop: dict[str, Any]) -> None:
    assert replay(shop, [*FOUND, *MISSED]).database == shop
