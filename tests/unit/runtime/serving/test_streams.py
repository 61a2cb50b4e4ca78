"""Readers of a stream: whenever they come and however slowly they read, they get everything once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from podium.runtime.serving.streams import PAGE, RECENT_EVENTS, Published, StreamHub, Told
from podium.storage.database import Database
from podium.storage.stream_events import StreamEvent

RUN, THREAD = "run-1", "thread-1"
MANY = max(PAGE, RECENT_EVENTS) * 3 + 7


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with Database.open(tmp_path / "podium.db") as opened:
        yield opened


class _Here:
    def is_here(self, run_id: str) -> bool:
        return bool(run_id)

    def is_over(self, run_id: str) -> bool:
        return not run_id


HERE = _Here()


async def no_base(run_id: str, checkpoint_id: str) -> dict[str, Any]:
    raise AssertionError((run_id, checkpoint_id))


def published(number: int, run: str = RUN) -> Published:
    data = b"%d" % number
    return Published(StreamEvent(0, THREAD, run, "custom", "json", data), data)


async def numbers(events: AsyncIterator[Told]) -> list[int]:
    return [int(event.data) async for event in events]


async def test_who_comes_early_and_who_comes_late_are_told_the_same(database: Database) -> None:
    hub = StreamHub(database, no_base)
    hub.begin(RUN)
    early = asyncio.create_task(numbers(hub.follow(RUN, watch=HERE)))
    await asyncio.sleep(0)
    for number in range(MANY):
        hub.publish(published(number))
        if number % 50 == 0:
            await hub.flushed()
    late = asyncio.create_task(numbers(hub.follow(RUN, watch=HERE)))
    await asyncio.sleep(0)
    await hub.end(RUN)
    expected = list(range(MANY))
    assert await early == expected
    assert await late == expected
    assert await numbers(hub.follow(RUN)) == expected
    assert hub.open_streams == 0


async def test_a_reader_goes_on_from_any_place(database: Database) -> None:
    hub = StreamHub(database, no_base)
    hub.begin(RUN)
    for number in range(30):
        hub.publish(published(number))
    await hub.flushed()
    seqs = [event.seq for event in await _some(hub.follow(RUN, watch=HERE), 30)]
    await hub.end(RUN)
    for place, seq in enumerate(seqs):
        assert await numbers(hub.follow(RUN, after=seq)) == list(range(place + 1, 30))


async def test_a_slow_reader_costs_no_memory_and_misses_nothing(database: Database) -> None:
    hub = StreamHub(database, no_base)
    hub.begin(RUN)
    stream = hub.follow(RUN, watch=HERE)
    first = asyncio.ensure_future(anext(stream))  # it follows, and then does not read for long
    await asyncio.sleep(0)
    for number in range(MANY):
        hub.publish(published(number))
        await hub.flushed()
    feed = hub._feeds[RUN]
    assert len(feed.after(0)) <= RECENT_EVENTS
    await hub.end(RUN)
    assert [int((await first).data), *await numbers(stream)] == list(range(MANY))


async def test_runs_side_by_side_do_not_mix(database: Database) -> None:
    hub = StreamHub(database, no_base)
    names = [f"run-{number}" for number in range(5)]
    for name in names:
        hub.begin(name)
    readers = [asyncio.create_task(numbers(hub.follow(name, watch=HERE))) for name in names]
    await asyncio.sleep(0)
    for number in range(100):
        hub.publish(published(number, names[number % 5]))
    for name in names:
        await hub.end(name)
    assert [await reader for reader in readers] == [list(range(start, 100, 5)) for start in range(5)]


async def test_an_event_is_stored_before_it_is_told(database: Database) -> None:
    hub = StreamHub(database, no_base)
    hub.begin(RUN)
    told = asyncio.ensure_future(anext(hub.follow(RUN, watch=HERE)))
    await asyncio.sleep(0)  # it follows
    hub.publish(published(1))
    assert not told.done()
    await hub.flushed()
    event = await told
    count = database.read(
        lambda connection: connection.execute("SELECT count(*) FROM stream_events").fetchone()
    )
    assert (event.data, count) == (b"1", (1,))


async def _some(events: AsyncIterator[Told], count: int) -> list[Told]:
    found: list[Told] = []
    async for event in events:
        found.append(event)
        if len(found) == count:
            break
    return found


async def test_a_run_of_another_process_is_told_too(database: Database) -> None:
    here, there = StreamHub(database, no_base), StreamHub(database, no_base)
    over: list[str] = []

    class Elsewhere:
        def is_here(self, run_id: str) -> bool:
            return not run_id

        def is_over(self, run_id: str) -> bool:
            return run_id in over

    told = asyncio.create_task(numbers(here.follow(RUN, watch=Elsewhere())))
    there.begin(RUN)
    for number in range(5):
        there.publish(published(number))
    await there.end(RUN)
    over.append(RUN)
    assert await told == [0, 1, 2, 3, 4]
