"""The stream of a whole thread through LangGraph's own client."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import Any
from urllib.parse import urlencode

import pytest
from langgraph_sdk.client import LangGraphClient
from langgraph_sdk.schema import StreamPart

from podium.testing.server import Server


async def heard(client: LangGraphClient, thread: str, *, runs: int = 1, **options: Any) -> list[StreamPart]:
    """What the stream tells up to the end of so many runs."""
    found: list[StreamPart] = []
    stream: Any = await client.threads.join_stream(thread, **options)
    async with asyncio.timeout(20), aclosing(stream):
        async for part in stream:
            found.append(part)
            runs -= part.event == "run_done"
            if not runs:
                break
    return found


@pytest.fixture
async def thread(client: LangGraphClient) -> str:
    return str((await client.threads.create(graph_id="steps"))["thread_id"])


async def run(client: LangGraphClient, thread: str, **kwargs: Any) -> str:
    made = await client.runs.create(thread, "steps", **{"input": {"text": ""}, **kwargs})
    await client.runs.join(thread, made["run_id"])
    return str(made["run_id"])


async def test_the_stream_goes_on_over_runs(client: LangGraphClient, thread: str) -> None:
    first, second = await run(client, thread), await run(client, thread)
    parts = await heard(client, thread, runs=2, last_event_id="-1")
    one = ["metadata", *["values"] * 5, "run_done"]
    assert [part.event for part in parts] == one * 2
    done = [part.data for part in parts if part.event == "run_done"]
    assert done == [{"run_id": id_, "status": "success", "error": None} for id_ in (first, second)]
    assert len({part.id for part in parts}) == len(parts)


async def test_a_reader_goes_on_where_it_stopped(client: LangGraphClient, thread: str) -> None:
    for _ in range(2):
        await run(client, thread)
    whole = await heard(client, thread, runs=2, last_event_id="-1")
    for number, part in enumerate(whole[:-1]):
        left = sum(one.event == "run_done" for one in whole[number + 1 :])
        rest = await heard(client, thread, runs=left, last_event_id=str(part.id))
        assert rest == whole[number + 1 :]


async def test_without_a_place_only_what_comes_is_told(
    client: LangGraphClient, stock: Server, thread: str
) -> None:
    await run(client, thread)
    listening = asyncio.create_task(heard(client, thread))
    async with asyncio.timeout(20):
        while not stock.services.runs.hub.is_listened_to(thread):
            await client.threads.count()
    second = await run(client, thread)
    parts = await listening
    assert len(parts) == 7
    assert parts[0].data["run_id"] == second


async def test_who_joins_in_the_middle_hears_the_rest_and_the_end(
    client: LangGraphClient, thread: str
) -> None:
    made = await client.runs.create(thread, "steps", input={"seconds": 0.2})
    parts = await heard(client, thread)
    assert parts[-1].data["run_id"] == made["run_id"]


async def test_a_reader_may_want_only_beginnings_and_ends(client: LangGraphClient, thread: str) -> None:
    await run(client, thread)
    failed = await client.runs.create(thread, "steps", input={"fails": True})
    await client.runs.join(thread, failed["run_id"])
    parts = await heard(client, thread, runs=2, last_event_id="-1", stream_mode="lifecycle")
    assert [part.event for part in parts] == ["metadata", "run_done"] * 2
    assert parts[-1].data["status"] == "error"
    assert parts[-1].data["error"]["error"] == "ValueError"


async def test_a_reader_may_want_only_states(client: LangGraphClient, thread: str) -> None:
    await run(client, thread, stream_mode=["values", "updates", "tasks"])
    wanted = ["state_update", "lifecycle"]
    parts = await heard(client, thread, last_event_id="-1", stream_mode=wanted)
    assert [part.event for part in parts] == ["metadata", *["values"] * 5, "run_done"]
    assert parts[-2].data["text"] == "ottf"


@pytest.mark.parametrize(
    "said",
    [
        [("stream_mode", '["lifecycle"]')],
        [("stream_mode", "lifecycle"), ("stream_mode", '["lifecycle","state_update"]')],
        [("stream_mode", "state_update"), ("stream_mode", "lifecycle"), ("stream_mode", "lifecycle")] * 2,
        [("stream_mode", "")],
        [],
    ],
)
async def test_modes_are_named_one_after_the_other_or_as_a_json_list(
    client: LangGraphClient, stock: Server, thread: str, said: list[tuple[str, str]]
) -> None:
    await run(client, thread)
    place, head = f"/threads/{thread}/stream?{urlencode(said)}", {"Last-Event-ID": "-1"}
    with stock.client().stream("GET", place, headers=head) as answer:
        assert answer.status_code == 200
        events: list[str] = []
        for line in answer.iter_lines():
            events += [line[7:]] if line.startswith("event: ") else []
            if events[-1:] == ["run_done"]:
                break
    only_ends = said == [("stream_mode", '["lifecycle"]')]
    assert events == ["metadata", *([] if only_ends else ["values"] * 5), "run_done"]


async def test_a_cancelled_run_ends_in_the_stream(client: LangGraphClient, thread: str) -> None:
    made = await client.runs.create(thread, "steps", input={"seconds": 30})
    reading = asyncio.create_task(heard(client, thread, last_event_id="-1"))
    await client.runs.cancel(thread, made["run_id"], wait=True)
    assert (await reading)[-1].data["status"] == "interrupted"


async def test_the_stream_ends_with_its_thread(client: LangGraphClient, stock: Server, thread: str) -> None:
    await run(client, thread)
    with stock.client().stream("GET", f"/threads/{thread}/stream", headers={"Last-Event-ID": "-1"}) as answer:
        assert answer.headers["content-type"] == "text/event-stream"
        assert answer.headers["location"].startswith(f"/threads/{thread}/stream")
        lines = answer.iter_lines()
        while next(lines) != "event: run_done":
            continue
        await client.threads.delete(thread)
        assert not [line for line in lines if line.startswith("event:")]


@pytest.mark.parametrize("said", ["all", '["lifecycle","all"]', "lifecycle,state_update", "[", "[[]]x"])
def test_a_mode_that_is_not_known_is_refused(stock: Server, thread: str, said: str) -> None:
    answer = stock.client().get(f"/threads/{thread}/stream", params={"stream_mode": said})
    assert (answer.status_code, answer.json()["code"]) == (422, "input_invalid")
    assert "run_modes" in answer.json()["hint"]
