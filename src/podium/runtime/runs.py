"""Runs one turn of a graph: leased, recorded, streamed, and settled whatever happens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from podium.core.errors import PodiumError
from podium.core.principal import Principal
from podium.graphs.answers import CONFIG_KEY_BROUGHT, Brought
from podium.graphs.asker import CONFIG_KEY_ASKER
from podium.runtime.following import Around, nothing_around
from podium.storage.askers import asker_in, with_asker
from podium.storage.leases import CONFIG_KEY_FENCE
from podium.storage.runs import RUNNING, RunRecord, RunRecords
from podium.storage.threads import ThreadRecords

if TYPE_CHECKING:
    from langchain_core.runnables import RunnableConfig

    from podium.core.pinned import Pinned
    from podium.graphs.build import PodiumGraph
    from podium.graphs.in_force import InForce
    from podium.storage.leases import Lease, ThreadLeases
    from podium.telemetry.telemetry import Telemetry

Event: TypeAlias = dict[str, Any]
"""What a node reports: `kind`, `node` and `data`."""

CANCELLED = "cancelled"
LEASE_SECONDS = 60.0
RECURSION_LIMIT = 200
KEPT = ("outcome", "plan", "decision", "confidence", "verdicts", "review", "loops")
"""What the record of a run keeps of the state."""


@dataclass(frozen=True, slots=True)
class RunRequest:
    """One turn to run.

    Attributes:
        run_id: Names the run.
        thread_id: The thread; created when new.
        graph_input: New messages, a `Command`, or None to go on where the thread stopped.
        kind: What started it: `ask`, `resume`, `continue`.
        principal: Who acts.
        turn_id: The user's message, when known.
        text: The start of the user's message; names a new thread.
        facts: What the record keeps of the input.
    """

    run_id: str
    thread_id: str
    graph_input: Any
    kind: str
    principal: Principal
    turn_id: str = ""
    text: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RunVersions:
    """What was in force: kept with every run.

    Attributes:
        graph: The graph's name.
        models: Model by role.
        prompts: Prompt version and hash by role.
        policy: The policy's version.
    """

    graph: str
    models: Mapping[Any, str]
    prompts: Mapping[str, str]
    policy: str


class Renewing(Protocol):
    """Knows what is in force, and renews it between runs."""

    async def refresh(self) -> None:
        """Read again what has changed.

        Raises:
            ConfigError: It is broken; the run is refused.
        """
        ...

    def versions(self) -> RunVersions:
        """What is in force for the run."""
        ...

    def keep(self) -> Callable[[], None]:
        """What stores that, so that what the versions name can be read later."""
        ...


class RunService:
    """Runs turns, one at a time per thread.

    Args:
        graph: The compiled graph, with a checkpointer.
        renewal: Knows what is in force.
        in_force: Holds it for each run.
        fingerprint: Keeps the graph's fingerprint, and names it.
        runs: Where runs are recorded.
        threads: Where threads are listed.
        leases: Who may work on which thread.
        telemetry: Spans and metrics.
        around: What else follows a run.
    """

    def __init__(
        self,
        graph: PodiumGraph,
        renewal: Renewing,
        in_force: Pinned[InForce],
        fingerprint: Callable[[], str],
        *,
        runs: RunRecords,
        threads: ThreadRecords,
        leases: ThreadLeases,
        telemetry: Telemetry,
        around: Around = nothing_around,
    ) -> None:
        self._graph = graph
        self._renewal = renewal
        self._in_force = in_force
        self._fingerprint = fingerprint
        self._runs = runs
        self._threads = threads
        self._leases = leases
        self._telemetry = telemetry
        self._around = around
        self._held: dict[str, int] = {}

    @asynccontextmanager
    async def lease(self, thread_id: str) -> AsyncIterator[None]:
        """Hold a thread, renewing the lease until the block ends.

        When the lease is lost, such as after the process slept too long, the block is cancelled: another
        process may work on the thread by then.

        Raises:
            ThreadBusy: Somebody alive holds it.
            LeaseLost: It was taken over while the block ran.
        """
        lease = await self._leases.aacquire(thread_id, LEASE_SECONDS)
        self._held[thread_id] = lease.token
        owner = asyncio.current_task()
        renewal = asyncio.create_task(self._renew(lease))

        def ended(task: asyncio.Task[None]) -> None:
            if owner is not None and not task.cancelled() and task.exception() is not None:
                owner.cancel()

        renewal.add_done_callback(ended)
        try:
            yield
        except asyncio.CancelledError:
            if renewal.done() and not renewal.cancelled() and (lost := renewal.exception()):
                raise lost from None
            raise
        finally:
            renewal.cancel()
            with suppress(asyncio.CancelledError, PodiumError):
                await renewal
            if self._held.get(thread_id) == lease.token:
                del self._held[thread_id]
            await self._leases.arelease(lease)

    def fenced(self, config: RunnableConfig) -> RunnableConfig:
        """The configuration with the token of the lease that this service holds on its thread.

        What is stored under it is refused once another process has taken the thread over.
        """
        held = config["configurable"]
        token = self._held.get(held["thread_id"], 0)
        return {**config, "configurable": {**held, CONFIG_KEY_FENCE: token}}

    async def stream(self, request: RunRequest) -> AsyncGenerator[Event, None]:
        """Run the turn and pass on what the nodes report; the caller holds the thread's lease.

        The run is recorded before its first node and settled after the last, as `completed`,
        `interrupted`, `cancelled` or `failed`. Whoever stops iterating cancels the run.

        Args:
            request: What to run.

        Yields:
            Events of the nodes: `{"kind", "node", "data"}`.
        """
        arrived: asyncio.Queue[Event | None] = asyncio.Queue()
        # A task of its own: its context variables stay out of the caller's, and closing cancels it.
        task = asyncio.create_task(self._run(request, arrived.put_nowait))
        task.add_done_callback(lambda _: arrived.put_nowait(None))
        try:
            while (event := await arrived.get()) is not None:
                yield event
            await task
        finally:
            if not task.done():
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task

    async def rest(self, thread_id: str) -> None:
        """Note that nothing runs or waits in the thread, such as after it was rolled back."""
        await self._threads.aensure(thread_id)
        await self._threads.atouch(thread_id, status="idle")

    async def recorded(self, thread_id: str) -> RunRecord | None:
        """The latest run of a thread."""
        found = await asyncio.to_thread(self._runs.list_runs, thread_id, limit=1)
        return found[0] if found else None

    def config(self, request: RunRequest, asker: Principal) -> RunnableConfig:
        """The configuration under which the graph runs.

        Args:
            request: What to run.
            asker: Who asked for it.
        """
        resume = getattr(request.graph_input, "resume", None)
        return self.fenced(
            {
                "configurable": {
                    "thread_id": request.thread_id,
                    "podium_run_id": request.run_id,
                    "podium_principal": request.principal,
                    CONFIG_KEY_ASKER: asker,
                    CONFIG_KEY_BROUGHT: None if resume is None else Brought(request.run_id, resume),
                },
                "recursion_limit": RECURSION_LIMIT,
            }
        )

    async def _run(self, request: RunRequest, emit: Callable[[Event], None]) -> None:
        await self._renewal.refresh()
        with self._in_force.held(), self._around(request):
            await self._run_held(request, self._renewal.versions(), emit)

    async def _run_held(
        self, request: RunRequest, versions: RunVersions, emit: Callable[[Event], None]
    ) -> None:
        asker = await self._open(request, versions)
        config = self.config(request, asker)
        status, error = CANCELLED, None
        span = self._telemetry.span("run", versions.graph, thread_id=request.thread_id, run_id=request.run_id)
        try:
            with span:
                # `sync`: a step is stored before the next one starts, so that a crash goes back one
                # step at most. `subgraphs`: what a graph inside a node streams is told as well.
                async for _, event in self._graph.astream(
                    request.graph_input,
                    config,
                    stream_mode="custom",
                    durability="sync",
                    subgraphs=True,
                ):
                    if isinstance(event, dict) and "kind" in event:  # else a node's that is not Podium's
                        emit(event)
            status = "completed"
        except PodiumError as problem:
            status, error = "failed", problem.as_dict()
            raise
        except Exception as problem:
            status, error = "failed", {"code": "internal", "message": type(problem).__name__, "hint": ""}
            raise
        finally:
            await asyncio.shield(self._settle(request, config, status, error))

    async def _open(self, request: RunRequest, versions: RunVersions) -> Principal:
        """Put the run on record; who asked for it."""
        principal = request.principal
        await asyncio.to_thread(self._renewal.keep())
        fingerprint = await asyncio.to_thread(self._fingerprint)
        before = await self.recorded(request.thread_id)
        asker = _asker(request, before)
        await self._close_broken(before)
        await self._threads.aensure(
            request.thread_id, tenant=principal.tenant, owner=principal.id, title=request.text[:80]
        )
        await self._threads.atouch(request.thread_id, status="busy")
        await self._runs.astart_run(
            RunRecord(
                run_id=request.run_id,
                thread_id=request.thread_id,
                tenant=principal.tenant,
                owner=principal.id,
                turn_id=request.turn_id,
                kind=request.kind,
                graph=f"{versions.graph}@{fingerprint}",
                input=with_asker(request.facts, asker),
                models=dict(versions.models),
                prompts=dict(versions.prompts),
                policy_version=versions.policy,
            )
        )
        return asker

    async def _close_broken(self, before: RunRecord | None) -> None:
        """A run that never ended was cut off: the thread's lease is held here."""
        if before is not None and before.status == RUNNING:
            error = {"code": "run_broken_off", "message": "the process ended during the run", "hint": ""}
            await self._runs.afinish_run(before.run_id, "failed", error=error)

    async def _settle(
        self, request: RunRequest, config: RunnableConfig, status: str, error: dict[str, str] | None
    ) -> None:
        snapshot = await self._graph.aget_state(config)
        waits = bool(snapshot.interrupts)
        if status == "completed" and waits:
            status = "interrupted"
        values = snapshot.values
        await self._telemetry.flush()
        await self._runs.afinish_run(
            request.run_id,
            status,
            output={name: values.get(name) for name in KEPT} | {"waits_at": list(snapshot.next)},
            usage=values.get("usage"),
            error=error,
        )
        shown = "interrupted" if waits else "error" if status == "failed" else "idle"
        await self._threads.atouch(request.thread_id, status=shown)

    async def _renew(self, lease: Lease) -> None:
        while True:
            await asyncio.sleep(LEASE_SECONDS / 3)
            lease = await self._leases.arenew(lease, LEASE_SECONDS)


def _asker(request: RunRequest, before: RunRecord | None) -> Principal:
    """Who asked for what the run does: of one that goes on, whoever asked for the run before it."""
    if request.kind == "ask" or before is None:
        return request.principal
    return asker_in(before.tenant, before.owner, before.input)
