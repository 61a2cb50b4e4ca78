"""A node of a Podium graph: budget, telemetry and crash points around one asynchronous function."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from langchain_core.runnables import Runnable, RunnableConfig
from langgraph.runtime import get_runtime

from podium.core.errors import NoCheckpointer
from podium.core.ids import derived_id
from podium.core.principal import Principal
from podium.core.usage import Budget, Usage
from podium.graphs.answers import CONFIG_KEY_DECIDES, Brought, brought_with
from podium.graphs.asker import CONFIG_KEY_ASKER
from podium.graphs.context import GraphContext
from podium.graphs.deciding import decisions_in
from podium.graphs.journal import journaled
from podium.graphs.state import PodiumState, Update
from podium.models.allowance import allowing
from podium.storage.leases import CONFIG_KEY_FENCE

if TYPE_CHECKING:
    from podium.agents.contracts import StandIn
    from podium.telemetry.records import DecisionRecord
    from podium.tools.scope import EffectScope


@dataclass(frozen=True, slots=True)
class RunScope:
    """Where a node runs.

    Attributes:
        thread_id: The thread; empty when the graph runs without one.
        run_id: The run that the caller named, or one derived from the turn.
        checkpoint_id: The checkpoint of the outermost graph that the node belongs to: where to go back to.
        principal: Who acts.
        asker: Who asked for what the run does; whoever acts, where nobody says another.
        emit: Sends one event to whoever streams the run.
        inside: The path of nodes in the graphs around this one; empty when there is none.
        stored: Whether the run is stored, so that it can be resumed.
        led: Whether an app leads the run and records it.
        fence: Token of the lease under which the thread is worked on; 0 without one.
        step: The number of the step, as LangGraph counts them; None where it does not say.
        brought: What the run was resumed with; None where it was not, or nobody says.
        decides: Whether who acts may decide what waits for a person.
    """

    thread_id: str
    run_id: str
    checkpoint_id: str
    principal: Principal
    asker: Principal
    emit: Callable[[dict[str, Any]], None]
    inside: str = ""
    stored: bool = True
    led: bool = True
    fence: int = 0
    step: int | None = None
    brought: Brought | None = None
    decides: bool = True

    def require_stored(self) -> None:
        """Make sure that the run could be resumed, and what it does be undone.

        Raises:
            NoCheckpointer: It is not stored.
        """
        if not self.stored:
            raise NoCheckpointer(
                "the graph is run without a checkpointer: what needs a person or acts could not be resumed"
                " or undone",
                hint="Compile the graph around it with one, such as checkpointer=app.checkpointer, and name a"
                " thread_id.",
            )

    def effect_scope(self, turn_id: str, step_id: str, policy_version: str) -> EffectScope:
        """The scope under which the ledger files an effect of the turn."""
        from podium.tools.scope import EffectScope

        return EffectScope(
            tenant=self.principal.tenant,
            principal=self.principal.id,
            thread_id=self.thread_id,
            run_id=self.run_id,
            turn_id=turn_id,
            step_id=step_id,
            checkpoint_id=self.checkpoint_id,
            policy_version=policy_version,
            fence=self.fence,
        )


class Degradable(Protocol):
    """A reply of any agent."""

    @property
    def degraded(self) -> bool:
        """Whether the role's model did not answer."""
        ...

    @property
    def stand_in(self) -> StandIn:
        """Who did, then."""
        ...

    @property
    def cause(self) -> str:
        """Code of the error that the model failed with."""
        ...


CONFIG_KEY_CHECKPOINTER = "__pregel_checkpointer"
"""Where LangGraph tells a task what stores it; there is no public name for it."""

OUTWARD = frozenset({"human", "commit"})
"""Nodes that reach beyond the graph: what led to them is on record before they begin."""

NodeFunction: TypeAlias = Callable[[PodiumState, GraphContext, RunScope], Awaitable[Update]]


class Node(Runnable[PodiumState, Update]):
    """Runs a node function for asynchronous and synchronous callers alike.

    Args:
        function: What the node does.
        context: What it works with.
        budgeted: Whether a spent budget skips the node, and its time limit ends it.
        beside: How many such nodes run side by side and share what is left of the budget.

    Attributes:
        counted: Whether the state counts how often the node runs in a turn.
    """

    def __init__(
        self, function: NodeFunction, context: GraphContext, *, budgeted: bool = True, beside: int = 1
    ) -> None:
        self.name = function.__name__
        self.counted = False
        self._beside = beside
        self._function = function
        self._context = context
        self._budgeted = budgeted

    def invoke(self, input: PodiumState, config: RunnableConfig | None = None, **_: Any) -> Update:  # noqa: A002 - LangChain's name
        """Run the node and wait for it."""
        return self._context.portal.run(self.ainvoke(input, config))

    async def ainvoke(
        self,
        input: PodiumState,  # noqa: A002 - LangChain's name
        config: RunnableConfig | None = None,
        **_: Any,
    ) -> Update:
        """Run the node.

        Args:
            input: The state.
            config: The run's configuration.
        """
        context = self._context
        scope = scope_of(input, config, context)
        work = self._run(input, context, scope)
        if context.journal is None or scope.led or not scope.stored:
            return await work
        return await journaled(context.journal, scope, input, work)

    async def _run(self, input: PodiumState, context: GraphContext, scope: RunScope) -> Update:  # noqa: A002 - as above
        name = self.name or ""
        context.crash_points.hit(f"{name}:before")
        if self._function.__name__ in OUTWARD:
            await context.telemetry.flush()
        if self._budgeted and (limit := _spent(input, context)):
            if not input.get("stopped"):
                context.telemetry.decided(self._decisions({"stopped": limit}, input, scope))
            return {"stopped": limit}
        scope.emit({"kind": "node", "node": name, "data": {"phase": "start"}})
        began = time.monotonic()
        with context.telemetry.span("node", name, thread_id=scope.thread_id, run_id=scope.run_id, agent=name):
            update = await self._limited(input, context, scope)
        principal = scope.principal
        context.telemetry.step(
            name,
            update,
            thread_id=scope.thread_id,
            run_id=scope.run_id,
            who=principal.id,
            tenant=principal.tenant,
        )
        context.telemetry.decided(self._decisions(update, input, scope))
        seconds = time.monotonic() - began
        scope.emit({"kind": "node", "node": name, "data": {"phase": "end", "seconds": round(seconds, 4)}})
        update["usage"] = _with_time(update.get("usage"), seconds)
        if self.counted:
            update["rounds"] = {name: 1}
        context.crash_points.hit(f"{name}:after")
        return update

    def _decisions(self, update: Update, state: PodiumState, scope: RunScope) -> Iterator[DecisionRecord]:
        return decisions_in(self.name or "", update, state, scope, self._context.policy.version)

    async def _limited(self, state: PodiumState, context: GraphContext, scope: RunScope) -> Update:
        with allowing(_share(state, context.budget, self._beside), usage_of(state)):
            return await self._timed(state, context, scope)

    async def _timed(self, state: PodiumState, context: GraphContext, scope: RunScope) -> Update:
        limit = context.budget.seconds
        if not self._budgeted or limit is None:
            return await self._function(state, context, scope)
        left = limit - state.get("usage", {}).get("seconds", 0.0)
        limited = asyncio.timeout(max(left, 0.001))
        try:
            async with limited:
                return await self._function(state, context, scope)
        except TimeoutError:
            if not limited.expired():
                raise
            return {"stopped": "seconds"}


def scope_of(state: PodiumState, config: RunnableConfig | None, context: GraphContext) -> RunScope:
    """Where a node runs, from what LangGraph knows of the run."""
    runtime = get_runtime()
    info = runtime.execution_info
    configurable: dict[str, Any] = (config or {}).get("configurable", {})
    thread_id = str(configurable.get("thread_id") or "")
    led = configurable.get("podium_run_id")
    acts, asked = configurable.get("podium_principal"), configurable.get(CONFIG_KEY_ASKER)
    principal = acts if isinstance(acts, Principal) else context.principal
    # Of the graphs around this one and the node itself, each `NAME:TASK`.
    path = info.checkpoint_ns.split("|")[:-1] if info else []
    run_id = led or (info.run_id if info else None) or derived_id(thread_id, *path, _turn_id(state))
    outermost = (configurable.get("checkpoint_map") or {}).get("")
    return RunScope(
        thread_id=thread_id,
        run_id=str(run_id),
        checkpoint_id=str(outermost or (info.checkpoint_id if info else "")),
        principal=principal,
        asker=asked if isinstance(asked, Principal) else principal,
        emit=runtime.stream_writer,
        inside="/".join(part.partition(":")[0] for part in path),
        stored=bool(thread_id) and configurable.get(CONFIG_KEY_CHECKPOINTER) is not None,
        led=led is not None,
        fence=int(configurable.get(CONFIG_KEY_FENCE) or 0),
        step=(config or {}).get("metadata", {}).get("langgraph_step"),
        brought=brought_with(configurable),
        decides=configurable.get(CONFIG_KEY_DECIDES, True) is not False,
    )


def _turn_id(state: PodiumState) -> str:
    """The turn that the node works on: the one that the last message begins, or the one under way."""
    messages = state.get("messages") or []
    if messages and messages[-1].type == "human" and messages[-1].id:
        return messages[-1].id
    return str((state.get("turn") or {}).get("id", ""))


def _spent(state: PodiumState, context: GraphContext) -> str | None:
    if stopped := state.get("stopped"):
        return stopped
    # Models are not asked beyond their limit of calls: the offline agents finish the turn instead.
    return usage_of(state).exhausted(context.budget.model_copy(update={"model_calls": None}))


def _share(state: PodiumState, budget: Budget, siblings: int) -> Budget:
    """The budget of a task that runs beside others: an equal part of the model calls that are left."""
    beside: Any = state.get("beside", siblings)
    if budget.model_calls is None or beside == 1:
        return budget
    used = usage_of(state).model_calls
    return budget.model_copy(update={"model_calls": used + max(0, budget.model_calls - used) // beside})


def usage_of(state: PodiumState) -> Usage:
    """What the turn has spent so far."""
    held = state.get("usage", {})
    return Usage(
        steps=int(held.get("steps", 0)),
        model_calls=int(held.get("model_calls", 0)),
        input_tokens=int(held.get("input_tokens", 0)),
        output_tokens=int(held.get("output_tokens", 0)),
        cost=held.get("cost", 0.0),
        unpriced=int(held.get("unpriced", 0)),
        seconds=held.get("seconds", 0.0),
    )


def spent(*usages: Usage) -> dict[str, float]:
    """The update that adds what model calls have spent."""
    total = Usage()
    for usage in usages:
        total = total.plus(usage)
    return {name: value for name, value in total.model_dump().items() if value}


def degradations(role: str, replies: Iterable[Degradable]) -> list[str]:
    """The update that says who stood in for the role's model, if anyone did: `ROLE:WHO:WHY` each."""
    return list(
        dict.fromkeys(f"{role}:{reply.stand_in}:{reply.cause}" for reply in replies if reply.degraded)
    )


def _with_time(usage: dict[str, float] | None, seconds: float) -> dict[str, float]:
    if usage and "__overwrite__" in usage:
        return reset_usage(seconds)
    return {**(usage or {}), "steps": 1, "seconds": seconds}


def reset_usage(seconds: float = 0.0) -> dict[str, Any]:
    """The update that starts counting anew."""
    return {"__overwrite__": {"steps": 1, "seconds": seconds}}
