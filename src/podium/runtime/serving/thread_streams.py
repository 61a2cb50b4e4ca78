"""What happens in a thread, over all its runs: the streams of its runs one after another, and their ends."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Collection
from contextlib import suppress
from functools import partial
from typing import Literal, NamedTuple, TypeAlias

from podium.runtime.serving.encoding import encode
from podium.runtime.serving.patches import STATES
from podium.runtime.serving.service import ServedRuns
from podium.storage.database import Database
from podium.storage.run_requests import OPEN, RunRequest, find
from podium.storage.stream_events import StreamEvents

ThreadMode: TypeAlias = Literal["run_modes", "lifecycle", "state_update"]
"""All events of the runs, only their beginnings and ends, or only the states that they tell."""

ELSEWHERE_S = 2.0
"""After how many seconds the database is looked at for runs that another process has begun."""
RUN_DONE = "run_done"
_BEGUN = "metadata"
_OVER = "-done"
_LONGEST = 19
_AT = "SELECT run_id FROM stream_events WHERE seq=? AND thread_id=?"
_NEXT = "SELECT run_id FROM stream_events WHERE thread_id=? AND seq>? ORDER BY seq LIMIT 1"


class ThreadPlace(NamedTuple):
    """Where a reader of a thread's stream stopped.

    Attributes:
        seq: The last event that it has; 0 for the beginning.
        over: Whether it knows that the event's run has ended.
    """

    seq: int = 0
    over: bool = False

    @classmethod
    def from_id(cls, text: str) -> ThreadPlace:
        """The place that an event's id names; the beginning when it is no id of ours."""
        number = text.removesuffix(_OVER)
        if not (number.isdecimal() and number.isascii() and len(number) < _LONGEST):
            return cls()
        return cls(int(number), text.endswith(_OVER))

    @property
    def id(self) -> str:
        """What names the place to a reader."""
        return f"{self.seq}{_OVER if self.over else ''}"


class ThreadEvent(NamedTuple):
    """An event as it is sent.

    Attributes:
        place: Where a reader that has it goes on.
        event: Its name.
        data: JSON.
    """

    place: ThreadPlace
    event: str
    data: bytes


class ThreadStreams:
    """Tells what happens in threads.

    Args:
        database: The open database.
        runs: Streams the runs.
    """

    def __init__(self, database: Database, runs: ServedRuns) -> None:
        self._database = database
        self._events = StreamEvents(database)
        self._runs = runs

    def now(self, thread_id: str) -> ThreadPlace:
        """Where a thread's stream is now: what was told before is left out, but not the end of what runs."""
        seq = self._events.last_seq(thread_id=thread_id)
        run = self._database.read(lambda connection: _run_at(connection, thread_id, ThreadPlace(seq)))
        return ThreadPlace(seq, over=run is None or run.status not in OPEN)

    async def follow(
        self, thread_id: str, place: ThreadPlace, modes: Collection[ThreadMode]
    ) -> AsyncIterator[ThreadEvent]:
        """The events after a place, then what comes, until the thread is deleted or the server stops.

        Args:
            thread_id: The thread.
            place: Where the reader stopped.
            modes: What it wants to know.
        """
        hub = self._runs.hub
        with hub.listening(thread_id) as bell:
            while not hub.is_closed:
                bell.clear()
                run, is_there = self._database.read(partial(_next, thread_id=thread_id, place=place))
                if run is not None:
                    async for event in self._of_run(run, place):
                        place = event.place
                        if _is_wanted(event.event, modes):
                            yield event
                elif not is_there:
                    return
                else:
                    with suppress(TimeoutError):
                        async with asyncio.timeout(ELSEWHERE_S):
                            await bell.wait()

    async def _of_run(self, run: RunRequest, place: ThreadPlace) -> AsyncIterator[ThreadEvent]:
        async for told in self._runs.follow(run, place.seq):
            place = ThreadPlace(told.seq)
            yield ThreadEvent(place, told.event, told.data)
        after = self._database.read(lambda connection: find(connection, run.run_id))
        if after is None or after.status not in OPEN:
            status = "interrupted" if after is None else after.status  # a rollback takes the run itself away
            done = {"run_id": run.run_id, "status": status, "error": after.error if after else None}
            yield ThreadEvent(ThreadPlace(place.seq, over=True), RUN_DONE, encode(done))


def _next(
    connection: sqlite3.Connection, thread_id: str, place: ThreadPlace
) -> tuple[RunRequest | None, bool]:
    """The run whose events come next, and whether the thread is there."""
    is_there = connection.execute("SELECT 1 FROM threads WHERE thread_id=?", (thread_id,)).fetchone()
    run = None if place.over else _run_at(connection, thread_id, place)
    if run is None:
        row = connection.execute(_NEXT, (thread_id, place.seq)).fetchone()
        run = None if row is None else find(connection, row[0])
    return run, is_there is not None


def _run_at(connection: sqlite3.Connection, thread_id: str, place: ThreadPlace) -> RunRequest | None:
    row = connection.execute(_AT, (place.seq, thread_id)).fetchone()
    return None if row is None else find(connection, row[0])


def _is_wanted(event: str, modes: Collection[ThreadMode]) -> bool:
    return (
        "run_modes" in modes
        or ("lifecycle" in modes and event in (_BEGUN, RUN_DONE))
        or ("state_update" in modes and event == STATES)
    )
