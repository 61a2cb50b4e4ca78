"""Delivers what waits in the outbox, on a thread beside the runs, so that no run waits for a channel."""

from __future__ import annotations

import asyncio
import random
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Final, TypeAlias

from podium.core.clock import Clock, SystemClock, from_iso, to_iso
from podium.core.crashpoints import CrashPoints, NoCrashPoints
from podium.core.errors import NotDelivered, PodiumError
from podium.runtime.notifications.channel import Notification
from podium.runtime.notifications.route import Route
from podium.runtime.notifications.wording import notification_of
from podium.storage.outbox import Letter, LetterStatus, Outbox

_SPARE_S: Final = 5.0
"""How much longer than an attempt may take a letter stays with who took it, and closing may take."""
_KEPT: Final = timedelta(days=30)
"""So long delivered letters are shown."""
_HORIZON: Final = timedelta(days=2)
"""Above all that a setting or the other side can ask for: what is due later was put off by a wrong clock."""
_TROUBLED_S: Final = 30.0
"""How long a courier leaves a database alone that could not be used."""

Settled: TypeAlias = Callable[[Letter, LetterStatus, str], None]


class Courier:
    """Serves the channels of a project: each on its own, so that one that hangs holds up no other.

    It wakes when it is told that there is news, and when a letter is due; nothing is polled.

    Args:
        routes: The channels.
        outbox: Where letters wait.
        project: The project's name.
        clock: Decides what is due.
        before: Called first, on the courier's thread; what it puts on record is told too.
        settled: Told what became of each attempt, once that is stored: letter, status and error.
        crash_points: Told before letters are written, and around each delivery; for tests.
    """

    def __init__(
        self,
        routes: Sequence[Route],
        outbox: Outbox,
        project: str,
        *,
        clock: Clock | None = None,
        before: Callable[[], object] | None = None,
        settled: Settled | None = None,
        crash_points: CrashPoints | None = None,
    ) -> None:
        self._routes = {route.name: route for route in routes}
        self._outbox = outbox
        self._project = project
        self._clock = clock or SystemClock()
        self._before = before
        self._settled = settled or _nobody
        self._crash_points = crash_points or NoCrashPoints()
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._bells: dict[str, asyncio.Event] = {}
        self._thread: threading.Thread | None = None
        self._closing = False
        self._patience = 0.0

    def start(self) -> None:
        """Begin to deliver, where there are channels. They hear of what happens from now on."""
        if not self._routes:
            return
        self._outbox.register(self._routes)
        self._thread = threading.Thread(target=self._work, name="podium-courier", daemon=True)
        self._thread.start()

    def nudge(self) -> None:
        """Say that there may be news; returns at once, from any thread."""
        with self._lock:
            if self._loop is not None:
                self._loop.call_soon_threadsafe(self._ring)

    def close(self, patience: float = 3.0) -> None:
        """Deliver what is due now, as far as that goes in a moment; the next courier takes on the rest.

        Args:
            patience: Seconds at most.
        """
        self._patience = patience
        self._closing = True
        self.nudge()
        if self._thread is not None:
            self._thread.join(patience + _SPARE_S)

    async def deliver(self, channel: str) -> int:
        """Tell one channel all that is due now; how many letters arrived.

        Args:
            channel: Its name.
        """
        route, arrived = self._routes[channel], 0
        while (letter := await asyncio.to_thread(self._claimed, route)) is not None:
            arrived += await self._attempt(route, letter)
        return arrived

    def collect(self) -> None:
        """Write letters about what was put on record since the last time."""
        self._crash_points.hit("notify:collect")
        wanted = {name: route.events for name, route in self._routes.items()}
        self._outbox.collect(wanted, lambda item: notification_of(item, self._project).as_json())

    # --- one letter ------------------------------------------------------------------------------

    def _claimed(self, route: Route) -> Letter | None:
        now = self._clock.now()
        until = now + timedelta(seconds=route.timeout + _SPARE_S)
        return self._outbox.claim(
            route.name, now=to_iso(now), until=to_iso(until), horizon=to_iso(now + _HORIZON)
        )

    async def _attempt(self, route: Route, letter: Letter) -> bool:
        self._crash_points.hit("notify:before")
        try:
            await route.channel.deliver(Notification.from_json(letter.payload))
        except asyncio.CancelledError:
            # It was not given the time that it may take: nothing is known against the channel.
            self._settle(letter, "waiting", due=0.0, error="stopped before it was answered")
            raise
        except NotDelivered as error:
            await asyncio.to_thread(self._failed, route, letter, error)
            return False
        except Exception as error:  # noqa: BLE001 - a channel of one's own may raise anything; its words may tell a secret
            await asyncio.to_thread(self._failed, route, letter, NotDelivered(type(error).__name__))
            return False
        self._crash_points.hit("notify:after")
        await asyncio.to_thread(self._settle, letter, "delivered")
        return True

    def _failed(self, route: Route, letter: Letter, error: NotDelivered) -> None:
        attempts = letter.attempts + 1
        if not error.retryable or attempts >= route.attempts:
            self._settle(letter, "failed", error=error.message)
            return
        wait = route.wait_after(attempts, error.wait, random.random())  # noqa: S311 - no secret
        self._settle(letter, "waiting", due=wait, error=error.message)

    def _settle(self, letter: Letter, status: LetterStatus, *, due: float = 0.0, error: str = "") -> None:
        at = to_iso(self._clock.now() + timedelta(seconds=due))
        self._outbox.settle(letter, status, due_at=at, error=error)
        self._settled(letter, status, error)

    # --- the thread ------------------------------------------------------------------------------

    def _work(self) -> None:
        with suppress(PodiumError):  # the database is closed: letters stay where they are
            asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._bells = {name: asyncio.Event() for name in self._routes}
        with self._lock:
            self._loop = asyncio.get_running_loop()
        try:
            await asyncio.to_thread(self._begin)
            await self._served()
        finally:
            with self._lock:
                self._loop = None

    def _begin(self) -> None:
        with suppress(PodiumError):
            if self._before is not None:
                self._before()
            self._outbox.forget(to_iso(self._clock.now() - _KEPT))

    async def _served(self) -> None:
        tasks = [asyncio.create_task(self._serve_channel(name)) for name in self._routes]
        closed = asyncio.create_task(self._until_closed())
        await asyncio.wait([closed, *tasks], return_when=asyncio.FIRST_COMPLETED)
        _, late = await asyncio.wait(tasks, timeout=self._patience)
        for task in (closed, *late):
            task.cancel()
        await asyncio.gather(closed, *tasks, return_exceptions=True)

    async def _until_closed(self) -> None:
        bell = self._bells.setdefault("", asyncio.Event())
        while not self._closing:
            await bell.wait()
            bell.clear()

    async def _serve_channel(self, name: str) -> None:
        bell = self._bells[name]
        while True:
            closing = self._closing
            bell.clear()
            try:
                await asyncio.to_thread(self.collect)
                await self.deliver(name)
                pause = await asyncio.to_thread(self._pause, name)
            except PodiumError:  # the disk is full, or somebody holds the database
                pause = _TROUBLED_S
            if closing:
                return
            # Not wait_for, which on Python 3.11 may swallow that it is cancelled.
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await bell.wait()

    def _pause(self, name: str) -> float | None:
        """Seconds until a letter is due; None while none waits."""
        due = self._outbox.next_due(name)
        if due is None:
            return None
        wait = from_iso(due) - self._clock.now()
        return 0.0 if wait > _HORIZON else max(wait.total_seconds(), 0.0)

    def _ring(self) -> None:
        for bell in self._bells.values():
            bell.set()


def _nobody(_: Letter, __: LetterStatus, ___: str) -> None:
    """Nobody wants to know."""
