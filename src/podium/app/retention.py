"""Letting old data go, as `[retention]` in the manifest says."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from podium.core.clock import Clock, from_iso, to_iso
from podium.core.errors import PodiumError
from podium.storage import retention as old
from podium.storage.leases import ThreadLeases
from podium.storage.thread_changes import ThreadChanges, TtlStrategy

if TYPE_CHECKING:
    from langgraph.checkpoint.base import BaseCheckpointSaver

    from podium.core.operations_settings import RetentionSettings
    from podium.storage.database import Database

Prune = Callable[[str, TtlStrategy], Awaitable[None]]
"""Removes a thread, or its history; raises where somebody works on it."""

_PAUSE_S: Final = 0.005
"""Between two writes, so that others come in between."""
_SOONEST_S: Final = 600.0
"""What could not go, since somebody was at work, is tried again after so long."""
_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Swept:
    """What went, or would go.

    Attributes:
        threads: Threads with all that belongs to them.
        histories: Threads of which all but the last checkpoint goes.
        events: Events; of those that belong to threads, only the ones that go by their own age.
        streams: Runs whose stream goes.
        runs: Runs of the server.
        kept: Threads that could not go, since somebody works on them.
    """

    threads: int = 0
    histories: int = 0
    events: int = 0
    streams: int = 0
    runs: int = 0
    kept: int = 0

    def as_json(self) -> dict[str, int]:
        """JSON values."""
        names = ("threads", "histories", "events", "streams", "runs", "kept")
        return {name: getattr(self, name) for name in names}


class Retention:
    """Deletes what is older than the manifest says; never effects or audit records.

    Args:
        settings: After how many days what goes.
        database: The open database.
        prune: Removes threads and histories.
        clock: Tells what is old.
    """

    def __init__(self, settings: RetentionSettings, database: Database, prune: Prune, clock: Clock) -> None:
        self._settings = settings
        self._database = database
        self._prune = prune
        self._clock = clock
        self._pruned_until = ""

    async def found(self) -> Swept:
        """What would go now."""
        said = self._settings
        threads = await self._resting(said.threads, whole=True)
        histories = await self._resting(said.checkpoints, whole=False)
        runs = await self._old(said.runs, old.ended_runs)
        streams = await self._old(said.events, old.streamed_runs)
        before = self._before(said.events)
        events = await self._database.aread(lambda c: old.old_events(c, before)) if before else 0
        gone, going = set(threads), set(runs)
        return Swept(
            len(threads),
            sum(one not in gone for one in histories),
            events,
            sum(one not in going for one in streams),
            len(runs),
        )

    async def sweep(self) -> Swept:
        """Let go what is old, in small writes; what others work on stays until the next time."""
        said = self._settings
        runs = await self._old(said.runs, old.ended_runs)
        streams = await self._old(said.events, old.streamed_runs)
        for run_id in dict.fromkeys((*streams, *runs)):
            await self._until_done(partial(old.delete_streamed, run_id))
        for part in old.in_parts(runs):
            await self._database.awrite(old.delete_requests(part))
            await asyncio.sleep(_PAUSE_S)
        before = self._before(said.events)
        events = await self._until_done(partial(old.delete_events, before)) if before else 0
        threads = await self._resting(said.threads, whole=True)
        gone = await self._prune_all(threads, "delete")
        histories = await self._resting(said.checkpoints, whole=False, since=self._pruned_until)
        cut = await self._prune_all(histories, "keep_latest")
        self._pruned_until = self._before(said.checkpoints) or ""
        going = set(runs)
        kept = len(threads) + len(histories) - gone - cut
        return Swept(gone, cut, events, sum(one not in going for one in streams), len(runs), kept)

    @asynccontextmanager
    async def watching(self) -> AsyncIterator[None]:
        """Sweep whenever something is due, until the block ends; never where nothing is ever to go."""
        if not any(self._ages()):
            yield
            return
        task = asyncio.create_task(self._watch(), name="retention")
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _watch(self) -> None:
        while True:
            try:
                swept = await self.sweep()
                if any(swept.as_json().values()):
                    _logger.info("old data went: %s", swept)
                seconds = await self._seconds_left()
            except PodiumError as error:  # the disk is full, say: what is old stays a while longer
                _logger.warning("old data could not go: %s", error.message)
                seconds = _SOONEST_S
            await asyncio.sleep(max(_SOONEST_S, seconds))

    async def _seconds_left(self) -> float:
        """Until something can be due: what comes from now on is younger than what is there."""
        said = self._settings
        firsts = (
            (said.threads, old.first_rest),
            (said.events, old.first_event),
            (said.events, old.first_end),
            (said.runs, old.first_end),
        )
        now = self._clock.now()
        left = [age * 86_400 for age in self._ages() if age]
        for days, first in firsts:
            oldest = await self._database.aread(first) if days else None
            if days and oldest is not None:
                left.append((from_iso(oldest) + timedelta(days=days) - now).total_seconds())
        return min(left)

    async def _prune_all(self, thread_ids: list[str], strategy: TtlStrategy) -> int:
        done = 0
        for thread_id in thread_ids:
            try:
                await self._prune(thread_id, strategy)
            except PodiumError as error:
                _logger.info("thread %s is kept for now: %s", thread_id, error.message)
            else:
                done += 1
            await asyncio.sleep(_PAUSE_S)
        return done

    async def _until_done(self, work: Callable[[], Any]) -> int:
        total = 0
        while deleted := await self._database.awrite(work()):
            total += deleted
            await asyncio.sleep(_PAUSE_S)
        return total

    async def _resting(self, days: float | None, *, whole: bool, since: str = "") -> list[str]:
        before = self._before(days)
        if before is None:
            return []
        return await self._database.aread(
            lambda connection: old.resting_threads(connection, before, since=since, whole=whole)
        )

    async def _old(self, days: float | None, find: Callable[..., list[str]]) -> list[str]:
        before = self._before(days)
        return await self._database.aread(lambda connection: find(connection, before)) if before else []

    def _before(self, days: float | None) -> str | None:
        return None if days is None else to_iso(self._clock.now() - timedelta(days=days))

    def _ages(self) -> tuple[float | None, ...]:
        said = self._settings
        return said.threads, said.checkpoints, said.events, said.runs


def pruning(database: Database, saver: BaseCheckpointSaver[Any], clock: Clock) -> Prune:
    """What removes threads and histories without a server.

    Args:
        database: The open database.
        saver: Stores the checkpoints.
        clock: Decides which leases count.
    """
    changes = ThreadChanges(ThreadLeases(database, clock), clock)

    async def prune(thread_id: str, strategy: TtlStrategy) -> None:
        if strategy == "delete":
            await database.awrite(changes.removing([thread_id], None))
            return
        leases = await database.awrite(changes.holding([thread_id], None))
        try:
            await saver.aprune([thread_id], strategy=strategy)
        finally:
            await database.awrite(changes.resting(leases))

    return prune


async def prune_project(
    database: Database, settings: RetentionSettings, clock: Clock, *, dry_run: bool
) -> Swept:
    """Let old data of a project go, or say what would.

    Args:
        database: The open database.
        settings: After how many days what goes.
        clock: Tells what is old.
        dry_run: Whether to change nothing.
    """
    from podium.storage.checkpointer import PodiumSaver

    retention = Retention(settings, database, pruning(database, PodiumSaver(database), clock), clock)
    return await (retention.found() if dry_run else retention.sweep())
