"""What was recorded of runs, page by page: their events, and the runs that they belong to."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from podium.storage.database import Database
from podium.storage.json_text import load

_EVENT: Final = "seq, run_id, kind, at, payload"
_FIRST: Final = "(SELECT min(e.at) FROM events e WHERE e.run_id=r.run_id AND e.thread_id=r.thread_id)"
"""A turn is on record once it is admitted, which is some time after its first span began."""
_TURNS: Final = (
    "SELECT run_id, thread_id, kind, status, graph,"  # noqa: S608  # constants
    f" min(started_at, coalesce({_FIRST}, started_at)), ended_at, turn_id FROM runs r WHERE thread_id=?"
)
_REQUESTS: Final = (
    "SELECT run_id, thread_id, 'run', status, graph_id, coalesce(started_at, created_at), ended_at, ''"
    " FROM run_requests WHERE thread_id=?"
)
_AT_ONCE: Final = 500
"""Ids that one query names."""


@dataclass(frozen=True, slots=True)
class RecordedEvent:
    """One span, or one thing that happened within a span.

    Attributes:
        seq: Its place in the log.
        run_id: The run; empty where it belongs to none.
        kind: `span.KIND`, or what happened.
        at: When it began, ISO 8601 in UTC.
        payload: The record, by the names of `telemetry.records.SpanRecord`.
    """

    seq: int
    run_id: str
    kind: str
    at: str
    payload: dict[str, Any]


@dataclass(frozen=True, slots=True)
class RecordedRun:
    """A run as its record has it: a turn of Podium's nodes, or a request to any graph.

    Attributes:
        run_id: Unique.
        thread_id: The thread.
        kind: What started it; `run` for a request to a graph of others.
        status: How it stands.
        graph: The graph.
        started_at: ISO 8601 in UTC.
        ended_at: The same; None while it goes on.
        turn_id: The user message that it answers; empty for graphs of others.
    """

    run_id: str
    thread_id: str
    kind: str
    status: str
    graph: str
    started_at: str
    ended_at: str | None
    turn_id: str


@dataclass(frozen=True, slots=True)
class TracePage:
    """A page of what was recorded of a thread.

    Attributes:
        events: The events, in the order in which they were stored.
        runs: The runs that they belong to.
        more: Whether there are further events.
    """

    events: list[RecordedEvent]
    runs: list[RecordedRun]
    more: bool


class Traces:
    """Reads what was recorded of threads.

    Args:
        database: The open database.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(
        self, thread_id: str, *, run_id: str | None, after: int, limit: int, most_bytes: int
    ) -> TracePage:
        """A page of a thread's events.

        Args:
            thread_id: The thread.
            run_id: Only of this turn, or of this request to the server.
            after: The last seq already seen.
            limit: How many events at most.
            most_bytes: Where the page ends early, in bytes of JSON; one event it always has.
        """

        def work(connection: sqlite3.Connection) -> TracePage:
            of_run, values = ("1", []) if run_id is None else _of_run(connection, thread_id, run_id)
            rows = connection.execute(
                f"SELECT {_EVENT} FROM events WHERE thread_id=? AND seq>? AND {of_run} ORDER BY seq LIMIT ?",  # noqa: S608  # constants
                (thread_id, after, *values, limit + 1),
            )
            events, more = _bounded(rows, limit, most_bytes)
            wanted = {event.run_id for event in events} | ({run_id} if run_id is not None else set())
            return TracePage(events, _runs(connection, thread_id, sorted(wanted - {""})), more)

        return await self._database.aread(work)

    async def event(self, thread_id: str, seq: int) -> TracePage | None:
        """One event of a thread, with its run; None where there is none."""
        page = await self.page(thread_id, run_id=None, after=seq - 1, limit=1, most_bytes=0)
        return page if page.events and page.events[0].seq == seq else None


def _bounded(
    rows: Iterable[tuple[int, str, str, str, str]], limit: int, most_bytes: int
) -> tuple[list[RecordedEvent], bool]:
    """The first events, and whether there are more."""
    events: list[RecordedEvent] = []
    size = 0
    for seq, run_id, kind, at, payload in rows:
        size += len(payload)
        if len(events) == limit or (events and size > most_bytes):
            return events, True
        events.append(RecordedEvent(seq, run_id, kind, at, load(payload) or {}))
    return events, False


def _runs(connection: sqlite3.Connection, thread_id: str, run_ids: list[str]) -> list[RecordedRun]:
    """The runs with these ids, the earliest first."""
    found = {run.run_id: run for run in _named(connection, _REQUESTS, thread_id, run_ids)}
    found |= {run.run_id: run for run in _named(connection, _TURNS, thread_id, run_ids)}
    return sorted(found.values(), key=lambda run: run.started_at)


def _of_run(connection: sqlite3.Connection, thread_id: str, run_id: str) -> tuple[str, list[str]]:
    """The condition for the events of a run, and its values.

    A request to the server has an id of its own, which its turn does not know. While it goes on, nothing else
    happens in its thread.
    """
    asked = next(_named(connection, _REQUESTS, thread_id, [run_id]), None)
    if asked is None or next(_named(connection, _TURNS, thread_id, [run_id]), None) is not None:
        return "run_id=?", [run_id]
    if asked.ended_at is None:
        return "at>=?", [asked.started_at]
    return "at>=? AND at<=?", [asked.started_at, asked.ended_at]


def _named(
    connection: sqlite3.Connection, query: str, thread_id: str, run_ids: list[str]
) -> Iterator[RecordedRun]:
    for start in range(0, len(run_ids), _AT_ONCE):
        some = run_ids[start : start + _AT_ONCE]
        marks = ", ".join("?" * len(some))
        for row in connection.execute(f"{query} AND run_id IN ({marks})", (thread_id, *some)):
            yield RecordedRun(*row)
