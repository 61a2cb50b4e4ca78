"""Assistants through LangGraph's own client: made, found, changed in versions, described, deleted."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from langgraph_sdk.client import LangGraphClient
from langgraph_sdk.errors import ConflictError, NotFoundError, UnprocessableEntityError

from podium.core.principal import Access
from podium.testing.server import Server

NOBODYS = "6f0f3b1e-6d53-4f0c-9a0f-2f7f8c1f5a11"
NAMESPACE = uuid.UUID("6ba7b821-9dad-11d1-80b4-00c04fd430c8")


def mark() -> dict[str, Any]:
    """Metadata that no other test's assistants have."""
    return {"test": uuid.uuid4().hex}


# --- making and finding ----------------------------------------------------------------------------


async def test_a_new_assistant_is_found_by_its_id(client: LangGraphClient) -> None:
    made = await client.assistants.create(
        "steps",
        config={"tags": ["a"], "recursion_limit": 7, "configurable": {"x": 1}},
        context={"model": "m"},
        metadata={"n": 1},
        name="Mine",
        description="For tests",
    )
    assert made == await client.assistants.get(made["assistant_id"])
    assert made["graph_id"] == "steps"
    assert made["config"] == {"tags": ["a"], "recursion_limit": 7, "configurable": {"x": 1}}
    assert made["context"] == {"model": "m"}
    assert (made["version"], made["name"], made["description"]) == (1, "Mine", "For tests")
    assert made["metadata"] == {"n": 1}


async def test_every_graph_has_an_assistant_of_its_own(client: LangGraphClient) -> None:
    by_name = await client.assistants.get("steps")
    by_id = await client.assistants.get(str(uuid.uuid5(NAMESPACE, "steps")))
    assert by_name == by_id
    assert by_name["metadata"] == {"created_by": "system"}
    assert by_name["graph_id"] == "steps"


async def test_the_graphs_own_assistants_are_found_among_the_others(client: LangGraphClient) -> None:
    found = await client.assistants.search(metadata={"created_by": "system"}, limit=100)
    assert {one["graph_id"] for one in found} >= {"steps", "asks", "chat", "nested"}


async def test_an_id_that_is_taken_is_refused_or_kept(client: LangGraphClient) -> None:
    chosen = str(uuid.uuid4())
    made = await client.assistants.create("steps", assistant_id=chosen, name="first")
    with pytest.raises(ConflictError):
        await client.assistants.create("steps", assistant_id=chosen)
    with pytest.raises(ConflictError):
        await client.assistants.create("steps", assistant_id=chosen, if_exists="raise")
    kept = await client.assistants.create("asks", assistant_id=chosen, if_exists="do_nothing", name="second")
    assert kept == made


async def test_a_graphs_own_id_is_taken(client: LangGraphClient) -> None:
    own = str(uuid.uuid5(NAMESPACE, "steps"))
    with pytest.raises(ConflictError):
        await client.assistants.create("steps", assistant_id=own)
    kept = await client.assistants.create("steps", assistant_id=own, if_exists="do_nothing")
    assert kept["metadata"] == {"created_by": "system"}


async def test_what_cannot_be_made(client: LangGraphClient) -> None:
    with pytest.raises(NotFoundError):
        await client.assistants.create("nothing")
    with pytest.raises(UnprocessableEntityError):
        await client.assistants.create("steps", assistant_id="no-uuid")
    with pytest.raises(UnprocessableEntityError):
        await client.assistants.create(None)


@pytest.mark.parametrize("assistant_id", [NOBODYS, "nothing", "a%2Fb"])
async def test_what_is_not_there(client: LangGraphClient, assistant_id: str) -> None:
    for asked in (
        client.assistants.get(assistant_id),
        client.assistants.get_graph(assistant_id),
        client.assistants.get_schemas(assistant_id),
        client.assistants.get_subgraphs(assistant_id),
        client.assistants.get_versions(assistant_id),
        client.assistants.update(assistant_id, name="x"),
        client.assistants.set_latest(assistant_id, 1),
        client.assistants.delete(assistant_id),
    ):
        with pytest.raises(NotFoundError):
            await asked


async def test_search_and_count(client: LangGraphClient) -> None:
    marked = mark()
    for name, graph in (("Beta", "steps"), ("alpha", "asks"), ("Gamma", "steps")):
        await client.assistants.create(graph, name=name, metadata={**marked, "deep": {"a": 1, "b": [1]}})

    async def names(**wanted: Any) -> list[str]:
        found = await client.assistants.search(metadata=wanted.pop("metadata", marked), **wanted)
        return [one["name"] for one in found]

    assert await names(sort_by="created_at", sort_order="asc") == ["Beta", "alpha", "Gamma"]
    assert await names() == ["Gamma", "alpha", "Beta"]
    assert await names(sort_by="name", sort_order="asc") == ["Beta", "Gamma", "alpha"]
    assert await names(graph_id="steps") == ["Gamma", "Beta"]
    assert await names(name="ALP") == ["alpha"]
    assert await names(limit=1, offset=1) == ["alpha"]
    assert await names(metadata={**marked, "deep": {"a": 1}}) == ["Gamma", "alpha", "Beta"]
    assert await names(metadata={**marked, "deep": {"b": [1]}}) == ["Gamma", "alpha", "Beta"]
    assert await names(metadata={**marked, "deep": {"a": True}}) == []
    assert await client.assistants.count(metadata=marked) == 3
    assert await client.assistants.count(metadata=marked, graph_id="asks", name="alpha") == 1
    chosen: list[Any] = list(
        await client.assistants.search(metadata=marked, select=["name", "graph_id"], limit=1)
    )
    assert chosen == [{"name": "Gamma", "graph_id": "steps"}]


async def test_pages_tell_where_the_next_one_begins(client: LangGraphClient, stock: Server) -> None:
    marked = mark()
    for _ in range(3):
        await client.assistants.create("steps", metadata=marked)
    first = await client.assistants.search(metadata=marked, limit=2, response_format="object")
    assert first["next"] == "2"
    last = await client.assistants.search(metadata=marked, limit=2, offset=2, response_format="object")
    assert (len(last["assistants"]), last["next"]) == (1, None)
    answer = stock.client().post("/assistants/search", json={"metadata": marked, "limit": 2})
    assert answer.headers["x-pagination-total"] == "3"


async def test_an_unknown_field_is_named(stock: Server) -> None:
    for path, body in (
        ("/assistants", {"graph_id": "steps", "colour": "red"}),
        ("/assistants/search", {"colour": "red"}),
        ("/assistants/count", {"limit": 1}),
        ("/assistants/search", {"sort_by": "colour"}),
        ("/assistants/search", {"select": ["colour"]}),
    ):
        answer = stock.client().post(path, json=body)
        assert answer.status_code == 422
        assert answer.json()["detail"]


# --- versions --------------------------------------------------------------------------------------


async def test_a_change_is_a_new_version_and_an_old_one_comes_back(client: LangGraphClient) -> None:
    made = await client.assistants.create("steps", metadata={"a": 1}, context={"k": 1}, name="one")
    changed = await client.assistants.update(made["assistant_id"], metadata={"b": 2}, context={}, name="two")
    assert (changed["version"], changed["name"], changed["context"]) == (2, "two", {})
    assert changed["metadata"] == {"a": 1, "b": 2}
    assert changed["created_at"] == made["created_at"]
    versions = await client.assistants.get_versions(made["assistant_id"])
    assert [(one["version"], one["name"]) for one in versions] == [(2, "two"), (1, "one")]
    back = await client.assistants.set_latest(made["assistant_id"], 1)
    assert (back["version"], back["name"], back["context"]) == (1, "one", {"k": 1})
    assert await client.assistants.get(made["assistant_id"]) == back
    third = await client.assistants.update(made["assistant_id"], graph_id="asks")
    assert (third["version"], third["graph_id"], third["name"]) == (3, "asks", "one")
    assert len(await client.assistants.get_versions(made["assistant_id"], metadata={"b": 2})) == 1
    assert len(await client.assistants.get_versions(made["assistant_id"], limit=1, offset=2)) == 1


async def test_bad_changes_are_refused(client: LangGraphClient) -> None:
    made = await client.assistants.create("steps")
    with pytest.raises(NotFoundError):
        await client.assistants.update(made["assistant_id"], graph_id="nothing")
    with pytest.raises(NotFoundError):
        await client.assistants.set_latest(made["assistant_id"], 9)
    with pytest.raises(UnprocessableEntityError):
        await client.assistants.set_latest(made["assistant_id"], 0)
    assert (await client.assistants.get(made["assistant_id"]))["version"] == 1


async def test_a_graphs_own_assistant_stays_as_it_is(client: LangGraphClient) -> None:
    for asked in (
        client.assistants.update("steps", name="x"),
        client.assistants.set_latest("steps", 1),
        client.assistants.delete("steps"),
    ):
        with pytest.raises(ConflictError):
            await asked
    versions = await client.assistants.get_versions("steps")
    assert [one["version"] for one in versions] == [1]
    assert await client.assistants.get_versions("steps", metadata={"other": 1}) == []


# --- deleting --------------------------------------------------------------------------------------


async def test_deleting_keeps_the_threads_unless_they_are_named(client: LangGraphClient) -> None:
    for deletes in (False, True):
        made = await client.assistants.create("steps")
        thread = await client.threads.create()
        await client.runs.wait(thread["thread_id"], made["assistant_id"], input={"text": ""})
        await client.assistants.delete(made["assistant_id"], delete_threads=deletes)
        with pytest.raises(NotFoundError):
            await client.assistants.get(made["assistant_id"])
        assert await client.threads.count(metadata={"assistant_id": made["assistant_id"]}) == (not deletes)


async def test_an_assistant_that_is_deleted_with_a_busy_thread_stays(client: LangGraphClient) -> None:
    made = await client.assistants.create("steps")
    thread = await client.threads.create()
    run = await client.runs.create(thread["thread_id"], made["assistant_id"], input={"seconds": 30})
    with pytest.raises(ConflictError):
        await client.assistants.delete(made["assistant_id"], delete_threads=True)
    assert (await client.assistants.get(made["assistant_id"]))["version"] == 1
    await client.runs.cancel(thread["thread_id"], run["run_id"], wait=True)


# --- what the graphs look like ---------------------------------------------------------------------


async def test_a_graph_is_drawn(client: LangGraphClient) -> None:
    drawn = await client.assistants.get_graph("steps")
    assert [node["id"] for node in drawn["nodes"]] == ["__start__", "one", "two", "three", "four", "__end__"]
    assert {"source": "__start__", "target": "one"} in drawn["edges"]


@pytest.mark.parametrize(("xray", "inner"), [(False, False), (True, True), (1, True), (0, False)])
async def test_a_drawing_shows_subgraphs_where_asked(
    client: LangGraphClient, xray: bool | int, inner: bool
) -> None:
    drawn = await client.assistants.get_graph("nested", xray=xray)
    assert ("inner:ask" in [node["id"] for node in drawn["nodes"]]) is inner


@pytest.mark.parametrize("xray", ["-1", "deep", "99999999999999999999"])
async def test_a_depth_that_is_none_is_refused(stock: Server, xray: str) -> None:
    answer = stock.client().get("/assistants/nested/graph", params={"xray": xray})
    assert answer.status_code == 422


async def test_schemas_describe_what_a_graph_takes(client: LangGraphClient) -> None:
    schemas = await client.assistants.get_schemas("steps")
    assert schemas["graph_id"] == "steps"
    for name in ("input_schema", "output_schema", "state_schema"):
        described: Any = schemas[name]
        assert set(described["properties"]) == {"text", "steps", "seconds", "fails"}, name
    assert schemas["context_schema"] is None


async def test_subgraphs_are_described(client: LangGraphClient) -> None:
    found = await client.assistants.get_subgraphs("nested")
    assert list(found) == ["inner"]
    state: Any = found["inner"]["state_schema"]
    assert set(state["properties"]) == {"question", "answer", "done"}
    assert await client.assistants.get_subgraphs("nested", namespace="inner", recurse=True) == found
    assert await client.assistants.get_subgraphs("nested", namespace="outer") == {}
    assert await client.assistants.get_subgraphs("steps", recurse=True) == {}


# --- whose they are --------------------------------------------------------------------------------


async def test_another_ones_assistant_is_not_there(client: LangGraphClient, stock: Server) -> None:
    made = await client.assistants.create("steps")
    place = f"/assistants/{made['assistant_id']}"
    for key in (stock.key("a", owner="key:a"), stock.key("b", "admin", tenant="other", owner="key:b")):
        stranger = stock.client(key)
        assert stranger.get(place).status_code == 404
        assert stranger.patch(place, json={"name": "x"}).status_code == 404
        assert stranger.delete(place).status_code == 404
        assert stranger.post(f"{place}/versions", json={}).status_code == 404
        assert stranger.post(f"{place}/latest", json={"version": 1}).status_code == 404
        found = stranger.post("/assistants/search", json={"limit": 1000}).json()
        assert made["assistant_id"] not in [one["assistant_id"] for one in found]
        taken = {"graph_id": "steps", "assistant_id": made["assistant_id"], "if_exists": "do_nothing"}
        assert stranger.post("/assistants", json=taken).status_code == 409
        assert stranger.get("/assistants/steps").status_code == 200


def test_a_graphs_own_assistant_is_found_without_the_database(stock: Server) -> None:
    directory = stock.services.assistants
    access = Access("default", "ada")
    assert directory.resolve("steps", access) is directory.resolve("steps", access)
