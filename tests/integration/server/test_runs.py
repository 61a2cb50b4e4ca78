"""Runs through LangGraph's own clients: each endpoint, with its errors."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
from langgraph_sdk.client import LangGraphClient, SyncLangGraphClient
from langgraph_sdk.errors import (
    APIError,
    APIStatusError,
    ConflictError,
    NotFoundError,
    UnprocessableEntityError,
)
from langgraph_sdk.schema import StreamPart

ALL = ["one", "two", "three", "four"]
INPUT: dict[str, Any] = {"text": "x"}
SLOW: dict[str, Any] = {"text": "x", "seconds": 30}
NOBODY = "00000000-0000-4000-8000-000000000000"


async def collected(stream: AsyncIterator[StreamPart]) -> list[StreamPart]:
    return [part async for part in stream]


def updated(parts: list[StreamPart]) -> list[str]:
    return [name for part in parts if part.event == "updates" for name in part.data or {}]


@pytest.fixture
async def thread(client: LangGraphClient) -> str:
    return (await client.threads.create())["thread_id"]


async def started(client: LangGraphClient, thread: str, **options: Any) -> str:
    run = await client.runs.create(thread, "steps", input=SLOW, **options)
    return run["run_id"]


async def steps_of(client: LangGraphClient, thread: str) -> list[str]:
    values: Any = (await client.threads.get_state(thread))["values"]
    steps: list[str] = values["steps"]
    return steps


# --- waiting and streaming -----------------------------------------------------------------------


async def test_a_run_is_waited_for(client: LangGraphClient, thread: str) -> None:
    state: Any = await client.runs.wait(thread, "steps", input=INPUT)
    assert state["steps"] == ALL


async def test_a_run_without_a_thread_leaves_none(client: LangGraphClient) -> None:
    created: list[Any] = []
    state: Any = await client.runs.wait(None, "steps", input=INPUT, on_run_created=created.append)
    assert state["steps"] == ALL
    with pytest.raises(NotFoundError):
        await client.threads.get(created[0]["thread_id"])


async def test_a_run_without_a_thread_may_keep_one(client: LangGraphClient) -> None:
    created: list[Any] = []
    await client.runs.wait(None, "steps", input=INPUT, on_completion="keep", on_run_created=created.append)
    assert await steps_of(client, created[0]["thread_id"]) == ALL


async def test_a_thread_is_made_when_that_is_asked_for(client: LangGraphClient) -> None:
    thread = str(uuid4())
    with pytest.raises(httpx.HTTPStatusError, match="404"):
        await client.runs.wait(thread, "steps", input=INPUT)
    await client.runs.wait(thread, "steps", input=INPUT, if_not_exists="create")
    assert (await client.threads.get(thread))["status"] == "idle"


@pytest.mark.parametrize(
    ("mode", "names"),
    [
        ("values", {"values"}),
        ("updates", {"updates"}),
        ("debug", {"debug"}),
        ("tasks", {"tasks"}),
        ("checkpoints", {"checkpoints"}),
        ("events", {"events"}),
        ("custom", set()),
        (["values", "updates"], {"values", "updates"}),
    ],
)
async def test_a_stream_tells_what_was_asked_for(
    client: LangGraphClient, thread: str, mode: Any, names: set[str]
) -> None:
    parts = await collected(client.runs.stream(thread, "steps", input=INPUT, stream_mode=mode))
    assert parts[0].event == "metadata"
    assert parts[0].data["attempt"] == 1
    assert {part.event for part in parts[1:]} == names


async def test_messages_are_streamed_in_both_ways(client: LangGraphClient, thread: str) -> None:
    said: Any = {"messages": [{"role": "user", "content": "hello"}]}
    tuples = await collected(client.runs.stream(thread, "chat", input=said, stream_mode="messages-tuple"))
    assert [part.data[0]["content"] for part in tuples if part.event == "messages"] == ["echo: hello"]
    parts = await collected(client.runs.stream(None, "chat", input=said, stream_mode="messages"))
    complete = [part.data for part in parts if part.event == "messages/complete"]
    assert [message["content"] for one in complete for message in one][-1] == "echo: hello"


async def test_events_of_subgraphs_carry_their_place(client: LangGraphClient, thread: str) -> None:
    parts = await collected(
        client.runs.stream(
            thread, "nested", input={"question": "?"}, stream_mode="updates", stream_subgraphs=True
        )
    )
    assert any(part.event.startswith("updates|inner:") for part in parts)


async def test_what_fails_is_told_in_the_stream_and_to_who_waits(
    client: LangGraphClient, thread: str
) -> None:
    failing: Any = {"text": "x", "fails": True}
    parts = await collected(client.runs.stream(thread, "steps", input=failing))
    assert parts[-1].event == "error"
    assert parts[-1].data == {"error": "ValueError", "message": "three does not like this"}
    assert (await client.threads.get(thread))["status"] == "error"
    with pytest.raises(Exception, match="three does not like this"):
        await client.runs.wait(thread, "steps", input=failing)
    told: Any = await client.runs.wait(thread, "steps", input=failing, raise_error=False)
    assert told["__error__"]["error"] == "ValueError"


# --- interrupts and commands ---------------------------------------------------------------------


async def test_an_interrupt_is_told_and_resumed(client: LangGraphClient, thread: str) -> None:
    parts = await collected(
        client.runs.stream(thread, "asks", input={"question": "why?"}, stream_mode=["values", "updates"])
    )
    for event in ("values", "updates"):
        told = [
            part.data["__interrupt__"]
            for part in parts
            if part.event == event and "__interrupt__" in part.data
        ]
        assert told[0][0]["value"] == {"question": "why?"}
    assert (await client.threads.get(thread))["status"] == "interrupted"
    (run,) = await client.runs.list(thread)
    assert run["status"] == "interrupted"
    state: Any = await client.runs.wait(thread, "asks", command={"resume": "because"})
    assert state["answer"] == "because"


async def test_an_empty_input_beside_a_command_is_taken(client: LangGraphClient, thread: str) -> None:
    await client.runs.wait(thread, "asks", input={"question": "why?"})
    state: Any = await client.runs.wait(thread, "asks", input={}, command={"resume": "so"})
    assert state["answer"] == "so"


async def test_a_command_goes_to_a_node_with_an_update(client: LangGraphClient, thread: str) -> None:
    await client.runs.wait(thread, "asks", input={"question": "why?"})
    state: Any = await client.runs.wait(
        thread, "asks", command={"goto": "__end__", "update": {"answer": "none"}}
    )
    assert state["answer"] == "none"


@pytest.mark.parametrize(("option", "rest"), [("interrupt_before", ["three"]), ("interrupt_after", ["four"])])
async def test_a_run_stops_where_it_is_told(
    client: LangGraphClient, thread: str, option: str, rest: list[str]
) -> None:
    stop: Any = {option: ["three"]}
    await client.runs.wait(thread, "steps", input=INPUT, **stop)
    assert (await client.threads.get_state(thread))["next"] == rest
    state: Any = await client.runs.wait(thread, "steps", input=None)
    assert state["steps"] == ALL


async def test_a_run_forks_from_a_checkpoint(client: LangGraphClient, thread: str) -> None:
    await client.runs.wait(thread, "steps", input=INPUT)
    history = await client.threads.get_history(thread, limit=20)
    middle = next(state for state in history if state["next"] == ["three"])
    checkpoint: Any = middle["checkpoint"]
    state: Any = await client.runs.wait(thread, "steps", checkpoint=checkpoint)
    assert state["steps"] == ALL
    by_id = str(checkpoint["checkpoint_id"])
    again: Any = await client.runs.wait(thread, "steps", checkpoint_id=by_id)
    assert again["steps"] == ALL


@pytest.mark.parametrize("durability", ["sync", "async", "exit"])
async def test_each_durability_ends_alike(client: LangGraphClient, thread: str, durability: Any) -> None:
    state: Any = await client.runs.wait(thread, "steps", input=INPUT, durability=durability)
    assert state["steps"] == ALL
    assert await steps_of(client, thread) == ALL


# --- in the background ---------------------------------------------------------------------------


async def test_a_run_in_the_background_is_joined_listed_and_removed(
    client: LangGraphClient, thread: str
) -> None:
    run = await client.runs.create(thread, "steps", input=INPUT, metadata={"mine": True})
    state: Any = await client.runs.join(thread, run["run_id"])
    assert state["steps"] == ALL
    found = await client.runs.get(thread, run["run_id"])
    assert (found["status"], found["metadata"]) == ("success", {"mine": True})
    assert [one["run_id"] for one in await client.runs.list(thread, status="success")] == [run["run_id"]]
    assert await client.runs.list(thread, status="error") == []
    await client.runs.delete(thread, run["run_id"])
    with pytest.raises(NotFoundError):
        await client.runs.get(thread, run["run_id"])
    assert await steps_of(client, thread) == ALL


async def test_a_stream_is_joined_from_where_its_reader_stopped(client: LangGraphClient, thread: str) -> None:
    run = await client.runs.create(thread, "steps", input=INPUT, stream_mode=["updates", "values"])
    await client.runs.join(thread, run["run_id"])
    whole = await collected(client.runs.join_stream(thread, run["run_id"], last_event_id="-1"))
    assert updated(whole) == ALL
    for number, part in enumerate(whole):
        rest = await collected(client.runs.join_stream(thread, run["run_id"], last_event_id=part.id))
        assert rest == whole[number + 1 :]
    only = client.runs.join_stream(thread, run["run_id"], stream_mode="updates", last_event_id="-1")
    assert {part.event for part in await collected(only)} == {"metadata", "updates"}


async def test_a_batch_is_carried_out(client: LangGraphClient) -> None:
    wanted: Any = [{"assistant_id": "steps", "input": {"text": str(number)}} for number in range(3)]
    runs = await client.runs.create_batch(wanted)
    assert len({run["run_id"] for run in runs}) == 3


async def test_a_run_may_wait_for_its_time(client: LangGraphClient, thread: str) -> None:
    run = await client.runs.create(thread, "steps", input=INPUT, after_seconds=1)
    assert run["status"] == "pending"
    assert (await client.threads.get_state(thread))["values"] == {}
    state: Any = await client.runs.join(thread, run["run_id"])
    assert state["steps"] == ALL


# --- an end before its time ----------------------------------------------------------------------


async def test_a_run_that_is_cancelled_leaves_what_it_did(client: LangGraphClient, thread: str) -> None:
    run = await started(client, thread)
    await client.runs.cancel(thread, run, wait=True)
    assert (await client.runs.get(thread, run))["status"] == "interrupted"
    state = await client.threads.get_state(thread)
    assert state["next"] == ["one"]


async def test_a_run_that_is_rolled_back_was_never_there(client: LangGraphClient, thread: str) -> None:
    await client.runs.wait(thread, "steps", input=INPUT)
    run = await started(client, thread)
    await client.runs.cancel(thread, run, wait=True, action="rollback")
    with pytest.raises(NotFoundError):
        await client.runs.get(thread, run)
    assert await steps_of(client, thread) == ALL
    assert (await client.threads.get_state(thread))["next"] == []


async def test_all_runs_of_a_thread_are_cancelled(client: LangGraphClient, thread: str) -> None:
    runs = [await started(client, thread) for _ in range(3)]
    await client.runs.cancel_many(thread_id=thread, status="all")
    await asyncio.gather(*(client.runs.join(thread, run) for run in runs))
    assert {run["status"] for run in await client.runs.list(thread)} == {"interrupted"}


async def test_a_run_ends_with_the_reader_that_asked_for_it_so(client: LangGraphClient, thread: str) -> None:
    stream: Any = client.runs.stream(thread, "steps", input=SLOW, on_disconnect="cancel")
    created = await anext(stream)
    await stream.aclose()
    await client.runs.join(thread, created.data["run_id"])
    assert (await client.runs.get(thread, created.data["run_id"]))["status"] == "interrupted"


# --- several runs of one thread ------------------------------------------------------------------


async def test_a_second_run_is_rejected(client: LangGraphClient, thread: str) -> None:
    run = await started(client, thread)
    with pytest.raises((ConflictError, UnprocessableEntityError)):
        await client.runs.create(thread, "steps", input=INPUT, multitask_strategy="reject")
    await client.runs.cancel(thread, run, wait=True)


async def test_a_second_run_waits_for_its_turn(client: LangGraphClient, thread: str) -> None:
    first = await started(client, thread)
    second = await client.runs.create(thread, "chat", input={"messages": []}, multitask_strategy="enqueue")
    assert second["status"] == "pending"
    assert (await client.threads.get(thread))["status"] == "busy"
    await client.runs.cancel(thread, first, wait=True)
    await client.runs.join(thread, second["run_id"])
    assert (await client.runs.get(thread, second["run_id"]))["status"] in ("success", "error")


@pytest.mark.parametrize("strategy", ["interrupt", "rollback"])
async def test_a_second_run_takes_the_place_of_the_first(
    client: LangGraphClient, thread: str, strategy: Any
) -> None:
    first = await started(client, thread)
    state: Any = await client.runs.wait(
        thread, "steps", input={"text": "y", "seconds": 0}, multitask_strategy=strategy
    )
    assert state["steps"][-4:] == ALL
    if strategy == "rollback":
        with pytest.raises(NotFoundError):
            await client.runs.get(thread, first)
    else:
        assert (await client.runs.get(thread, first))["status"] == "interrupted"


# --- errors --------------------------------------------------------------------------------------


async def test_what_is_not_there_is_not_found(client: LangGraphClient, thread: str) -> None:
    with pytest.raises(httpx.HTTPStatusError, match="404"):
        await client.runs.wait(thread, "nobody", input={}, raise_error=False)
    with pytest.raises(httpx.HTTPStatusError, match="404"):
        await client.runs.join(thread, NOBODY)
    for call in (
        client.runs.create(thread, "nobody", input={}),
        client.runs.create(NOBODY, "steps", input={}),
        client.runs.get(thread, NOBODY),
        client.runs.cancel(thread, NOBODY),
        client.runs.delete(thread, NOBODY),
        client.runs.list(NOBODY),
    ):
        with pytest.raises(NotFoundError):
            await call
    with pytest.raises(NotFoundError):
        await collected(client.runs.join_stream(thread, NOBODY))


async def test_a_run_that_goes_on_cannot_be_removed_nor_one_that_ended_cancelled(
    client: LangGraphClient, thread: str
) -> None:
    run = await started(client, thread)
    with pytest.raises(ConflictError):
        await client.runs.delete(thread, run)
    await client.runs.cancel(thread, run, wait=True)
    with pytest.raises(ConflictError):
        await client.runs.cancel(thread, run)


@pytest.mark.parametrize(
    "options",
    [
        {"input": INPUT, "stream_mode": "moods"},
        {"input": INPUT, "multitask_strategy": "wish"},
        {"input": INPUT, "config": {"configurable": {"__pregel_send": 1}}},
        {"input": INPUT, "config": {"recursion_limit": -1}},
        {"input": INPUT, "durability": "never"},
        {"input": INPUT, "after_seconds": -1},
        {"command": {"resume": 1, "wish": 2}},
    ],
)
async def test_what_makes_no_sense_is_refused(
    client: LangGraphClient, thread: str, options: dict[str, Any]
) -> None:
    with pytest.raises(UnprocessableEntityError) as refused:
        await client.runs.create(thread, "steps", **options)
    body: Any = refused.value.body
    assert {"detail", "code", "hint"} <= body.keys()


# --- the synchronous client ----------------------------------------------------------------------


@pytest.fixture
def sync_thread(sync_client: SyncLangGraphClient) -> Iterator[str]:
    thread = sync_client.threads.create()["thread_id"]
    yield thread
    sync_client.runs.cancel_many(thread_id=thread, status="all")


def test_the_synchronous_client_does_the_same(sync_client: SyncLangGraphClient, sync_thread: str) -> None:
    runs = sync_client.runs
    state: Any = runs.wait(sync_thread, "steps", input=INPUT)
    assert state["steps"] == ALL
    assert updated(list(runs.stream(None, "steps", input=INPUT, stream_mode="updates"))) == ALL
    run = runs.create(sync_thread, "steps", input={"text": "again"})
    joined: Any = runs.join(sync_thread, run["run_id"])
    assert joined["steps"] == ALL * 2
    assert runs.get(sync_thread, run["run_id"])["status"] == "success"
    assert updated(list(runs.join_stream(sync_thread, run["run_id"], last_event_id="-1"))) == []
    assert len(runs.list(sync_thread)) == 2
    runs.delete(sync_thread, run["run_id"])
    slow = runs.create(sync_thread, "steps", input=SLOW)
    runs.cancel(sync_thread, slow["run_id"], wait=True)
    assert runs.get(sync_thread, slow["run_id"])["status"] == "interrupted"
    batch: Any = [{"assistant_id": "steps", "input": INPUT}]
    assert len(runs.create_batch(batch)) == 1


def test_the_synchronous_client_hears_of_errors(sync_client: SyncLangGraphClient, sync_thread: str) -> None:
    runs = sync_client.runs
    with pytest.raises(httpx.HTTPStatusError, match="404"):
        runs.wait(NOBODY, "steps", input=INPUT)
    with pytest.raises(UnprocessableEntityError):
        runs.create(sync_thread, "steps", input=INPUT, stream_mode="moods")  # type: ignore[arg-type]  # wrong
    with pytest.raises(APIError) as refused:
        runs.get(sync_thread, "no-uuid")
    assert isinstance(refused.value, APIStatusError)
    assert refused.value.status_code == 422
