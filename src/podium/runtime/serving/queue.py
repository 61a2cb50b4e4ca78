"""Which run is next, and who is told that there may be one: a seam, with one process as the default."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import suppress
from datetime import datetime
from typing import Protocol

from podium.core.clock import Clock, from_iso, to_iso
from podium.core.errors import ThreadBusy
from podium.storage.database import Database
from podium.storage.leases import Lease, ThreadLeases
from podium.storage.operations import Work
from podium.storage.run_requests import RunRequest, RunRequests

_NEXT = (
    "SELECT run_id, thread_id FROM run_requests AS one WHERE status='pending' AND due_at<=?"
    " AND NOT EXISTS (SELECT 1 FROM run_requests AS other WHERE other.thread_id=one.thread_id"
    " AND (other.status='running' OR (other.status='pending' AND other.due_at<=? AND other.seq<one.seq)))"
    " ORDER BY seq LIMIT 16"
)
_DUE = "SELECT min(due_at) FROM run_requests WHERE status='pending' AND due_at>?"


class RunQueue(Protocol):
    """Hands out the runs that may begin, each to one worker."""

    async def take(self) -> tuple[RunRequest, Lease] | None:
        """Claim the next run whose thread is free; None when there is none now."""
        ...

    def nudge(self) -> None:
        """Tell that there may be a run to take."""
        ...

    async def wait(self) -> None:
        """Wait until there may be a run to take."""
        ...


class LocalQueue:
    """The queue of one server process: the order is in the database, the bell in memory.

    Args:
        database: The open database.
        requests: The stored runs.
        leases: Who may work on which thread.
        clock: Tells what is due.
    """

    def __init__(self, database: Database, requests: RunRequests, leases: ThreadLeases, clock: Clock) -> None:
        self._database = database
        self._requests = requests
        self._leases = leases
        self._clock = clock
        self._bell = asyncio.Event()
        self._held_up = False

    async def take(self) -> tuple[RunRequest, Lease] | None:
        """Claim the next run whose thread is free; None when there is none now."""
        self._bell.clear()
        return await self._database.awrite_soon(self._taking())

    def nudge(self) -> None:
        """Tell that there may be a run to take."""
        self._bell.set()

    async def wait(self) -> None:
        """Wait until there may be a run to take."""
        seconds = self._seconds_left()
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._bell.wait()

    def _taking(self) -> Work[tuple[RunRequest, Lease] | None]:
        now = to_iso(self._clock.now())

        def work(connection: sqlite3.Connection) -> tuple[RunRequest, Lease] | None:
            self._held_up = False
            for run_id, thread_id in connection.execute(_NEXT, (now, now)).fetchall():
                try:
                    lease = self._leases.acquiring(thread_id)(connection)
                except ThreadBusy:  # from the command line, say: nobody will tell when it is free
                    self._held_up = True
                    continue
                run = self._requests.claim(run_id, lease.holder)(connection)
                if run is not None:
                    return run, lease
            return None

        return work

    def _seconds_left(self) -> float | None:
        """Until something is due; None when nothing is."""
        if self._held_up:
            return 1.0
        now = self._clock.now()
        first = self._database.read(lambda connection: connection.execute(_DUE, (to_iso(now),)).fetchone()[0])
        return None if first is None else _until(from_iso(first), now)


def _until(due: datetime, now: datetime) -> float:
    return max(0.0, (due - now).total_seconds())
