"""Callbacks of runs: noted in the write that ends a run, posted until they arrive or are given up."""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import orjson

from podium.core.clock import Clock, SystemClock, from_iso, to_iso
from podium.core.errors import ConfigError, NotDelivered, PodiumError
from podium.core.ids import derived_id
from podium.runtime.notifications.route import backoff
from podium.runtime.notifications.webhook import Message, Poster
from podium.runtime.serving.encoding import encode
from podium.runtime.targets import Targets
from podium.storage.callbacks import Callback, Callbacks, CallbackStatus, noting
from podium.storage.run_requests import RunRequest

if TYPE_CHECKING:
    import sqlite3

    from podium.core.settings import CallbackSettings
    from podium.runtime.serving.worker import RunEnd
    from podium.storage.database import Database
    from podium.storage.operations import Work

_SPARE_S: Final = 5.0
"""How much longer than an attempt may take a callback stays with who took it."""
_SIDE_BY_SIDE: Final = 32
_TROUBLED_S: Final = 30.0
"""How long a database is left alone that could not be used."""
_HORIZON: Final = timedelta(days=2)
"""Above all that a setting or the other side can ask for: what is due later was put off by a wrong clock."""
_KEPT: Final = timedelta(days=30)
"""So long delivered callbacks are kept."""


class RunCallbacks:
    """Tells the addresses that runs name how the runs ended.

    It wakes when a run has ended and when an attempt is due; nothing is polled. Each callback arrives at
    least once, under one id, in the header `webhook-id`; where there is a secret, it is signed after Standard
    Webhooks.

    Args:
        database: The open database.
        settings: What configuration says.
        dev: Whether this machine's own addresses are allowed.
        clock: Decides what is due.
        environment: Holds the secret.
    """

    def __init__(
        self,
        database: Database,
        settings: CallbackSettings,
        *,
        dev: bool = False,
        clock: Clock | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.stored = Callbacks(database)
        self.targets = Targets(settings.hosts, loopback=dev)
        self._settings = settings
        self._clock = clock or SystemClock()
        self._environment = os.environ if environment is None else environment
        secret = self._secret if settings.secret_env else None
        self._poster = Poster(secret=secret, timeout=settings.timeout, clock=self._clock)
        self._bell = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._under_way: set[asyncio.Task[None]] = set()

    def callback_for(self, run: RunRequest, end: RunEnd) -> Work[None] | None:
        """What notes a run's callback, in the write that ends the run; None where it names no address.

        Args:
            run: The run as it was taken on.
            end: How it ended.
        """
        url = run.kwargs.get("webhook")
        if not url:
            return None
        now = to_iso(self._clock.now())
        ended = replace(run, status=end.status, updated_at=now, ended_at=now, error=end.error)
        note = noting(
            Callback(
                callback_id=derived_id("callback", run.run_id),
                run_id=run.run_id,
                url=str(url),
                payload=_payload(ended, end),
                at=now,
                due_at=now,
                tenant=run.tenant,
                owner=run.owner,
            )
        )

        def work(connection: sqlite3.Connection) -> None:
            note(connection)
            self.nudge()

        return work

    def nudge(self) -> None:
        """Say that there may be news; from any thread. What is being written now is found, too."""
        if self._loop is not None:
            with suppress(RuntimeError):  # the loop is closed: the next start finds it
                self._loop.call_soon_threadsafe(self._bell.set)

    @asynccontextmanager
    async def delivering(self) -> AsyncIterator[None]:
        """Deliver until the block ends: what an earlier process left first."""
        self._loop = asyncio.get_running_loop()
        task = asyncio.create_task(self._serve(), name="callbacks")
        try:
            yield
        finally:
            self._loop = None
            for one in (task, *self._under_way):
                one.cancel()
            await asyncio.gather(task, *self._under_way, return_exceptions=True)

    # --- delivering ------------------------------------------------------------------------------

    async def _serve(self) -> None:
        with suppress(PodiumError):
            await self.stored.aforget(to_iso(self._clock.now() - _KEPT))
        while True:
            self._bell.clear()
            try:
                pause = await self._begin_due()
            except PodiumError:  # the disk is full, or somebody holds the database
                pause = _TROUBLED_S
            # Not wait_for, which on Python 3.11 may swallow that it is cancelled.
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._bell.wait()

    async def _begin_due(self) -> float | None:
        """Begin to deliver what is due; seconds until more is, None while nothing waits."""
        room = _SIDE_BY_SIDE - len(self._under_way)
        if room <= 0:
            return None  # each attempt that ends rings
        now = self._clock.now()
        until = now + timedelta(seconds=self._settings.timeout + _SPARE_S)
        taken = await self.stored.atake(
            now=to_iso(now), until=to_iso(until), horizon=to_iso(now + _HORIZON), limit=room
        )
        for one in taken.callbacks:
            task = asyncio.create_task(self._attempt(one), name=f"callback of {one.run_id}")
            self._under_way.add(task)
            task.add_done_callback(self._over)
        if taken.next_due is None:
            return None
        return max((from_iso(taken.next_due) - now).total_seconds(), 0.0)

    def _over(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        self._bell.set()

    async def _attempt(self, callback: Callback) -> None:
        told = {**orjson.loads(callback.payload), "webhook_sent_at": to_iso(self._clock.now())}
        status: CallbackStatus = "delivered"
        due, problem = 0.0, ""
        try:
            address = await self.targets.address_of(callback.url)
            await self._poster.post(Message(callback.callback_id, callback.url, encode(told), address))
        except asyncio.CancelledError:  # it was not given the time that it may take
            with suppress(PodiumError):
                self.stored.give_back(callback, to_iso(self._clock.now()))
            raise
        except NotDelivered as error:
            attempts = callback.attempts + 1
            problem = error.message
            status = "waiting" if error.retryable and attempts < self._settings.attempts else "failed"
            if status == "waiting":
                due = max(error.wait, self._wait_after(attempts))
        at = to_iso(self._clock.now() + timedelta(seconds=due))
        with suppress(PodiumError):  # it stays with us until it is due again
            await self.stored.asettle(callback, status, due_at=at, error=problem)

    def _wait_after(self, attempts: int) -> float:
        jitter = random.random()  # noqa: S311 - no secret
        return backoff(attempts, self._settings.first_wait, self._settings.longest_wait, jitter)

    def _secret(self) -> str:
        name = self._settings.secret_env or ""
        secret = self._environment.get(name, "")
        if not secret:
            raise ConfigError(f"the environment has no {name}", hint="Set it, or sign nothing.")
        return secret


def _payload(run: RunRequest, end: RunEnd) -> str:
    told: dict[str, Any] = {
        "run_id": run.run_id,
        "thread_id": run.thread_id,
        "assistant_id": run.assistant_id,
        "created_at": run.created_at,
        "updated_at": run.updated_at,
        "status": run.status,
        "metadata": run.metadata,
        "kwargs": run.told_kwargs,
        "multitask_strategy": run.multitask_strategy,
        "run_started_at": run.started_at,
        "run_ended_at": run.ended_at,
        "values": orjson.loads(end.values) if end.values else None,
        "error": end.error,
    }
    return encode(told).decode()
