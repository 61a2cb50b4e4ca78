"""The event log: what happened in each run, durable before it is shown to anyone."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from podium.core.clock import Clock, SystemClock, to_iso
from podium.core.ids import new_id
from podium.storage.database import Database
from podium.storage.json_text import dump, load
from podium.storage.operations import Work

_COLUMNS = "seq, event_id, tenant, owner, thread_id, run_id, kind, at, payload"
_INSERT = (
    "INSERT INTO events(event_id, tenant, owner, thread_id, run_id, kind, at, payload)"
    " VALUES (?,?,?,?,?,?,?,?)"
)
_PAGE = 1000


@dataclass(frozen=True, slots=True)
class EventRecord:
    """Something that happened.

    Attributes:
        kind: What, as a dotted word.
        payload: Details, JSON values.
        thread_id: The thread it belongs to, if any.
        run_id: The run it belongs to, if any.
        tenant: Whose installation.
        owner: Whose thread.
        event_id: Unique.
        at: When, ISO 8601 in UTC; the log fills it in when empty.
        seq: Its place in the log; 0 until it is stored.
    """

    kind: str
    payload: Mapping[str, Any] = field(default_factory=dict)
    thread_id: str = ""
    run_id: str = ""
    tenant: str = ""
    owner: str = ""
    event_id: str = field(default_factory=new_id)
    at: str = ""
    seq: int = 0


class EventLog(Protocol):
    """An append-only log, ordered by seq."""

    def append(self, events: Sequence[EventRecord]) -> list[int]:
        """Store the events together; their seqs, once they are durable against a killed process."""
        ...

    async def aappend(self, events: Sequence[EventRecord]) -> list[int]:
        """Async twin of `append`."""
        ...

    def read(
        self, *, thread_id: str | None = None, run_id: str | None = None, after: int = 0, limit: int = _PAGE
    ) -> list[EventRecord]:
        """Events with a seq above `after`, oldest first."""
        ...

    async def aread(
        self, *, thread_id: str | None = None, run_id: str | None = None, after: int = 0, limit: int = _PAGE
    ) -> list[EventRecord]:
        """Async twin of `read`."""
        ...


class SqlEventLog:
    """The event log in the project's database.

    Args:
        database: The open database.
        clock: Dates events that carry no date.
    """

    def __init__(self, database: Database, clock: Clock | None = None) -> None:
        self._database = database
        self._clock = clock or SystemClock()

    def append(self, events: Sequence[EventRecord]) -> list[int]:
        """Store the events together; their seqs, once they are durable against a killed process."""
        return self._database.write(self._append(events)) if events else []

    async def aappend(self, events: Sequence[EventRecord]) -> list[int]:
        """Async twin of `append`."""
        return await self._database.awrite_soon(self._append(events)) if events else []

    def read(
        self, *, thread_id: str | None = None, run_id: str | None = None, after: int = 0, limit: int = _PAGE
    ) -> list[EventRecord]:
        """Events with a seq above `after`, oldest first.

        Args:
            thread_id: Only of this thread.
            run_id: Only of this run.
            after: The last seq already seen.
            limit: How many at most.
        """
        return self._database.read(_select(thread_id, run_id, after, limit))

    async def aread(
        self, *, thread_id: str | None = None, run_id: str | None = None, after: int = 0, limit: int = _PAGE
    ) -> list[EventRecord]:
        """Async twin of `read`."""
        return await self._database.aread(_select(thread_id, run_id, after, limit))

    def _append(self, events: Sequence[EventRecord]) -> Work[list[int]]:
        now = to_iso(self._clock.now())
        rows = [
            (e.event_id, e.tenant, e.owner, e.thread_id, e.run_id, e.kind, e.at or now, dump(e.payload))
            for e in events
        ]

        def work(connection: sqlite3.Connection) -> list[int]:
            return [connection.execute(_INSERT, row).lastrowid or 0 for row in rows]

        return work


def _select(thread_id: str | None, run_id: str | None, after: int, limit: int) -> Work[list[EventRecord]]:
    terms: list[tuple[str, object]] = [("seq>?", after)]
    if thread_id is not None:
        terms.append(("thread_id=?", thread_id))
    if run_id is not None:
        terms.append(("run_id=?", run_id))
    where = " AND ".join(term for term, _ in terms)
    query = f"SELECT {_COLUMNS} FROM events WHERE {where} ORDER BY seq LIMIT ?"  # noqa: S608  # constants
    values = [*(value for _, value in terms), limit]
    return lambda connection: [_record(row) for row in connection.execute(query, values)]


def _record(row: tuple[Any, ...]) -> EventRecord:
    seq, event_id, tenant, owner, thread_id, run_id, kind, at, payload = row
    return EventRecord(
        kind=kind,
        payload=load(payload) or {},
        thread_id=thread_id,
        run_id=run_id,
        tenant=tenant,
        owner=owner,
        event_id=event_id,
        at=at,
        seq=seq,
    )
