"""A run service over small graphs, for tests of runs and of what is built on them."""

from __future__ import annotations

import asyncio
import operator
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any, TypedDict

from langchain_core.runnables import RunnableConfig
from langgraph.graph import START, StateGraph
from langgraph.types import interrupt

from podium.core.errors import UnknownName
from podium.core.ids import new_id
from podium.core.principal import Access
from podium.runtime.serving.accepting import Multitask, Offer
from podium.runtime.serving.service import ServedRuns, Sizes
from podium.storage.checkpointer import PodiumSaver
from podium.storage.database import Database
from podium.storage.run_requests import RunRequest, RunRequests

ANYBODY = Access("default")


class State(TypedDict, total=False):
    """What the graphs remember."""

    log: Annotated[list[str], operator.add]


class Gate:
    """Holds a node until it is opened."""

    def __init__(self) -> None:
        self.reached = asyncio.Event()
        self.opened = asyncio.Event()


def graphs_of(gate: Gate) -> dict[str, StateGraph[Any]]:
    """One graph that ends, one that the gate holds, one that asks a person, and one that fails."""

    async def first(_: State) -> State:
        return {"log": ["first"]}

    async def held(_: State) -> State:
        gate.reached.set()
        await gate.opened.wait()
        return {"log": ["held"]}

    async def asks(_: State) -> State:
        return {"log": [interrupt({"question": "go on?"})]}

    async def fails(_: State) -> State:
        raise ValueError("no such luck")

    return {
        "plain": _chain(first),
        "held": _chain(first, held),
        "asks": _chain(first, asks),
        "fails": _chain(fails),
    }


def _chain(*nodes: Any) -> StateGraph[Any]:
    graph: StateGraph[Any] = StateGraph(State)
    graph.add_sequence([(node.__name__, node) for node in nodes])
    graph.add_edge(START, nodes[0].__name__)
    return graph


class SomeGraphs:
    """Graphs by name, stored by a saver."""

    def __init__(self, saver: PodiumSaver, gate: Gate) -> None:
        self._made = {name: graph.compile(checkpointer=saver) for name, graph in graphs_of(gate).items()}

    def names(self) -> tuple[str, ...]:
        return tuple(self._made)

    @asynccontextmanager
    async def opened(
        self, name: str, config: RunnableConfig | None = None, **told: object
    ) -> AsyncIterator[Any]:
        """The graph with this name."""
        del config, told
        if name not in self._made:
            raise UnknownName(f"no graph {name}")
        yield self._made[name]


class RunDesk:
    """A run service and what a test needs around it.

    Attributes:
        runs: The service.
        requests: Its runs.
        database: Where they are.
        gate: Holds the graph `held`.
    """

    def __init__(self, runs: ServedRuns, requests: RunRequests, database: Database, gate: Gate) -> None:
        self.runs = runs
        self.requests = requests
        self.database = database
        self.gate = gate

    async def ask(
        self,
        graph: str = "plain",
        thread: str | None = None,
        strategy: Multitask = "enqueue",
        owner: str = "local:ada",
        **kwargs: Any,
    ) -> RunRequest:
        """Take a run on."""
        told = {"input": {"log": ["in"]}, "stream_mode": ["values", "updates"], **kwargs}
        run = RunRequest(new_id(), thread or new_id(), graph, graph, "default", owner, kwargs=told)
        return await self.runs.accept(Offer(run, ANYBODY, strategy, creates=True))

    def now(self, run: RunRequest) -> RunRequest:
        """The run as it is stored now."""
        return self.requests.get(run.run_id, ANYBODY)

    def thread(self, run: RunRequest) -> tuple[Any, ...]:
        """Status and interrupts of a run's thread."""
        query = "SELECT status, interrupts FROM threads WHERE thread_id=?"
        found: tuple[Any, ...] = self.database.read(
            lambda connection: connection.execute(query, (run.thread_id,)).fetchone()
        )
        return found


@asynccontextmanager
async def run_desk(path: Path, **sizes: Any) -> AsyncIterator[RunDesk]:
    """A run service on a database.

    Args:
        path: The database file.
        sizes: What `Sizes` takes.
    """
    with Database.open(path) as database:
        saver, gate = PodiumSaver(database), Gate()
        runs = ServedRuns(SomeGraphs(saver, gate), saver, database, sizes=Sizes(**sizes))
        async with runs.serving():
            yield RunDesk(runs, RunRequests(database), database, gate)
