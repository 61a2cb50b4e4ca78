"""A user's default address."""

from __future__ import annotations

from typing import Any

from benchmarks.retail.reference import Call, replay

ADDRESS = {
    "address1": "9 Hill",
    "address2": "Suite 1",
    "city": "Austin",
    "state": "TX",
    "country": "USA",
    "zip": "78701",
}


def test_only_the_default_address_changes(shop: dict[str, Any]) -> None:
    replayed = replay(shop, [Call("modify_user_address", {"user_id": "ada", **ADDRESS})])
    assert replayed.outcomes[0].ok
    assert replayed.database["orders"] == shop["orders"]
    assert replayed.database["users"]["ada"] == shop["users"]["ada"] | {"address": ADDRESS}
    assert replayed.database["users"]["bob"] == shop["users"]["bob"]


def test_an_unknown_user_has_no_address(shop: dict[str, Any]) -> None:
    [outcome] = replay(shop, [Call("modify_user_address", {"user_id": "eve", **ADDRESS})]).outcomes
    assert outcome.reason == "there is no user 'eve'"
