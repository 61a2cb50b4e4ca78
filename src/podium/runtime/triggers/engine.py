"""The one scheduler: fires what is due by the clock, and carries out every firing once.

It sleeps until something is due or it is told of news. Once a second at most it looks at the clock and at the
database, so that a clock that was set, or another process that wrote, is noticed; a look costs some tenths of
a millisecond, however many triggers there are.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, Literal, Protocol

from podium.core.clock import Clock, SystemClock, from_iso, to_iso
from podium.core.errors import Conflict, InputError, Overloaded, PodiumError, StorageError
from podium.runtime.schedules import Schedule
from podium.runtime.triggers.due import next_run_at, step_of
from podium.runtime.triggers.outcomes import Outcomes
from podium.storage.crons import Cron, Crons
from podium.storage.firings import AlreadyBegun, Firing, Firings, find, insert, under_way
from podium.storage.run_requests import want

if TYPE_CHECKING:
    from podium.runtime.serving.worker import RunEnd
    from podium.storage.database import Database
    from podium.storage.operations import Work
    from podium.storage.run_requests import RunRequest

_LONGEST_S: Final = 1.0
_TROUBLED_S: Final = 5.0
"""After how long it tries again what could not be done yet."""
_SWEEP_S: Final = 10.0
"""How often it looks for runs that ended unseen."""
_DAY_S: Final = 86_400.0
_AT_ONCE: Final = 64
_MOST_QUEUED: Final = 100
"""Firings of one schedule that may wait for one another."""
_KEPT: Final = timedelta(days=30)
"""So long firings that are over are kept, and for as long as their events may come again."""
_BACK: Final = timedelta(seconds=60)
"""A clock that goes back further was set."""
_BEFORE: Final = "the one before had not ended"


class Carrier(Protocol):
    """Carries out firings."""

    async def start(self, firing: Firing) -> None:
        """Take its run on, and note so in the same write.

        Raises:
            AlreadyBegun: It has begun already.
            Overloaded: Later.
            PodiumError: It cannot be carried out.
        """
        ...

    async def cancel(self, run_id: str) -> None:
        """End a run before its time."""
        ...


@dataclass(frozen=True, slots=True)
class _Fired:
    """A time that has come, and what it means for its schedule."""

    cron: Cron
    fires: bool
    then: str | None


class TriggerEngine:
    """Fires schedules, and carries out the firings of all triggers.

    Args:
        database: The open database.
        crons: The stored schedules.
        firings: The stored firings.
        clock: Decides what is due.
    """

    def __init__(
        self, database: Database, crons: Crons, firings: Firings, clock: Clock | None = None
    ) -> None:
        self._database = database
        self._crons = crons
        self._firings = firings
        self._clock = clock or SystemClock()
        self._outcomes = Outcomes(firings, self._clock)
        self._bell = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._seen = self._clock.now()
        self._swept = self._forgot = float("-inf")

    def nudge(self) -> None:
        """Say that there may be news; from any thread."""
        if self._loop is not None:
            with suppress(RuntimeError):  # the loop is closed: the next start finds it
                self._loop.call_soon_threadsafe(self._bell.set)

    def ending(self, run: RunRequest, end: RunEnd) -> Work[None] | None:
        """What notes the outcome of a firing in the write that ends its run; None for other runs."""
        noting = self._outcomes.of_end(run, end)
        if noting is None:
            return None

        def work(connection: sqlite3.Connection) -> None:
            noting(connection)
            self.nudge()

        return work

    @asynccontextmanager
    async def serving(self, carrier: Carrier) -> AsyncIterator[None]:
        """Fire and carry out until the block ends.

        Args:
            carrier: Carries out firings.
        """
        self._loop = asyncio.get_running_loop()
        task = asyncio.create_task(self._serve(carrier), name="triggers")
        try:
            yield
        finally:
            self._loop = None
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _serve(self, carrier: Carrier) -> None:
        while True:
            self._bell.clear()
            try:
                pause = await self.step(carrier)
            except PodiumError:  # the disk is full, or somebody holds the database
                pause = _TROUBLED_S
            with suppress(TimeoutError):
                await asyncio.wait_for(self._bell.wait(), min(pause, _LONGEST_S))

    async def step(self, carrier: Carrier) -> float:
        """Do all that is to be done now; seconds until there is more.

        Args:
            carrier: Carries out firings.
        """
        now = self._clock.now()
        await self._heed(now)
        await self._sweep()
        await self._forget()
        due = self._crons.due(to_iso(now), _AT_ONCE)
        if due:
            await self._fire(due, now, carrier)
        ready = await self._firings.aready(to_iso(now), _AT_ONCE)
        pauses = await asyncio.gather(*(self._begin(one, carrier) for one in ready.firings))
        if len(due) == _AT_ONCE or 0.0 in pauses:
            return 0.0
        moments = [one for one in (self._crons.next_due(), ready.next_due) if one is not None]
        left = [(from_iso(one) - self._clock.now()).total_seconds() for one in moments]
        return max(min([*pauses, *left], default=300.0), 0.0)

    # --- schedules -------------------------------------------------------------------------------

    async def _fire(self, due: Sequence[Cron], now: datetime, carrier: Carrier) -> None:
        """Keep the firings of schedules that are due, and note when they are due next, in one write."""
        fired: list[_Fired] = []
        for cron in due:
            try:
                fired.append(_Fired(cron, *step_of(cron, now)))
            except InputError:  # its zone is not known here any more
                await self._crons.adisable(cron.cron_id)

        def work(connection: sqlite3.Connection) -> list[str]:
            return [run_id for one in fired for run_id in self._keep(connection, one, to_iso(now))]

        for run_id in await self._database.awrite(work, durable=True):
            await carrier.cancel(run_id)

    def _keep(self, connection: sqlite3.Connection, fired: _Fired, now: str) -> list[str]:
        """Keep one firing; the runs that are to be cancelled for it."""
        cron = fired.cron
        due = cron.next_run_at or now
        if not self._crons.advance(cron, fired.then)(connection) or not fired.fires:
            return []
        if find(connection, cron.cron_id, due) is not None:  # before the clock was set back
            return []
        return keep_schedule(connection, scheduled(cron, due, now), cron, self._firings)

    async def _heed(self, now: datetime) -> None:
        """Where the clock was set back, have schedules be due when they are now."""
        if now >= self._seen - _BACK:
            self._seen = max(now, self._seen)
            return
        self._seen = now
        for cron in self._crons.waiting():
            with suppress(InputError):
                then = next_run_at(Schedule.of(cron.schedule, cron.timezone), now, cron.end_time)
                if then is not None and cron.next_run_at is not None and then < cron.next_run_at:
                    await self._crons.areschedule(cron, then)
            await asyncio.sleep(0)

    # --- firings ---------------------------------------------------------------------------------

    async def _begin(self, firing: Firing, carrier: Carrier) -> float:
        """Begin a firing; seconds after which something is left to do for it, 0 when it has begun."""
        try:
            await carrier.start(firing)
        except AlreadyBegun:
            return 0.0
        except Overloaded as error:
            return max(float(error.retry_after), 1.0)
        except (StorageError, sqlite3.Error):
            return _TROUBLED_S
        except Conflict as error:  # its thread is busy, and it is not to wait
            await self._settle(firing, "skipped", error)
        except PodiumError as error:  # what it needs is gone
            await self._settle(firing, "dead", error)
            if firing.kind == "schedule":
                await self._crons.adisable(firing.trigger_id)
        return 0.0

    async def _settle(self, firing: Firing, status: Literal["skipped", "dead"], error: PodiumError) -> None:
        settling = self._firings.settling(firing, status, error=f"{error.code}: {error.message}")
        await self._database.awrite(settling)

    async def _sweep(self) -> None:
        """Note what became of firings whose run ended unseen, before it began say."""
        if time.monotonic() - self._swept < _SWEEP_S:
            return
        self._swept = time.monotonic()
        for firing, status, error, wanted in self._firings.lost():
            await self._database.awrite(self._outcomes.noting(firing, status, error, called_off=bool(wanted)))

    async def _forget(self) -> None:
        """Once a day, let go of what is over and cannot come again."""
        if time.monotonic() - self._forgot < _DAY_S:
            return
        self._forgot = time.monotonic()
        kept = max(_KEPT, timedelta(seconds=self._firings.longest_age()) + timedelta(days=1))
        await self._firings.aforget(to_iso(self._clock.now() - kept))


def scheduled(cron: Cron, event_id: str, now: str) -> Firing:
    """The firing of a schedule.

    Args:
        cron: The schedule.
        event_id: When it was due; anything else for one that somebody asked for.
        now: The moment.
    """
    return Firing(
        trigger_id=cron.cron_id,
        event_id=event_id,
        tenant=cron.tenant,
        owner=cron.owner,
        kind="schedule",
        at=now,
        due_at=now,
        lane="" if cron.overlap in ("queue", "cancel") else None,
        event={"id": event_id, "time": event_id if event_id[:1].isdecimal() else now},
    )


def keep_schedule(connection: sqlite3.Connection, firing: Firing, cron: Cron, firings: Firings) -> list[str]:
    """Keep a firing of a schedule as its rule for overlaps has it; the runs to be cancelled for it.

    Args:
        connection: Of the write.
        firing: The firing.
        cron: Its schedule.
        firings: The stored firings.
    """
    before = [] if cron.overlap == "allow" else under_way(connection, cron.cron_id)
    left_out = replace(firing, status="skipped", ended_at=firing.at, error=_BEFORE)
    match cron.overlap:
        case "allow":
            insert(connection, firing)
        case "skip":
            insert(connection, left_out if before else firing)
        case "queue":
            insert(connection, left_out if len(before) >= _MOST_QUEUED else firing)
        case "cancel":
            for one in before:
                if one.status == "waiting":
                    firings.settling(one, "cancelled", error="a later one took its place")(connection)
            insert(connection, firing)
            calls_off = [one.run_id for one in before if one.status == "started"]
            want(connection, calls_off, "interrupt")  # also where this process ends before it is done
            return calls_off
    return []
