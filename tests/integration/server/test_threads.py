"""Threads through LangGraph's own client: made, found, copied, changed, pruned and deleted."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from langgraph_sdk.client import LangGraphClient, SyncLangGraphClient
from langgraph_sdk.errors import ConflictError, NotFoundError, UnprocessableEntityError

from podium.testing.server import Server

TABLES = ("threads", "checkpoints", "checkpoint_blobs", "checkpoint_writes", "run_requests", "stream_events")
NOBODYS = "6f0f3b1e-6d53-4f0c-9a0f-2f7f8c1f5a11"


def mark() -> dict[str, Any]:
    """Metadata that no other test's threads have."""
    return {"test": uuid.uuid4().hex}


async def shown(client: LangGraphClient, thread_id: str) -> Any:
    return await client.threads.get(thread_id)


async def copied(client: Any, thread_id: str) -> Any:
    return await client.threads.copy(thread_id)  # which the client's types say gives nothing


async def waiting(client: LangGraphClient, metadata: dict[str, Any] | None = None) -> str:
    """A thread that waits for a person."""
    thread = await client.threads.create(metadata=metadata, graph_id="asks")
    await client.runs.wait(thread["thread_id"], "asks", input={"question": "why"})
    return str(thread["thread_id"])


async def done(client: LangGraphClient, metadata: dict[str, Any] | None = None, text: str = "") -> str:
    """A thread whose run is done."""
    thread = await client.threads.create(metadata=metadata, graph_id="steps")
    await client.runs.wait(thread["thread_id"], "steps", input={"text": text})
    return str(thread["thread_id"])


async def busy(client: LangGraphClient) -> tuple[str, str]:
    """A thread whose run goes on, and the run."""
    thread = await client.threads.create(graph_id="steps")
    run = await client.runs.create(thread["thread_id"], "steps", input={"seconds": 30})
    return str(thread["thread_id"]), str(run["run_id"])


# --- making ----------------------------------------------------------------------------------------


async def test_a_new_thread_is_idle_and_empty(client: LangGraphClient) -> None:
    thread = await client.threads.create(metadata={"who": "ada"}, graph_id="steps")
    assert thread["status"] == "idle"
    assert thread["metadata"] == {"who": "ada", "graph_id": "steps"}
    assert thread["values"] is None
    assert thread["interrupts"] == {}
    assert str(thread["created_at"]) == str(thread["updated_at"])
    assert await client.threads.get(thread["thread_id"]) == thread


async def test_an_id_that_is_taken_is_refused_or_kept(client: LangGraphClient) -> None:
    first = await client.threads.create(thread_id=str(uuid.uuid4()), metadata={"n": 1})
    with pytest.raises(ConflictError, match="already"):
        await client.threads.create(thread_id=first["thread_id"])
    again = await client.threads.create(
        thread_id=first["thread_id"], metadata={"n": 2}, if_exists="do_nothing"
    )
    assert again["metadata"] == {"n": 1}


async def test_a_thread_begins_with_the_states_that_supersteps_make(client: LangGraphClient) -> None:
    source = await done(client, text="-")
    thread = await client.threads.create(
        graph_id="steps",
        supersteps=[
            {"updates": [{"values": {"text": "-", "steps": []}, "as_node": "__input__"}]},
            {"updates": [{"values": {"text": "-o", "steps": ["one"]}, "as_node": "one"}]},
            {"updates": [{"values": {"text": "-ot", "steps": ["two"]}, "as_node": "two"}]},
        ],
    )
    assert thread["values"] == {"text": "-ot", "steps": ["one", "two"]}
    assert thread["status"] == "interrupted"
    assert (await client.threads.get_state(thread["thread_id"]))["next"] == ["three"]
    assert (
        await client.runs.wait(thread["thread_id"], "steps", input=None)
        == (await client.threads.get_state(source))["values"]
    )


@pytest.mark.parametrize(
    ("supersteps", "metadata", "told"),
    [
        ([{"updates": [{"values": {}, "as_node": "nobody"}]}], {"graph_id": "steps"}, "nobody"),
        ([{"updates": [{"values": {"text": "x"}, "as_node": "one"}]}], {}, "no graph"),
        ([{"updates": []}], {"graph_id": "steps"}, "supersteps"),
    ],
)
async def test_a_thread_whose_states_cannot_be_made_is_not_there(
    client: LangGraphClient, supersteps: Any, metadata: dict[str, Any], told: str
) -> None:
    thread_id = str(uuid.uuid4())
    with pytest.raises(UnprocessableEntityError, match=told):
        await client.threads.create(thread_id=thread_id, metadata=metadata, supersteps=supersteps)
    with pytest.raises(NotFoundError):
        await client.threads.get(thread_id)


async def test_supersteps_of_a_graph_that_is_not_served_are_not_found(client: LangGraphClient) -> None:
    with pytest.raises(NotFoundError, match="no graph is called 'gone'"):
        await client.threads.create(
            graph_id="gone", supersteps=[{"updates": [{"values": {}, "as_node": "one"}]}]
        )


@pytest.mark.parametrize(
    "body",
    [
        {"thread_id": "no-uuid"},
        {"if_exists": "maybe"},
        {"metadata": ["a"]},
        {"ttl": -1},
        {"ttl": {"ttl": 5, "strategy": "burn"}},
        {"unheard": 1},
    ],
)
def test_what_is_no_thread_is_refused_with_the_fields_name(stock: Server, body: dict[str, Any]) -> None:
    answer = stock.client().post("/threads", json=body)
    assert answer.status_code == 422
    assert next(iter(body)) in answer.json()["detail"]


# --- looking ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "", None),
        ("PATCH", "", {"metadata": {}}),
        ("DELETE", "", None),
        ("POST", "/copy", None),
        ("GET", "/state", None),
        ("GET", "/state/1ef4a9b8-e6fb-67b1-8001-abd5184439d1", None),
        ("POST", "/state/checkpoint", {"checkpoint": {}}),
        ("POST", "/state", {"values": None}),
        ("POST", "/history", {}),
        ("GET", "/history", None),
        ("GET", "/stream", None),
    ],
)
def test_a_thread_that_is_not_there_is_not_found(stock: Server, method: str, path: str, body: Any) -> None:
    answer = stock.client().request(method, f"/threads/{NOBODYS}{path}", json=body)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_a_thread_tells_its_state_and_what_waits(client: LangGraphClient) -> None:
    thread = await client.threads.get(await waiting(client))
    assert thread["status"] == "interrupted"
    assert thread["values"] == {"question": "why"}
    ((interrupt,),) = thread["interrupts"].values()
    assert interrupt["value"] == {"question": "why"}
    await client.runs.wait(thread["thread_id"], "asks", command={"resume": "because"})
    thread = await client.threads.get(thread["thread_id"])
    assert (thread["status"], thread["interrupts"]) == ("idle", {})
    assert thread["values"] == {"question": "why", "answer": "because", "done": True}


async def test_a_thread_tells_what_failed(client: LangGraphClient) -> None:
    thread = await client.threads.create()
    await client.runs.wait(thread["thread_id"], "steps", input={"fails": True}, raise_error=False)
    found: dict[str, Any] = dict(await shown(client, thread["thread_id"]))
    assert found["status"] == "error"
    assert found["error"]["error"] == "ValueError"
    (task,) = (await client.threads.get_state(thread["thread_id"]))["tasks"]
    assert "three does not like this" in str(task["error"])


async def test_threads_are_found_by_what_is_said_of_them(client: LangGraphClient) -> None:
    mine = mark()
    first, second = await done(client, mine), await waiting(client, {**mine, "vip": True})
    found = await client.threads.search(metadata=mine)
    assert [one["thread_id"] for one in found] == [second, first]
    assert [one["thread_id"] for one in await client.threads.search(metadata=mine, status="idle")] == [first]
    assert await client.threads.search(metadata={**mine, "vip": 1}) == []
    by_graph = await client.threads.search(metadata={**mine, "graph_id": "asks", "vip": True})
    assert [one["thread_id"] for one in by_graph] == [second]
    by_id = await client.threads.search(ids=[first, NOBODYS], limit=1000)
    assert [one["thread_id"] for one in by_id] == [first]
    assert await client.threads.count(metadata=mine) == 2
    assert await client.threads.count(metadata=mine, status="interrupted") == 1


async def test_threads_are_found_by_their_values(client: LangGraphClient) -> None:
    mine = mark()
    threads = [await done(client, mine, text=text) for text in "abcab"]
    wanted = {"text": "aottf"}
    found = await client.threads.search(metadata=mine, values=wanted)
    assert [one["thread_id"] for one in found] == [threads[3], threads[0]]
    page = await client.threads.search(metadata=mine, values=wanted, limit=1, offset=1)
    assert [one["thread_id"] for one in page] == [threads[0]]
    assert await client.threads.count(metadata=mine, values=wanted) == 2
    assert await client.threads.count(metadata=mine, values={"text": "a"}) == 0


async def test_search_tells_only_what_is_asked_for(client: LangGraphClient) -> None:
    mine = mark()
    await done(client, mine)
    (found,) = await client.threads.search(metadata=mine, select=["thread_id", "status"])
    assert set(found) == {"thread_id", "status"}
    (found,) = await client.threads.search(
        metadata=mine,
        select=["thread_id"],
        extract={"last": "values.steps[-1]", "who": "metadata.test", "none": "values.steps[9].x"},
    )
    assert found["extracted"] == {"last": "four", "who": mine["test"], "none": None}
    assert "values" not in found


async def test_pages_tell_where_the_next_begins(client: LangGraphClient, stock: Server) -> None:
    mine = mark()
    ids = [(await client.threads.create(metadata=mine))["thread_id"] for _ in range(5)]
    seen: list[str] = []
    offset = "0"
    while offset:
        answer = stock.client().post(
            "/threads/search", json={"metadata": mine, "limit": 2, "offset": int(offset), "sort_order": "asc"}
        )
        seen += [one["thread_id"] for one in answer.json()]
        assert answer.headers["x-pagination-total"] == "5"
        offset = answer.headers.get("x-pagination-next", "")
    assert seen == ids


@pytest.mark.parametrize("field", ["thread_id", "status", "created_at", "updated_at", "state_updated_at"])
async def test_threads_come_in_the_order_that_is_asked_for(client: LangGraphClient, field: Any) -> None:
    mine = mark()
    for make in (done, waiting, done):
        await make(client, mine)
    up = await client.threads.search(metadata=mine, sort_by=field, sort_order="asc")
    down = await client.threads.search(metadata=mine, sort_by=field, sort_order="desc")
    values = [str(dict(one)[field]) for one in up]
    assert values == sorted(values)
    assert [one["thread_id"] for one in down] == [one["thread_id"] for one in up][::-1]


@pytest.mark.parametrize(
    "body",
    [
        {"limit": 0},
        {"limit": 1001},
        {"offset": -1},
        {"status": "lost"},
        {"sort_by": "owner"},
        {"select": ["secrets"]},
        {"extract": {"x": "owner"}},
        {"extract": {str(n): "values" for n in range(11)}},
        {"ids": ["x"]},
    ],
)
def test_a_search_that_cannot_be_made_is_refused(stock: Server, body: dict[str, Any]) -> None:
    answer = stock.client().post("/threads/search", json=body)
    assert answer.status_code == 422
    assert next(iter(body)) in answer.json()["detail"]


def test_the_synchronous_client_is_served_alike(sync_client: SyncLangGraphClient) -> None:
    thread = sync_client.threads.create(graph_id="steps")
    sync_client.threads.update_state(thread["thread_id"], {"text": "hi"}, as_node="__start__")
    assert sync_client.threads.get(thread["thread_id"])["values"] == {"text": "hi", "steps": []}
    assert len(sync_client.threads.get_history(thread["thread_id"])) == 1
    sync_client.threads.delete(thread["thread_id"])


# --- changing --------------------------------------------------------------------------------------


async def test_metadata_is_merged(client: LangGraphClient) -> None:
    thread = await client.threads.create(metadata={"a": 1, "b": {"c": 2}})
    changed = await client.threads.update(thread["thread_id"], metadata={"b": {"d": 3}, "e": None})
    assert changed["metadata"] == {"a": 1, "b": {"d": 3}, "e": None}
    assert str(changed["updated_at"]) > str(thread["updated_at"])
    await client.threads.update(thread["thread_id"], metadata={"a": 2}, return_minimal=True)
    assert (await shown(client, thread["thread_id"]))["metadata"]["a"] == 2


async def test_a_thread_goes_when_its_time_is_over(client: LangGraphClient) -> None:
    kept = await client.threads.create(ttl=60)
    thread: dict[str, Any] = dict(await client.threads.get(kept["thread_id"], include=["ttl"]))
    assert thread["ttl"]["strategy"] == "delete"
    assert thread["ttl"]["ttl_minutes"] == 60
    assert thread["ttl"]["expires_at"] > thread["created_at"]
    assert "ttl" not in await client.threads.get(kept["thread_id"])
    await client.threads.update(kept["thread_id"], metadata={}, ttl={"ttl": 0.0005})
    await until(lambda: is_gone(client, kept["thread_id"]))


async def test_a_thread_may_lose_only_its_history_when_its_time_is_over(client: LangGraphClient) -> None:
    thread_id = await done(client)
    await client.threads.update(thread_id, metadata={}, ttl={"ttl": 0.0005, "strategy": "keep_latest"})
    await until(lambda: has_no_past(client, thread_id))
    assert (await shown(client, thread_id))["values"]["text"] == "ottf"


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    for _ in range(5_000):
        if await holds():
            return
    pytest.fail("it did not come about")


async def is_gone(client: LangGraphClient, thread_id: str) -> bool:
    try:
        await client.threads.get(thread_id)
    except NotFoundError:
        return True
    return False


async def has_no_past(client: LangGraphClient, thread_id: str) -> bool:
    return len(await client.threads.get_history(thread_id)) == 1


# --- copying ---------------------------------------------------------------------------------------


async def test_a_copy_has_the_history_and_goes_its_own_way(client: LangGraphClient, stock: Server) -> None:
    source = await waiting(client, mark())
    copy = await copied(client, source)
    assert copy["thread_id"] != source
    assert copy["status"] == "interrupted"
    assert copy["metadata"]["forked_from"] == source
    assert copy["interrupts"] == (await shown(client, source))["interrupts"]
    assert [one["values"] for one in await client.threads.get_history(copy["thread_id"])] == [
        one["values"] for one in await client.threads.get_history(source)
    ]
    await client.runs.wait(copy["thread_id"], "asks", command={"resume": "so"})
    assert (await shown(client, copy["thread_id"]))["values"]["answer"] == "so"
    assert (await shown(client, source))["status"] == "interrupted"
    ledger = stock.services.app.context.toolbox.ledger
    assert await ledger.simulates(copy["thread_id"])


async def test_an_empty_thread_can_be_copied(client: LangGraphClient) -> None:
    source = await client.threads.create(metadata={"a": 1})
    copy = await copied(client, source["thread_id"])
    assert copy["values"] is None
    assert copy["metadata"]["a"] == 1


# --- removing --------------------------------------------------------------------------------------


def rows_of(server: Server, table: str, thread_id: str) -> int:
    query = f"SELECT count(*) FROM {table} WHERE thread_id=?"
    return int(
        server.services.database.read(
            lambda connection: connection.execute(query, (thread_id,)).fetchone()[0]
        )
    )


async def test_a_deleted_thread_leaves_nothing_behind(client: LangGraphClient, stock: Server) -> None:
    thread_id = await done(client)
    await client.threads.delete(thread_id)
    tables = (
        "threads",
        "checkpoints",
        "checkpoint_blobs",
        "checkpoint_writes",
        "run_requests",
        "stream_events",
    )
    for table in tables:
        assert rows_of(stock, table, thread_id) == 0, table
    with pytest.raises(NotFoundError):
        await client.threads.delete(thread_id)


async def test_a_thread_can_be_made_again_under_the_id_of_a_deleted_one(client: LangGraphClient) -> None:
    thread_id = await done(client, text="x" * 5000)
    await client.threads.delete(thread_id)
    await client.threads.create(thread_id=thread_id)
    run = await client.runs.create(thread_id, "steps", input={"text": "y" * 5000})
    await client.runs.join(thread_id, run["run_id"])
    parts = [part async for part in client.runs.join_stream(thread_id, run["run_id"], last_event_id="-1")]
    assert parts[-1].data["text"] == "y" * 5000 + "ottf"


async def test_a_thread_with_an_active_run_stays(client: LangGraphClient) -> None:
    thread_id, run_id = await busy(client)
    other = await done(client)
    with pytest.raises(ConflictError, match="not ended"):
        await client.threads.delete(thread_id)
    with pytest.raises(ConflictError, match="not ended"):
        await client.threads.prune([other, thread_id])
    assert (await shown(client, other))["status"] == "idle"
    with pytest.raises(ConflictError, match="not ended"):
        await client.threads.update_state(thread_id, {"text": "x"}, as_node="one")
    assert (await shown(client, thread_id))["status"] == "busy"
    await client.runs.cancel(thread_id, run_id, wait=True)
    await client.threads.delete(thread_id)


async def test_pruning_deletes_or_keeps_the_latest_state(client: LangGraphClient) -> None:
    first, second = await done(client), await done(client)
    run = (await client.runs.list(first))[0]
    assert await client.threads.prune([first, NOBODYS], strategy="keep_latest") == {"pruned_count": 1}
    assert len(await client.threads.get_history(first)) == 1
    assert (await shown(client, first))["values"]["text"] == "ottf"
    told = [part async for part in client.runs.join_stream(first, run["run_id"], last_event_id="-1")]
    assert told == []
    await client.runs.wait(first, "steps", input={"text": ""})
    assert await client.threads.prune([first, second]) == {"pruned_count": 2}
    assert await is_gone(client, first)


def test_answers_keep_to_the_document(stock: Server) -> None:
    document = stock.client().get("/openapi.json").json()
    for path in ("/threads", "/threads/search", "/threads/{thread_id}/state", "/threads/{thread_id}/history"):
        assert path in document["paths"]
    shown = document["components"]["schemas"]["ThreadShown"]
    thread = stock.client().post("/threads", json={}).json()
    assert set(thread) <= set(shown["properties"])
    assert set(shown["required"]) <= set(thread)


async def test_no_other_tenant_or_owner_sees_a_thread(stock: Server) -> None:
    ada, bob = (stock.key(name, owner=name) for name in ("ada", "bob"))
    elsewhere = stock.key("eve", "admin", tenant="elsewhere")
    async with httpx.AsyncClient(base_url=stock.url, trust_env=False) as http:

        async def ask(key: str, method: str, path: str, body: Any = None) -> httpx.Response:
            return await http.request(method, path, json=body, headers={"X-Api-Key": key})

        thread = (await ask(ada, "POST", "/threads", {})).json()["thread_id"]
        for key in (bob, elsewhere):
            for method, path in (("GET", ""), ("DELETE", ""), ("GET", "/state"), ("POST", "/copy")):
                assert (await ask(key, method, f"/threads/{thread}{path}")).status_code == 404
            assert (await ask(key, "POST", "/threads/search", {"ids": [thread]})).json() == []
            assert (await ask(key, "POST", "/threads/count", {"ids": [thread]})).json() == 0
            pruned = await ask(key, "POST", "/threads/prune", {"thread_ids": [thread]})
            assert pruned.json() == {"pruned_count": 0}
            taken = await ask(key, "POST", "/threads", {"thread_id": thread, "if_exists": "do_nothing"})
            assert taken.status_code == 409
        assert (await ask(ada, "GET", f"/threads/{thread}")).status_code == 200
