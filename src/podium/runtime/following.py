"""Following a run from the request that asks for it, through the queue, to where it is carried out."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from podium.storage.run_requests import TRACE

if TYPE_CHECKING:
    from langchain_core.runnables import RunnableConfig
    from langgraph.pregel import Pregel

    from podium.storage.run_requests import RunRequest
    from podium.telemetry.telemetry import Telemetry


class Followed(Protocol):
    """A run, whoever carries it out."""

    @property
    def run_id(self) -> str:
        """Names the run."""
        ...

    @property
    def thread_id(self) -> str:
        """The thread that it runs in."""
        ...


Around: TypeAlias = "Callable[[Followed], AbstractContextManager[None]]"
"""What else follows a run while it is carried out."""


def nothing_around(run: Followed) -> AbstractContextManager[None]:
    """Nothing else follows a run."""
    del run
    return nullcontext()


@dataclass(frozen=True, slots=True)
class Following:
    """Traces runs; without telemetry only what else follows them does anything.

    Attributes:
        telemetry: Makes spans.
        around: What else follows a run.
        hears: Records what graphs of others do within their runs; those of Podium's nodes do so themselves.
    """

    telemetry: Telemetry | None = None
    around: Around = nothing_around
    hears: Telemetry | None = None

    def asked(self, run: RunRequest) -> RunRequest:
        """The run, with what its trace goes on from noted in it; the request's span is told its ids."""
        span = self.telemetry.current() if self.telemetry is not None else None
        if span is None:
            return run
        span.ids.update(thread_id=run.thread_id, run_id=run.run_id)
        trace = {"parent": span.traceparent, "request_id": span.ids.get("request_id", "")}
        return replace(run, kwargs={**run.kwargs, TRACE: trace})

    @contextmanager
    def carried_out(self, run: RunRequest) -> Iterator[None]:
        """The span of a run while it is carried out."""
        if self.telemetry is None:
            with self.around(run):
                yield
            return
        trace = run.kwargs.get(TRACE) or {}
        span = self.telemetry.served(
            "run",
            run.graph_id,
            trace.get("parent", ""),
            thread_id=run.thread_id,
            run_id=run.run_id,
            request_id=trace.get("request_id", ""),
        )
        with span, self.around(run):
            yield

    @asynccontextmanager
    async def heard(
        self, run: RunRequest, graph: Pregel[Any, Any, Any, Any], config: RunnableConfig
    ) -> AsyncIterator[RunnableConfig]:
        """The configuration under which what a graph does is recorded until the end of the block.

        Nothing is recorded of a thread that goes with its run, nor of nodes that record what they do.

        Args:
            run: The run.
            graph: What is carried out.
            config: The run's configuration.
        """
        if self.hears is None or run.temporary or _records_itself(graph):
            yield config
            return
        from podium.runtime.hearing import Hearing

        hearing = Hearing(self.hears, thread_id=run.thread_id, run_id=run.run_id)
        try:
            yield {**config, "callbacks": [hearing]}
        finally:
            hearing.close()
            if hearing.worth:
                await self.hears.flush()


def _records_itself(graph: Pregel[Any, Any, Any, Any]) -> bool:
    from podium.graphs.node import Node

    return any(isinstance(node.bound, Node) for node in graph.nodes.values())
