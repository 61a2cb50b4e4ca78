"""Carrying out one run: the graph is streamed, every event stored and told, and the end established."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from podium.core.errors import PodiumError
from podium.graphs.answers import CONFIG_KEY_BROUGHT, Brought
from podium.guardrails.redaction import redact
from podium.runtime.following import Following
from podium.runtime.serving.encoding import Parts, encode, plain
from podium.runtime.serving.graphs import GraphSource
from podium.runtime.serving.input import answers_of, config_of, input_of, is_called_again
from podium.runtime.serving.modes import asked_for
from podium.runtime.serving.patches import STATES
from podium.runtime.serving.retelling import Retelling
from podium.runtime.serving.streams import StreamHub
from podium.runtime.serving.telling import Telling
from podium.storage.checkpointer import PodiumSaver
from podium.storage.run_requests import RequestStatus, RunRequest

if TYPE_CHECKING:
    from langchain_core.runnables import RunnableConfig
    from langgraph.pregel import Pregel
    from langgraph.types import StateSnapshot

_INTERRUPT = re.compile(r"[0-9a-f]{32}")
TAILS_BYTES = 32 * 1024 * 1024
"""Bound on the JSON of the states that are remembered for the next runs of their threads to lean on."""


class _Tail(NamedTuple):
    """The last state of a thread, at the checkpoint that holds it."""

    checkpoint_id: str
    parts: Parts
    size: int


@dataclass(frozen=True, slots=True)
class RunEnd:
    """How a run ended.

    Attributes:
        status: Of the run.
        thread_status: Of its thread.
        values: The last state, as JSON; None when there is none.
        interrupts: What waits for a person, by task.
        error: Name and message of what failed.
    """

    status: RequestStatus
    thread_status: str
    values: bytes | None = None
    interrupts: Mapping[str, Any] | None = None
    error: Mapping[str, Any] | None = None


class Worker:
    """Carries out runs.

    Args:
        graphs: The graphs.
        hub: Stores and tells what they stream.
        following: Traces them.
    """

    def __init__(self, graphs: GraphSource, hub: StreamHub, following: Following | None = None) -> None:
        self._graphs = graphs
        self._following = following or Following()
        self._hub = hub
        self._tails: OrderedDict[str, _Tail] = OrderedDict()

    async def carry_out(self, run: RunRequest, fence: int) -> RunEnd:
        """Run the graph to its end, or to where it waits.

        Args:
            run: The run, claimed.
            fence: Token of the thread's lease.
        """
        told = Telling(self._hub, run)
        if run.attempt > 1:
            told.again = await Retelling.of(self._hub.stored(run.run_id))
        told.soon("metadata", {"run_id": run.run_id, "attempt": run.attempt})
        config = config_of(run, fence)
        try:
            with self._following.carried_out(run):
                context = run.kwargs.get("context")
                async with self._graphs.opened(run.graph_id, config, context=context) as graph:
                    await self._stream(graph, run, config, told)
                    return await self._ended(graph, run, told)
        except Exception as error:  # noqa: BLE001 - whatever a graph raises is the run's end, and is told
            problem = problem_of(error)
            await told.event("error", problem)
            return RunEnd("error", "error", told.values, error=problem)

    async def left(self, run: RunRequest) -> RunEnd:
        """Where a run that was cancelled has left its thread."""
        config = config_of(run, checkpoint=False)
        async with self._graphs.opened(run.graph_id, config, purpose="threads.read") as graph:
            state = await graph.aget_state(config)
        return RunEnd(
            "interrupted",
            "interrupted" if state.next else "idle",
            encode(shown_values(graph, state.values)) if isinstance(state.values, Mapping) else None,
            interrupts=interrupts_of(state),
        )

    def forget(self, thread_ids: Iterable[str]) -> None:
        """Let the next runs of threads lean on nothing: what is remembered of them may be gone."""
        for thread_id in thread_ids:
            self._tails.pop(thread_id, None)

    async def _stream(
        self, graph: Pregel[Any, Any, Any, Any], run: RunRequest, config: RunnableConfig, told: Telling
    ) -> None:
        asked = run.kwargs
        modes = asked_for(asked.get("stream_mode") or [STATES])
        if lean := self._tails.get(run.thread_id):
            told.differ.lean(STATES, lean.parts, lean.checkpoint_id)
        if asked.get("strict_resume"):
            await self._check_resume(graph, run)
        given = None if await self._goes_on(graph, run) else await _given(graph, run)
        config = _with_answer(config, run, given)
        async with self._following.heard(run, graph, config) as heard:
            async for namespace, mode, data in _parts(graph, run, given, heard, modes):
                await told.part(namespace, mode, data)

    async def _check_resume(self, graph: Pregel[Any, Any, Any, Any], run: RunRequest) -> None:
        """Make sure that what is answered waits.

        Raises:
            UnknownInterruptError: It does not.
        """
        resume = (run.kwargs.get("command") or {}).get("resume")
        if resume is None or run.attempt > 1:
            return
        waiting = {one.id for one in (await graph.aget_state(config_of(run))).interrupts}
        unknown = [name for name in resume if name not in waiting] if _names_interrupts(resume) else []
        if unknown or not waiting:
            raise UnknownInterruptError(
                f"no interrupt waits for this answer: {', '.join(unknown) or 'none does'}"
            )

    async def _goes_on(self, graph: Pregel[Any, Any, Any, Any], run: RunRequest) -> bool:
        """Whether an earlier attempt came so far that its input is stored with the thread."""
        earlier = [run.run_id] if run.attempt > 1 else []
        earlier += run.kwargs.get("goes_on") or []
        if not earlier:
            return False
        head = await graph.aget_state(config_of(run, checkpoint=False))
        return str((head.metadata or {}).get("run_id", "")) in earlier

    async def _ended(self, graph: Pregel[Any, Any, Any, Any], run: RunRequest, told: Telling) -> RunEnd:
        if graph.checkpointer is None or _cannot_wait(graph, run, told):
            if isinstance(graph.checkpointer, PodiumSaver):
                self._remember(run.thread_id, told, graph.checkpointer)
            return RunEnd("success", "idle", told.values)
        state = await graph.aget_state(config_of(run, checkpoint=False))
        self._tails.pop(run.thread_id, None)
        waits = bool(state.next)
        return RunEnd(
            "interrupted" if waits else "success",
            "interrupted" if waits else "idle",
            told.values,
            interrupts=interrupts_of(state),
        )

    def _remember(self, thread_id: str, told: Telling, saver: PodiumSaver) -> None:
        """Keep the last state of a thread in reach, so that its next run stores only what it adds."""
        self._tails.pop(thread_id, None)
        size = len(told.values or b"")
        if told.parts is not None and size <= TAILS_BYTES:
            checkpoint = saver.head_id(thread_id)
            if checkpoint is not None:
                self._tails[thread_id] = _Tail(checkpoint, told.parts, size)
        while sum(tail.size for tail in self._tails.values()) > TAILS_BYTES:
            self._tails.popitem(last=False)


class UnknownInterruptError(Exception):
    """An answer to what does not wait; clients know the error by this name."""


def _names_interrupts(resume: Any) -> bool:
    """Whether an answer names the interrupts that it answers, as LangGraph tells it (32 hexadecimals)."""
    return isinstance(resume, Mapping) and bool(resume) and all(_INTERRUPT.fullmatch(one) for one in resume)


def _cannot_wait(graph: Pregel[Any, Any, Any, Any], run: RunRequest, told: Telling) -> bool:
    """Whether a graph whose stream has ended is surely at its end, so that its state need not be read.

    It waits for a person only where its last state says so, and stops at nodes only where that is asked for.
    """
    stops = (run.kwargs.get("interrupt_before"), run.kwargs.get("interrupt_after"))
    own = (graph.interrupt_before_nodes, graph.interrupt_after_nodes)
    return not (told.waits or any(stops) or any(own))


async def _given(graph: Pregel[Any, Any, Any, Any], run: RunRequest) -> Any:
    """What the graph is started with: nothing anew when the graph that asks goes on itself."""
    if is_called_again(run):
        state = await graph.aget_state(config_of(run))
        if state.next:
            return answers_of(run, [interrupt.id for interrupt in state.interrupts])
    return input_of(run)


def _with_answer(config: RunnableConfig, run: RunRequest, given: Any) -> RunnableConfig:
    """The configuration with what the run was resumed with, also where an earlier attempt has stored it."""
    resume = getattr(given, "resume", None) or (run.kwargs.get("command") or {}).get("resume")
    if resume is None:
        return config
    return {
        **config,
        "configurable": {**config["configurable"], CONFIG_KEY_BROUGHT: Brought(run.run_id, resume)},
    }


async def _parts(
    graph: Pregel[Any, Any, Any, Any],
    run: RunRequest,
    given: Any,
    config: RunnableConfig,
    modes: list[str],
) -> AsyncIterator[tuple[tuple[str, ...], str, Any]]:
    """LangGraph's stream as namespace, mode and data."""
    asked = run.kwargs
    options: dict[str, Any] = {
        "stream_mode": modes,
        "interrupt_before": asked.get("interrupt_before"),
        "interrupt_after": asked.get("interrupt_after"),
    }
    if context := asked.get("context"):
        options["context"] = context
    subgraphs = bool(asked.get("stream_subgraphs"))
    if "events" in (asked.get("stream_mode") or ()):
        async for part in _events(graph, run, given, config, options, subgraphs=subgraphs):
            yield part
        return
    durability: Any = asked.get("durability") or "sync"
    stream: AsyncIterator[Any] = graph.astream(
        given, config, subgraphs=subgraphs, durability=durability, **options
    )
    async for part in stream:
        if subgraphs:
            yield part
        else:
            yield (), part[0], part[1]


async def _events(
    graph: Pregel[Any, Any, Any, Any],
    run: RunRequest,
    given: Any,
    config: RunnableConfig,
    options: dict[str, Any],
    *,
    subgraphs: bool,
) -> AsyncIterator[tuple[tuple[str, ...], str, Any]]:
    """Everything that LangChain reports of the run, and the parts of the graph's own stream among it."""
    options = {**options, "subgraphs": subgraphs, "durability": run.kwargs.get("durability") or "sync"}
    root = ""
    async for event in graph.astream_events(given, config, version="v2", **options):
        root = root or str(event["run_id"])
        if event["run_id"] == root and event["event"] == "on_chain_stream":
            chunk = event["data"]["chunk"]
            if subgraphs:
                yield chunk
            else:
                yield (), chunk[0], chunk[1]
        yield (), "events", event


def problem_of(error: BaseException) -> dict[str, str]:
    """An error as clients are told of it; secrets are taken out."""
    if isinstance(error, PodiumError):
        return {"error": type(error).__name__, "message": redact(error.message), "code": error.code}
    return {"error": type(error).__name__, "message": redact(str(error))}


def interrupts_of(state: StateSnapshot) -> dict[str, Any]:
    """What waits for a person, by task."""
    return {task.id: plain(task.interrupts) for task in state.tasks if task.interrupts}


def shown_values(graph: Pregel[Any, Any, Any, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """The part of a state that the graph's stream of states tells."""
    shown = graph.output_channels
    names = {shown} if isinstance(shown, str) else set(shown)
    return {name: value for name, value in values.items() if name in names}
