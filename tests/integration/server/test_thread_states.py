"""States of threads through LangGraph's own client and its remote graph."""

from __future__ import annotations

import asyncio
import uuid
from itertools import pairwise
from typing import Any

import pytest
from langgraph.pregel.remote import RemoteGraph
from langgraph_sdk.client import LangGraphClient, SyncLangGraphClient
from langgraph_sdk.errors import ConflictError, NotFoundError, UnprocessableEntityError
from langgraph_sdk.schema import Checkpoint

from podium.testing.server import Server

UNKNOWN = "1ef4a9b8-e6fb-67b1-8001-abd5184439d1"


@pytest.fixture
async def thread(client: LangGraphClient) -> str:
    """A thread in which the four nodes have run."""
    made = await client.threads.create(graph_id="steps")
    await client.runs.wait(made["thread_id"], "steps", input={"text": ""}, metadata={"kind": "first"})
    return str(made["thread_id"])


@pytest.fixture
async def waiting(client: LangGraphClient) -> str:
    """A thread in whose subgraph a question waits."""
    made = await client.threads.create(graph_id="nested")
    await client.runs.wait(made["thread_id"], "nested", input={"question": "why"})
    return str(made["thread_id"])


# --- reading ---------------------------------------------------------------------------------------


async def test_a_thread_without_a_run_has_an_empty_state(client: LangGraphClient) -> None:
    for metadata in ({}, {"graph_id": "steps"}):
        made = await client.threads.create(metadata=metadata)
        state = await client.threads.get_state(made["thread_id"])
        assert state["checkpoint"]["checkpoint_id"] is None
        assert (state["values"], state["next"], state["tasks"]) == ({}, [], [])
        assert await client.threads.get_history(made["thread_id"]) == []


async def test_every_state_is_found_again_by_its_checkpoint(client: LangGraphClient, thread: str) -> None:
    history = await client.threads.get_history(thread)
    assert [state["values"].get("text") for state in history if isinstance(state["values"], dict)] == [
        "ottf",
        "ott",
        "ot",
        "o",
        "",
        None,
    ]
    assert [list(state["next"]) for state in history] == [
        [],
        ["four"],
        ["three"],
        ["two"],
        ["one"],
        ["__start__"],
    ]
    for state, parent in zip(history, [*history[1:], None], strict=True):
        checkpoint = state["checkpoint"]
        assert state["parent_checkpoint"] == (parent["checkpoint"] if parent else None)
        assert await client.threads.get_state(thread, checkpoint) == state
        assert await client.threads.get_state(thread, checkpoint_id=checkpoint["checkpoint_id"]) == state
    assert await client.threads.get_state(thread) == history[0]


async def test_the_history_is_cut_where_it_is_asked_to_be(client: LangGraphClient, thread: str) -> None:
    history = await client.threads.get_history(thread)
    middle = history[2]["checkpoint"]
    assert await client.threads.get_history(thread, limit=2) == history[:2]
    for before in (middle, str(middle["checkpoint_id"])):
        assert await client.threads.get_history(thread, before=before) == history[3:]
    assert await client.threads.get_history(thread, metadata={"step": 1}) == [history[3]]
    assert len(await client.threads.get_history(thread, metadata={"kind": "first"})) == 6
    assert await client.threads.get_history(thread, metadata={"kind": "second"}) == []


async def test_the_history_is_told_to_a_get_and_to_a_javascript_config(stock: Server, thread: str) -> None:
    http = stock.client()
    history = http.get(f"/threads/{thread}/history").json()
    assert len(history) == 6
    before = history[0]["checkpoint"]["checkpoint_id"]
    cut = http.get(f"/threads/{thread}/history", params={"limit": 2, "before": before}).json()
    assert cut == history[1:3]
    body = {"before": {"configurable": {"checkpoint_id": before}}, "limit": 2}
    assert http.post(f"/threads/{thread}/history", json=body).json() == cut


async def test_only_what_is_selected_of_a_state_is_told(client: LangGraphClient, thread: str) -> None:
    state: Any = await client.threads.get_state(thread, select=["next", "values.steps"])
    assert state == {"next": [], "values": {"steps": ["one", "two", "three", "four"]}}
    at = (await client.threads.get_state(thread))["checkpoint"]
    state = await client.threads.get_state(thread, at, select=["values.text"])
    assert state == {"values": {"text": "ottf"}}
    (newest,) = await client.threads.get_history(thread, limit=1, select=["created_at"])
    assert set(newest) == {"created_at"}


@pytest.mark.parametrize(
    "body", [{"limit": 0}, {"limit": 1001}, {"select": ["owner"]}, {"before": 5}, {"x": 1}]
)
def test_a_history_that_cannot_be_told_is_refused(stock: Server, thread: str, body: dict[str, Any]) -> None:
    answer = stock.client().post(f"/threads/{thread}/history", json=body)
    assert answer.status_code == 422
    assert next(iter(body)) in answer.json()["detail"]


async def test_a_checkpoint_that_is_not_there_is_not_found(client: LangGraphClient, thread: str) -> None:
    for missing in (thread, (await client.threads.create())["thread_id"]):
        with pytest.raises(NotFoundError, match="no checkpoint"):
            await client.threads.get_state(missing, checkpoint_id=UNKNOWN)
    with pytest.raises(NotFoundError, match="no checkpoint"):
        await client.threads.update_state(thread, {"text": "x"}, as_node="one", checkpoint_id=UNKNOWN)


async def test_a_checkpoint_of_another_thread_is_refused(client: LangGraphClient, thread: str) -> None:
    other = await client.threads.create()
    at = (await client.threads.get_state(thread))["checkpoint"]
    with pytest.raises(UnprocessableEntityError, match="is of thread"):
        await client.threads.get_state(other["thread_id"], at)


async def test_states_of_subgraphs_are_told_within_or_by_their_checkpoint(
    client: LangGraphClient, waiting: str
) -> None:
    (plain,) = (await client.threads.get_state(waiting))["tasks"]
    assert plain["state"] is None
    (task,) = (await client.threads.get_state(waiting, subgraphs=True))["tasks"]
    inner = task["state"]
    assert inner is not None
    assert inner["next"] == ["ask"]
    assert plain["checkpoint"] is not None
    assert inner["checkpoint"]["checkpoint_ns"] == plain["checkpoint"]["checkpoint_ns"]
    assert (await client.threads.get_state(waiting, plain["checkpoint"]))["values"] == inner["values"]
    assert len(await client.threads.get_history(waiting, checkpoint=plain["checkpoint"])) == 2


async def test_a_subgraph_that_is_not_there_has_no_state_and_takes_none(
    client: LangGraphClient, thread: str
) -> None:
    nowhere = Checkpoint(thread_id=thread, checkpoint_ns="moon", checkpoint_id=None, checkpoint_map=None)
    assert (await client.threads.get_state(thread, nowhere))["checkpoint"] == nowhere
    assert await client.threads.get_history(thread, checkpoint=nowhere) == []
    with pytest.raises(UnprocessableEntityError, match="moon"):
        await client.threads.update_state(thread, {"text": "x"}, checkpoint=nowhere)


# --- changing --------------------------------------------------------------------------------------


async def test_a_state_is_changed_as_if_a_node_had_run(client: LangGraphClient, thread: str) -> None:
    before = await client.threads.get_state(thread)
    told: Any = await client.threads.update_state(thread, {"text": "changed"}, as_node="two")
    state = await client.threads.get_state(thread)
    assert state["checkpoint"] == told["checkpoint"]
    assert told["configurable"] == told["checkpoint"]
    assert state["parent_checkpoint"] == before["checkpoint"]
    assert state["next"] == ["three"]
    found: Any = await client.threads.get(thread)
    assert (found["status"], found["values"]["text"]) == ("interrupted", "changed")
    assert found["state_updated_at"] > found["created_at"]
    after: Any = await client.runs.wait(thread, "steps", input=None)
    assert after["text"] == "changedtf"


async def test_a_state_is_branched_from_an_earlier_checkpoint(client: LangGraphClient, thread: str) -> None:
    history = await client.threads.get_history(thread)
    at = history[2]["checkpoint"]
    places: list[dict[str, Any]] = [{"checkpoint": at}, {"checkpoint_id": at["checkpoint_id"]}]
    for place in places:
        told = await client.threads.update_state(thread, {"text": "branch"}, **place)
        state = await client.threads.get_state(thread, told["checkpoint"])
        assert state["parent_checkpoint"] == at
        assert state["values"] == {"text": "branch", "steps": ["one", "two"]}
    assert len(await client.threads.get_history(thread)) == 8


async def test_null_values_go_on_from_what_there_is(client: LangGraphClient, thread: str) -> None:
    at = (await client.threads.get_history(thread))[2]["checkpoint"]
    copied = await client.threads.update_state(thread, None, as_node="__copy__", checkpoint=at)
    assert (await client.threads.get_state(thread))["next"] == ["three"]
    assert copied["checkpoint"] != at
    await client.threads.update_state(thread, None, as_node="__end__")
    assert (await client.threads.get(thread))["status"] == "idle"


async def test_messages_are_added_by_their_reducer(client: LangGraphClient) -> None:
    made = await client.threads.create(graph_id="chat")
    said = {"messages": [{"role": "user", "content": "hello", "id": "one"}]}
    await client.threads.update_state(made["thread_id"], said, as_node="__start__")
    await client.runs.wait(made["thread_id"], "chat", input=None)
    found: Any = await client.threads.get(made["thread_id"])
    assert [(one["type"], one["content"]) for one in found["values"]["messages"]] == [
        ("human", "hello"),
        ("ai", "echo: hello"),
    ]


@pytest.mark.parametrize(
    ("values", "as_node", "told"),
    [
        ({"text": "x"}, "nobody", "nobody"),
        ([{"text": "x"}], "one", "does not take this"),
        ({"steps": 5}, "one", "does not take this"),
    ],
)
async def test_what_the_graph_does_not_take_is_refused(
    client: LangGraphClient, values: Any, as_node: str, told: str
) -> None:
    made = await client.threads.create(graph_id="steps")
    with pytest.raises(UnprocessableEntityError, match=told):
        await client.threads.update_state(made["thread_id"], values, as_node=as_node)
    assert (await client.threads.get(made["thread_id"]))["values"] is None
    await client.threads.delete(made["thread_id"])  # nobody holds it any more


async def test_a_thread_that_belongs_to_no_graph_takes_no_state(client: LangGraphClient) -> None:
    made = await client.threads.create()
    with pytest.raises(UnprocessableEntityError, match="no graph"):
        await client.threads.update_state(made["thread_id"], {"text": "x"})
    lost = await client.threads.create(graph_id="gone")
    with pytest.raises(NotFoundError, match="no graph is called 'gone'"):
        await client.threads.update_state(lost["thread_id"], {"text": "x"})
    assert (await client.threads.get(lost["thread_id"]))["values"] is None


# --- a remote graph --------------------------------------------------------------------------------


async def test_a_remote_graph_reads_and_changes_states(client: LangGraphClient) -> None:
    remote = RemoteGraph("asks", client=client)
    config: Any = {"configurable": {"thread_id": str(uuid.uuid4())}}
    await remote.ainvoke({"question": "why"}, config)
    state = await remote.aget_state(config)
    assert state.next == ("ask",)
    assert [interrupt.value for interrupt in state.interrupts] == [{"question": "why"}]
    assert (await remote.aget_state(state.config)).values == state.values
    at = await remote.aupdate_state(config, {"answer": "by hand"}, as_node="ask")
    assert (await remote.aget_state(config)).config["configurable"]["checkpoint_id"] == (
        at["configurable"]["checkpoint_id"]
    )
    history = [one async for one in remote.aget_state_history(config)]
    assert [one.next for one in history] == [("finish",), ("ask",), ("__start__",)]
    one = [found async for found in remote.aget_state_history(config, limit=1, before=history[0].config)]
    assert one[0].config == history[1].config


def test_a_remote_graph_does_the_same_without_a_loop(sync_client: SyncLangGraphClient) -> None:
    remote = RemoteGraph("steps", sync_client=sync_client)
    config: Any = {"configurable": {"thread_id": str(uuid.uuid4())}}
    remote.invoke({"text": ""}, config)
    assert remote.get_state(config).values["text"] == "ottf"
    remote.update_state(config, {"text": "x"}, as_node="three")
    assert remote.get_state(config).next == ("four",)
    assert len(list(remote.get_state_history(config))) == 7


# --- at the same time ------------------------------------------------------------------------------


async def test_changes_of_one_thread_come_one_after_another(client: LangGraphClient, thread: str) -> None:
    updates = [client.threads.update_state(thread, {"text": str(n)}, as_node="four") for n in range(12)]
    made = {one["checkpoint"]["checkpoint_id"] for one in await asyncio.gather(*updates)}
    history = await client.threads.get_history(thread, limit=50)
    assert {state["checkpoint"]["checkpoint_id"] for state in history[:12]} == made
    for state, parent in pairwise(history):
        assert state["parent_checkpoint"] == parent["checkpoint"]


async def test_runs_and_changes_of_one_thread_wait_for_each_other(
    client: LangGraphClient, thread: str
) -> None:
    async def change() -> int:
        try:
            await client.threads.update_state(thread, {"steps": ["by hand"]}, as_node="four")
        except ConflictError:
            return 0
        return 1

    async def run() -> int:
        await client.runs.wait(thread, "steps", input={"text": ""})
        return 0

    changed = sum(await asyncio.gather(*(change() if n % 3 else run() for n in range(15))))
    found: Any = await client.threads.get(thread)
    assert found["status"] == "idle"
    assert found["values"]["steps"].count("by hand") == changed
    assert found["values"]["steps"].count("one") == 6


async def test_a_thread_is_deleted_or_run_and_nothing_hangs(client: LangGraphClient) -> None:
    for _ in range(10):
        thread = (await client.threads.create(graph_id="steps"))["thread_id"]
        ran, deleted = await asyncio.gather(
            client.runs.wait(thread, "steps", input={"text": ""}, if_not_exists="reject"),
            client.threads.delete(thread),
            return_exceptions=True,
        )
        assert isinstance(ran, NotFoundError) or isinstance(deleted, ConflictError) or deleted is None


async def test_a_long_history_is_told_whole_piece_by_piece(client: LangGraphClient, stock: Server) -> None:
    updates: list[dict[str, Any]] = [
        {"updates": [{"values": {"text": str(n)}, "as_node": "one"}]} for n in range(60)
    ]
    made = await client.threads.create(graph_id="steps", supersteps=updates)
    whole = await client.threads.get_history(made["thread_id"], limit=1000)
    assert [one["values"]["text"] for one in whole if isinstance(one["values"], dict)] == [
        str(n) for n in reversed(range(60))
    ]
    for limit in (15, 16, 17, 59, 60):
        assert await client.threads.get_history(made["thread_id"], limit=limit) == whole[:limit]
    nodes: list[Any] = [*await client.threads.get_history(made["thread_id"], limit=40, select=["next"])]
    assert nodes == [{"next": ["two"]}] * 40
