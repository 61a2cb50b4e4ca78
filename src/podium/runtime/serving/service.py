"""The run service: takes runs on, carries them out, streams them, cancels them, and recovers them."""

from __future__ import annotations

import asyncio
import sqlite3
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias

from podium.core.clock import Clock, SystemClock
from podium.core.errors import Overloaded, PodiumError
from podium.runtime.following import Following
from podium.runtime.serving.accepting import Accepted, Desk, Offer
from podium.runtime.serving.encoding import plain
from podium.runtime.serving.endings import EndHook, Endings
from podium.runtime.serving.graphs import GraphSource
from podium.runtime.serving.input import config_of
from podium.runtime.serving.leftovers import Leftovers
from podium.runtime.serving.patches import STATES
from podium.runtime.serving.queue import LocalQueue, RunQueue
from podium.runtime.serving.streams import ELSEWHERE_S, StreamHub, Told
from podium.runtime.serving.worker import RunEnd, Worker, shown_values
from podium.storage.database import Database
from podium.storage.leases import DEFAULT_TTL_S, Lease, ThreadLeases, is_alive
from podium.storage.run_requests import OPEN, CancelAction, RunRequest, RunRequests, find

if TYPE_CHECKING:
    from langgraph.checkpoint.base import BaseCheckpointSaver

Undo: TypeAlias = Callable[[RunRequest], Awaitable[None]]
"""Takes back what a run did outside."""

REMEMBERED = 256
"""Of how many runs the end is kept in memory."""

MAX_BREAKS = 10
"""A run whose process breaks off so often ends with an error: it may be what breaks it. Orderly stops do not
count."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is done at a time.

    Attributes:
        max_running: Runs that are carried out side by side.
        max_waiting: Runs that wait; beyond it new ones are refused.
        drain_seconds: How long runs may go on when the server stops; then they wait for the next start.
    """

    max_running: int = 256
    max_waiting: int = 10_000
    drain_seconds: float = 10.0


@dataclass(slots=True)
class _Active:
    """A run that is carried out here."""

    run: RunRequest
    lease: Lease
    task: asyncio.Task[None]
    wanted: CancelAction | None = None
    begun: bool = False
    stopped: bool = False

    def stop(self) -> None:
        """End the graph's work, once; what follows, such as storing how it ended, is not cut off."""
        if (
            self.begun and not self.stopped
        ):  # a task that is cancelled before it has begun ends without a word
            self.task.cancel()
        self.stopped = True


class ServedRuns:
    """Runs of the graphs that are served.

    Args:
        graphs: The graphs.
        saver: Stores their checkpoints.
        database: The open database.
        sizes: How much is done at a time.
        clock: Dates what happens.
        ends: What else is stored when a run ends.
        undo: Takes back what a run did outside, when it is rolled back.
        following: Traces runs from the requests that ask for them.
    """

    def __init__(
        self,
        graphs: GraphSource,
        saver: BaseCheckpointSaver[Any],
        database: Database,
        *,
        sizes: Sizes | None = None,
        clock: Clock | None = None,
        ends: Sequence[EndHook] = (),
        undo: Undo | None = None,
        following: Following | None = None,
        queue: RunQueue | None = None,
    ) -> None:
        self._graphs = graphs
        self._saver = saver
        self._database = database
        self._sizes = sizes or Sizes()
        self._clock = clock or SystemClock()
        self._undo = undo
        self._requests = RunRequests(database, self._clock)
        self._endings = Endings(self._requests, self._clock, tuple(ends))
        self._leases = ThreadLeases(database, self._clock)
        self._desk = Desk(self._leases, self._clock, self._sizes.max_waiting)
        self._queue = queue or LocalQueue(database, self._requests, self._leases, self._clock)
        self.hub = StreamHub(database, self._state_at)
        self._following = following or Following()
        self._worker = Worker(graphs, self.hub, self._following)
        self._active: dict[str, _Active] = {}
        self._leftovers = Leftovers(database)
        self._room = asyncio.Event()
        self._waiting: dict[str, asyncio.Future[RunEnd]] = {}
        self._ended: OrderedDict[str, RunEnd] = OrderedDict()
        self.is_taking = False
        self._pumping: asyncio.Task[None] | None = None

    # --- lifetime --------------------------------------------------------------------------------

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        """Carry out runs until the block ends: what an earlier process left first."""
        await self._recover()
        async with AsyncExitStack() as stack:
            self.is_taking = True
            self._pumping = asyncio.create_task(self._pump())
            for task in (self._pumping, asyncio.create_task(self._keep_leases())):
                stack.push_async_callback(_stopped, task)
            try:
                yield
            finally:
                await self.drain()

    async def drain(self, seconds: float | None = None) -> None:
        """Take on nothing further and let runs end, as far as there is time.

        What does not end is given back for the next start to go on with. Streams end without a word of an
        end, so that their readers come back to it. Safe to call twice.

        Args:
            seconds: How long runs may go on; what the sizes say when None.
        """
        self.is_taking = False
        self._room.set()
        self._queue.nudge()
        if self._pumping is not None:
            await asyncio.wait([self._pumping])
        await self._drain(self._sizes.drain_seconds if seconds is None else seconds)
        self.hub.close()
        for waiter in self._waiting.values():
            waiter.cancel()

    async def _recover(self) -> None:
        """Let runs be taken again whose process is gone."""
        left = [
            run for run in self._requests.unended() if run.status == "running" and not is_alive(run.holder)
        ]

        def work(connection: sqlite3.Connection) -> None:
            for run in left:
                if run.breaks < MAX_BREAKS:
                    self._requests.give_back(run.run_id)(connection)
                else:
                    error = {"error": "RunBrokenOff", "message": f"its process broke off {run.breaks} times"}
                    self._requests.settle(run.run_id, "error", error)(connection)

        await self._database.awrite(work)
        self._queue.nudge()

    async def _drain(self, seconds: float) -> None:
        """Let the runs that are carried out end, or give them back."""
        tasks = [active.task for active in self._active.values()]
        if tasks:
            await asyncio.wait(tasks, timeout=seconds)
        for active in list(self._active.values()):
            active.stop()
        if tasks:
            await asyncio.wait(tasks)
        await self.hub.flushed()

    async def _keep_leases(self) -> None:
        """Renew the leases of the runs that are carried out here, and let go of what was dropped."""
        while True:
            await asyncio.sleep(DEFAULT_TTL_S / 3)
            dropped = self._requests.held_by(self._leases.holder) - set(self._active)
            for run_id in dropped:  # its end could not be stored, on a full disk say
                await self._database.awrite(self._requests.give_back(run_id))
                self._queue.nudge()
            for active in list(self._active.values()):
                try:
                    active.lease = await self._leases.arenew(active.lease)
                except PodiumError:  # another process has the thread: what is stored here would be refused
                    active.stop()

    # --- taking on -------------------------------------------------------------------------------

    async def accept(self, offer: Offer, *, durable: bool = True) -> RunRequest:
        """Take a run on; it is stored before this returns.

        Args:
            offer: What is asked for.
            durable: Whether it also survives a power cut from here on.

        Raises:
            NotFound: The thread is not there, or another's.
            Conflict: The thread has an active run, and the strategy is to reject.
            Overloaded: Too many runs wait, or the server is about to stop.
        """
        return (await self.accept_all([offer], durable=durable))[0]

    async def accept_all(self, offers: Sequence[Offer], *, durable: bool = True) -> list[RunRequest]:
        """Take runs on in one write: all of them or, where one is refused, none; see `accept`."""
        if not self.is_taking:
            raise _stopping()
        room = self._sizes.max_running - len(self._active)
        works = [
            self._desk.accepting(replace(one, run=self._following.asked(one.run)), starts=number < room)
            for number, one in enumerate(offers)
        ]
        taken = await self._database.awrite_soon(lambda connection: [work(connection) for work in works])
        for accepted in taken:
            self._begin_or_wait(accepted)
        for offer, accepted in zip(offers, taken, strict=True):
            for run in accepted.superseded:
                await self._call_off(run, offer.strategy == "rollback")
        if durable:  # the runs begin meanwhile
            await self._database.asynced()
        return [accepted.run for accepted in taken]

    def _begin_or_wait(self, accepted: Accepted) -> None:
        if accepted.lease is not None:
            self._begin(accepted.run, accepted.lease)
        else:
            self._queue.nudge()

    async def _call_off(self, run: RunRequest, rolls_back: bool) -> None:
        await self.cancel(run, "rollback" if rolls_back else "interrupt")

    # --- carrying out ----------------------------------------------------------------------------

    async def _pump(self) -> None:
        """Take runs as long as there are any and there is room; else wait."""
        while self.is_taking:
            while self.is_taking and len(self._active) >= self._sizes.max_running:
                self._room.clear()
                await self._room.wait()
            taken = await self._queue.take()
            if taken is None:
                await self._queue.wait()
            else:
                self._begin(*taken)

    def _begin(self, run: RunRequest, lease: Lease) -> None:
        self.hub.begin(run.run_id, anew=run.attempt == 1)
        task = asyncio.create_task(self._carry_out(run, lease), name=f"run {run.run_id}")
        active = self._active[run.run_id] = _Active(run, lease, task)
        if run.wanted:  # it was cancelled, and its process ended before that was done
            active.wanted = "rollback" if run.wanted == "rollback" else "interrupt"
            active.stop()

    async def _carry_out(self, run: RunRequest, lease: Lease) -> None:
        await asyncio.sleep(0)  # until it is listed as active
        active = self._active[run.run_id]
        end: RunEnd | None = None
        with suppress(asyncio.CancelledError):
            if not active.stopped:
                active.begun = True
                end = await self._worker.carry_out(run, lease.token)
        active.stopped = True
        next_waits = True
        try:
            if end is None and active.wanted is None:  # the server stops, or has lost the thread
                await self._database.awrite(self._endings.leaving(run, active.lease))
                return
            await self.hub.flushed()
            next_waits = await self._settle(active, end or await self._called_off(active))
        finally:
            self._over(active, next_waits=next_waits)

    async def _called_off(self, active: _Active) -> RunEnd:
        """How a run ends that was cancelled."""
        if active.wanted == "rollback":
            if self._undo is not None:
                with suppress(PodiumError):  # what cannot be undone stays on record, and is an alert
                    await self._undo(active.run)
            await self._saver.adelete_for_runs([active.run.run_id])
        return await self._worker.left(active.run)

    def _over(self, active: _Active, *, next_waits: bool) -> None:
        """Note that a run is not carried out here any more, and have the next one begun if any may wait."""
        had_room = len(self._active) < self._sizes.max_running
        self._active.pop(active.run.run_id, None)
        self._room.set()
        if next_waits or not had_room:
            self._queue.nudge()

    async def _settle(self, active: _Active, end: RunEnd) -> bool:
        """Store how a run ended, and tell it; whether others wait for its thread."""
        run = active.run
        forgets = active.wanted == "rollback"
        settling = self._endings.settling(run, end, active.lease, forgets=forgets)
        next_waits = await self._database.awrite_soon(settling)
        if run.temporary:
            await self._saver.adelete_thread(run.thread_id)
            self._leftovers.add(run.run_id)
        self._tell_end(run.run_id, end)
        await self.hub.end(run.run_id)
        return next_waits

    def _tell_end(self, run_id: str, end: RunEnd) -> None:
        """Tell who waits, and for a while who asks later."""
        if (waiter := self._waiting.pop(run_id, None)) is not None and not waiter.done():
            waiter.set_result(end)
        self._ended[run_id] = end
        while len(self._ended) > REMEMBERED:
            self._ended.popitem(last=False)

    # --- what clients ask for --------------------------------------------------------------------

    async def cancel(self, run: RunRequest, action: CancelAction = "interrupt") -> None:
        """Have a run end before its time; returns once that is stored.

        Args:
            run: The run.
            action: `interrupt` keeps what it did; `rollback` takes its checkpoints and itself away.
        """
        await self._database.awrite_soon(self._requests.want([run.run_id], action))
        if self._stop(run.run_id, action):
            return
        await self._database.awrite_soon(self._endings.calling_off(run.run_id, action))
        if self._stop(run.run_id, action):  # it was begun meanwhile
            return
        if run.run_id in self._ended:  # or has ended by itself
            return
        self._tell_end(run.run_id, RunEnd("interrupted", "idle"))
        await self.hub.end(run.run_id)
        self._queue.nudge()

    def _stop(self, run_id: str, action: CancelAction) -> bool:
        active = self._active.get(run_id)
        if active is None:
            return False
        active.wanted = action
        active.stop()
        return True

    def let_go(self, thread_ids: Iterable[str]) -> None:
        """Note that threads were held and changed outside of runs: those that waited for them may begin.

        Args:
            thread_ids: The threads.
        """
        changed = list(thread_ids)
        self._worker.forget(changed)
        self.hub.ring(changed)
        self._queue.nudge()

    async def ended(self, run: RunRequest) -> RunEnd:
        """Wait until a run has ended, wherever it is carried out.

        Raises:
            Overloaded: The server stops before that.
        """
        if (known := self._ended.get(run.run_id)) is not None:
            return known
        waiter = self._waiting.setdefault(run.run_id, asyncio.get_running_loop().create_future())
        while not waiter.done() and not self.hub.is_closed:
            patience = None if self.is_here(run.run_id) else ELSEWHERE_S
            await asyncio.wait([waiter], timeout=patience)
            if not waiter.done() and not self.is_here(run.run_id) and self.is_over(run.run_id):
                self._waiting.pop(run.run_id, None)
                return await self.stored_end(run)
        if waiter.cancelled() or not waiter.done():
            raise _stopping()
        return waiter.result()

    def is_here(self, run_id: str) -> bool:
        """Whether this process carries the run out."""
        return run_id in self._active

    def is_over(self, run_id: str) -> bool:
        """Whether the run has ended, as it is stored."""
        run = self._database.read(lambda connection: find(connection, run_id))
        return run is None or run.status not in OPEN

    async def stored_end(self, run: RunRequest) -> RunEnd:
        """How a run ended that is over, from what is stored of it."""
        found = self._database.read(lambda connection: find(connection, run.run_id)) or run
        if found.error is not None:
            return RunEnd(found.status, "error", error=found.error)
        last: bytes | None = None
        async for event in self.hub.follow(run.run_id):
            last = event.data if event.event == STATES else last
        return RunEnd(found.status, "idle", last) if last else await self._worker.left(found)

    def follow(self, run: RunRequest, after: int = 0) -> AsyncIterator[Told]:
        """The events of a run from after a place on, until it ends."""
        goes_on = self.is_here(run.run_id) or run.status in OPEN
        return self.hub.follow(run.run_id, after=after, watch=self if goes_on else None)

    async def _state_at(self, run_id: str, checkpoint_id: str) -> Mapping[str, Any]:
        """What the states of a run lean on."""
        run = self._database.read(lambda connection: find(connection, run_id))
        if run is None:
            return {}
        config = config_of(run, checkpoint=False)
        config["configurable"]["checkpoint_id"] = checkpoint_id
        async with self._graphs.opened(run.graph_id, config) as graph:
            state = await graph.aget_state(config)
            found: Mapping[str, Any] = plain(shown_values(graph, state.values))
            return found


def _stopping() -> Overloaded:
    return Overloaded("the server is stopping", hint="Ask again in a moment.", retry_after=5)


async def _stopped(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
