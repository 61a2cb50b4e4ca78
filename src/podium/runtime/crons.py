"""Starts what is due by the clock: sleeps until then, and starts each firing once."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Final, TypeAlias

from podium.core.clock import Clock, SystemClock, from_iso, to_iso
from podium.core.errors import (
    Conflict,
    InputError,
    NotAllowed,
    NotFound,
    Overloaded,
    PodiumError,
    UnknownName,
)
from podium.runtime.schedules import Schedule
from podium.storage.crons import Cron, Crons

Starting: TypeAlias = Callable[[Cron], Awaitable[object]]
"""Starts the run of a firing, which cron and `next_run_at` identify; once, however often it is called."""

_LONGEST_S: Final = 300.0
"""How long it sleeps at most: after it, a clock that was set or a process that has gone is noticed."""
_TROUBLED_S: Final = 5.0
"""After how long it tries again what could not be started yet."""


class CronScheduler:
    """Starts runs when they are due.

    A firing is started before it is noted as done, under an id that is derived from it: whoever is killed in
    between, or works beside another process, starts no run twice and leaves none out. Firings that were
    missed while no process ran are made up for by one.

    Args:
        crons: The stored crons.
        clock: Decides what is due.
    """

    def __init__(self, crons: Crons, clock: Clock | None = None) -> None:
        self._crons = crons
        self._clock = clock or SystemClock()
        self._bell = asyncio.Event()

    def nudge(self) -> None:
        """Say that crons have changed; on the event loop."""
        self._bell.set()

    @asynccontextmanager
    async def scheduling(self, start: Starting) -> AsyncIterator[None]:
        """Start what is due until the block ends.

        Args:
            start: Starts the run of a firing.
        """
        task = asyncio.create_task(self._serve(start), name="crons")
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def start_due(self, start: Starting) -> float:
        """Start all that is due now; seconds until there is more to do.

        Args:
            start: Starts the run of a firing.
        """
        now = self._clock.now()
        firings = [self._fire(cron, start) for cron in self._crons.due(to_iso(now))]
        pause = min(await asyncio.gather(*firings), default=_LONGEST_S)  # side by side, to share commits
        due = self._crons.next_due()
        if due is None:
            return pause
        left = (from_iso(due) - self._clock.now()).total_seconds()
        return pause if left <= 0 and pause < _LONGEST_S else min(pause, max(left, 0.0))

    async def _serve(self, start: Starting) -> None:
        while True:
            self._bell.clear()
            try:
                pause = await self.start_due(start)
            except PodiumError:  # the disk is full, or somebody holds the database
                pause = _TROUBLED_S
            # Not wait_for, which on Python 3.11 may swallow that it is cancelled.
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._bell.wait()

    async def _fire(self, cron: Cron, start: Starting) -> float:
        """Start a firing; seconds after which something is left to do for it."""
        try:
            await start(cron)
        except Overloaded as error:
            return max(float(error.retry_after), 1.0)
        except Conflict:  # its thread is busy, and it is not to wait
            pass
        except (NotFound, UnknownName, InputError, NotAllowed):
            await self._crons.adisable(cron)
            return _LONGEST_S
        except (PodiumError, sqlite3.Error):  # another process was first, or the database is in trouble
            return _TROUBLED_S
        await self._crons.aadvance(cron, self._next_of(cron))
        return _LONGEST_S

    def _next_of(self, cron: Cron) -> str | None:
        return next_run_at(Schedule.of(cron.schedule, cron.timezone), self._clock, cron.end_time)


def next_run_at(schedule: Schedule, clock: Clock, end_time: str | None) -> str | None:
    """When a schedule is due next from now on, ISO 8601 in UTC; None when that is after its end.

    Args:
        schedule: The schedule.
        clock: Tells the moment.
        end_time: The moment after which nothing happens.
    """
    found = schedule.after(clock.now())
    if found is None:
        return None
    text = to_iso(found)
    return text if end_time is None or text <= end_time else None
