"""Threads that are kept for a limited time: each goes when its time is over, not at the next look around."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from podium.core.clock import Clock, from_iso, to_iso
from podium.core.errors import PodiumError
from podium.storage.database import Database
from podium.storage.json_text import load

if TYPE_CHECKING:
    from podium.runtime.serving.threads import ServedThreads
    from podium.storage.thread_changes import TtlStrategy

BUSY_S = 30.0
"""After how many seconds a thread is tried again that somebody worked on when its time was over."""
_BATCH = 100
_FIRST = "SELECT min(expires_at) FROM threads WHERE expires_at IS NOT NULL"
_DUE = "SELECT thread_id, ttl FROM threads WHERE expires_at<=? ORDER BY expires_at LIMIT ?"
_logger = logging.getLogger(__name__)


class ThreadExpiry:
    """Removes threads whose time is over.

    Args:
        database: The open database.
        clock: Tells what is over.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._bell = asyncio.Event()

    def nudge(self) -> None:
        """Tell that a thread may go earlier than was known."""
        self._bell.set()

    @asynccontextmanager
    async def watching(self, threads: ServedThreads) -> AsyncIterator[None]:
        """Remove threads in time until the block ends; those first whose time was over before.

        Args:
            threads: Removes them.
        """
        task = asyncio.create_task(self._watch(threads))
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _watch(self, threads: ServedThreads) -> None:
        while True:
            self._bell.clear()
            seconds = self._seconds_left()
            if seconds is None or seconds > 0:
                with suppress(TimeoutError):
                    async with asyncio.timeout(seconds):
                        await self._bell.wait()
            else:
                await self.remove_due(threads)

    async def remove_due(self, threads: ServedThreads) -> int:
        """Remove what is due now, up to a hundred threads; returns how many were looked at."""
        now = to_iso(self._clock.now())
        due = await self._database.aread(
            lambda connection: connection.execute(_DUE, (now, _BATCH)).fetchall()
        )
        for thread_id, ttl in due:
            strategy: TtlStrategy = (load(ttl) or {}).get("strategy", "delete")
            try:
                await threads.prune([thread_id], None, strategy)
            except PodiumError as error:  # it is being worked on, say
                _logger.info("thread %s is kept for now: %s", thread_id, error.message)
                await self._set(thread_id, to_iso(self._clock.now() + timedelta(seconds=BUSY_S)))
            else:
                await self._set(thread_id, None)
        return len(due)

    async def _set(self, thread_id: str, expires_at: str | None) -> None:
        def work(connection: sqlite3.Connection) -> None:
            connection.execute(
                "UPDATE threads SET expires_at=?, ttl=CASE WHEN ? IS NULL THEN NULL ELSE ttl END"
                " WHERE thread_id=?",
                (expires_at, expires_at, thread_id),
            )

        await self._database.awrite_soon(work)

    def _seconds_left(self) -> float | None:
        """Until the next thread's time is over; None when none is limited."""
        first = self._database.read(lambda connection: connection.execute(_FIRST).fetchone()[0])
        return None if first is None else (from_iso(first) - self._clock.now()).total_seconds()
