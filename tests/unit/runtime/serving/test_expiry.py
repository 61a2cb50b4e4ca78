"""Threads whose time is over."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from podium.core.principal import Access
from podium.runtime.serving.expiry import BUSY_S, ThreadExpiry
from podium.runtime.serving.states import ThreadStates
from podium.runtime.serving.threads import Hooks, ServedThreads
from podium.storage.checkpointer import PodiumSaver
from podium.storage.database import Database
from podium.storage.leases import ThreadLeases
from podium.storage.thread_changes import TimeToLive
from podium.storage.threads import ThreadRecord, ThreadRecords

ALL = Access("default")


class Clock:
    def __init__(self) -> None:
        self.moment = datetime(2026, 1, 2, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment


class NoGraphs:
    def names(self) -> tuple[str, ...]:
        return ()

    def opened(self, name: str, config: Any = None, **told: Any) -> Any:
        raise AssertionError(name)


async def _nothing(copy: str, source: str) -> None:
    raise AssertionError(copy, source)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with Database.open(tmp_path / "podium.db") as opened:
        yield opened


@pytest.fixture
def expiry(database: Database, clock: Clock) -> ThreadExpiry:
    return ThreadExpiry(database, clock)


@pytest.fixture
def threads(database: Database, clock: Clock, expiry: ThreadExpiry) -> ServedThreads:
    saver = PodiumSaver(database)
    hooks = Hooks(_nothing, lambda changed: None, expiry.nudge)
    states = ThreadStates(NoGraphs(), saver, lambda thread: None if thread.thread_id else "")
    return ServedThreads(database, saver, states, hooks, clock)


async def put(threads: ServedThreads, thread_id: str, minutes: float | None) -> None:
    ttl = None if minutes is None else TimeToLive(minutes)
    await threads.create(ThreadRecord(thread_id, "default", "ada"), ALL, ttl=ttl)


def left(database: Database) -> list[str]:
    return sorted(one.thread_id for one in ThreadRecords(database).list())


async def test_each_thread_goes_when_its_time_is_over(
    database: Database, clock: Clock, expiry: ThreadExpiry, threads: ServedThreads
) -> None:
    for thread_id, minutes in (("one", 1), ("two", 2), ("ever", None)):
        await put(threads, thread_id, minutes)
    assert await expiry.remove_due(threads) == 0
    clock.moment += timedelta(minutes=1)
    assert await expiry.remove_due(threads) == 1
    assert left(database) == ["ever", "two"]
    clock.moment += timedelta(days=1)
    await expiry.remove_due(threads)
    assert left(database) == ["ever"]


async def test_a_thread_that_is_worked_on_is_tried_again(
    database: Database, clock: Clock, expiry: ThreadExpiry, threads: ServedThreads
) -> None:
    await put(threads, "one", 0.5)
    await put(threads, "two", 0.5)
    leases = ThreadLeases(database, clock)
    lease = leases.acquire("one")
    clock.moment += timedelta(seconds=31)
    assert await expiry.remove_due(threads) == 2
    assert left(database) == ["one"]
    assert await expiry.remove_due(threads) == 0
    leases.release(lease)
    clock.moment += timedelta(seconds=BUSY_S)
    await expiry.remove_due(threads)
    assert left(database) == []


async def test_what_is_overdue_goes_when_the_watch_begins(
    database: Database, clock: Clock, expiry: ThreadExpiry, threads: ServedThreads
) -> None:
    await put(threads, "one", 1)
    clock.moment += timedelta(hours=1)
    async with expiry.watching(threads):
        async with asyncio.timeout(20):
            while left(database):
                await database.aread(lambda connection: None)
