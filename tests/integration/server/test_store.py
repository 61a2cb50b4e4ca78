"""The store through LangGraph's own client, and as graphs see it."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from langgraph_sdk.client import LangGraphClient
from langgraph_sdk.errors import NotFoundError, UnprocessableEntityError

from podium.testing.server import Server


@pytest.fixture
def space() -> list[str]:
    """A namespace that no other test uses."""
    return ["tests", uuid.uuid4().hex]


async def test_an_item_is_put_got_replaced_and_deleted(client: LangGraphClient, space: list[str]) -> None:
    await client.store.put_item(space, key="a", value={"text": "one", "n": [1, None, {"x": 0.5}]})
    item = await client.store.get_item(space, key="a")
    assert (item["namespace"], item["key"]) == (space, "a")
    assert item["value"] == {"text": "one", "n": [1, None, {"x": 0.5}]}
    await client.store.put_item(space, key="a", value={"text": "two"})
    assert (await client.store.get_item(space, key="a", refresh_ttl=True))["value"] == {"text": "two"}
    await client.store.delete_item(space, key="a")
    with pytest.raises(NotFoundError):
        await client.store.get_item(space, key="a")
    await client.store.delete_item(space, key="a")


async def test_a_search_filters_ranks_and_pages(client: LangGraphClient, space: list[str]) -> None:
    await client.store.put_item([*space, "x"], key="tea", value={"text": "tea is hot", "n": 1})
    await client.store.put_item([*space, "y"], key="late", value={"text": "the parcels are late", "n": 2})
    await client.store.put_item([*space, "y"], key="hidden", value={"text": "late", "n": 3}, index=False)

    async def keys(**wanted: Any) -> list[str]:
        return [one["key"] for one in (await client.store.search_items(space, **wanted))["items"]]

    assert await keys() == ["hidden", "late", "tea"]
    assert await keys(filter={"n": {"$gte": 2}}) == ["hidden", "late"]
    assert await keys(query="late parcels") == ["late", "tea", "hidden"]
    assert await keys(limit=1, offset=1) == ["late"]
    asked = (await client.store.search_items(space, query="late"))["items"]
    assert [one["key"] for one in asked] == ["late", "tea", "hidden"]
    assert [bool(one["score"]) for one in asked] == [True, False, False]


async def test_namespaces_are_listed(client: LangGraphClient, space: list[str]) -> None:
    for end in ("x", "y"):
        await client.store.put_item([*space, "in", end], key="a", value={})
    found = await client.store.list_namespaces(prefix=space)
    assert found == {"namespaces": [[*space, "in", "x"], [*space, "in", "y"]]}
    assert await client.store.list_namespaces(prefix=space, max_depth=3) == {"namespaces": [[*space, "in"]]}
    assert await client.store.list_namespaces(prefix=space, suffix=["y"]) == {
        "namespaces": [[*space, "in", "y"]]
    }
    assert await client.store.list_namespaces(prefix=space, limit=1, offset=1) == {
        "namespaces": [[*space, "in", "y"]]
    }


async def test_an_item_is_kept_for_a_time(client: LangGraphClient, stock: Server, space: list[str]) -> None:
    await client.store.put_item(space, key="a", value={}, ttl=10)
    rows = stock.services.database.read(
        lambda c: c.execute(
            "SELECT ttl_minutes FROM store_items WHERE namespace LIKE ?", (f"%{space[1]}%",)
        ).fetchall()
    )
    assert rows == [(10.0,)]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "/store/items", {"namespace": [], "key": "a", "value": {}}),
        ("PUT", "/store/items", {"namespace": ["a.b"], "key": "a", "value": {}}),
        ("PUT", "/store/items", {"namespace": [""], "key": "a", "value": {}}),
        ("PUT", "/store/items", {"namespace": ["langgraph"], "key": "a", "value": {}}),
        ("PUT", "/store/items", {"namespace": ["a"], "key": "", "value": {}}),
        ("PUT", "/store/items", {"namespace": ["a"], "key": "a", "value": [1]}),
        ("PUT", "/store/items", {"namespace": ["a"], "key": "a", "value": {}, "ttl": -1}),
        ("PUT", "/store/items", {"namespace": ["a"], "key": "a", "value": {}, "colour": 1}),
        ("PUT", "/store/items", {"namespace": ["a"], "key": "a", "value": {}, "index": True}),
        ("DELETE", "/store/items", {"namespace": ["a"]}),
        ("POST", "/store/items/search", {"namespace_prefix": ["a"], "limit": 0}),
        ("POST", "/store/items/search", {"namespace_prefix": ["a"], "filter": {"x": {"$near": 1}}}),
        ("POST", "/store/items/search", {"namespace_prefix": "a"}),
        ("POST", "/store/namespaces", {"max_depth": 0}),
        ("GET", "/store/items?namespace=a", None),
        ("GET", "/store/items?namespace=a..b&key=k", None),
    ],
)
def test_what_cannot_be_taken_is_refused(stock: Server, method: str, path: str, body: Any) -> None:
    stock.client().put("/store/items", json={"namespace": ["a"], "key": "there", "value": {"x": 1}})
    answer = stock.client().request(method, path, json=body)
    assert answer.status_code == 422, answer.text
    assert answer.json()["detail"]


def test_each_caller_sees_their_own_part(stock: Server, space: list[str]) -> None:
    callers = [
        stock.client(stock.key("a", owner="key:a")),
        stock.client(stock.key("b", "admin", owner="key:b")),
        stock.client(stock.key("c", "admin", tenant="other", owner="key:a")),
        stock.client(),
    ]
    for number, caller in enumerate(callers):
        put = {"namespace": [*space, str(number)], "key": "k", "value": {"n": number}}
        assert caller.put("/store/items", json=put).status_code == 204
    for number, caller in enumerate(callers):
        found = caller.post("/store/items/search", json={"namespace_prefix": space}).json()["items"]
        assert [one["value"]["n"] for one in found] == [number]
        listed = caller.post("/store/namespaces", json={"prefix": space}).json()["namespaces"]
        assert listed == [[*space, str(number)]]
        for other in range(len(callers)):
            place = {"namespace": ".".join([*space, str(other)]), "key": "k"}
            assert caller.get("/store/items", params=place).status_code == (200 if other == number else 404)


async def test_a_refused_filter_names_the_condition(client: LangGraphClient, space: list[str]) -> None:
    await client.store.put_item(space, key="a", value={"x": 1})
    with pytest.raises(UnprocessableEntityError, match="near"):
        await client.store.search_items(space, filter={"x": {"$near": 1}})
