"""Any LangGraph graph as a target."""

from __future__ import annotations

import inspect
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from podium.core.errors import ConfigError
from podium.core.ids import new_id
from podium.core.model import JsonObject
from podium.evals.case import Case, Turn
from podium.evals.observation import Observation
from podium.evals.suite import GraphSpec
from podium.evals.targets.exchange import INTERRUPT, graph_input, observed, resume_value
from podium.evals.targets.outputs import plain
from podium.evals.world import World

if TYPE_CHECKING:
    from langgraph.pregel import Pregel


class GraphTarget:
    """Runs cases on a graph, each in a thread of its own.

    A graph without a checkpointer is given one in memory, so that it can wait for decisions.

    Args:
        given: A compiled graph, one to be compiled, or a factory of one.
        spec: How input and output are shaped.
    """

    def __init__(self, given: object, spec: GraphSpec) -> None:
        self._given = given
        self._spec = spec
        self._graph: Pregel[Any, Any, Any, Any] | None = None
        self.name = f"graph {spec.graph}"

    @property
    def versions(self) -> Mapping[str, str]:
        """The digest of the graph's drawing."""
        if self._graph is None:
            return {}
        from podium.core.ids import digest_of

        return {"graph": digest_of(self._graph.get_graph().draw_mermaid().encode())[:16]}

    async def open(self) -> None:
        """Make the graph.

        Raises:
            ConfigError: It is no graph.
        """
        from langgraph.graph import StateGraph
        from langgraph.pregel import Pregel

        made: Any = self._given
        if callable(made) and not isinstance(made, Pregel | StateGraph):
            made = await _called(made)
        if isinstance(made, StateGraph):
            made = made.compile()
        if not isinstance(made, Pregel):
            raise ConfigError(
                f"{self._spec.graph} is a {type(made).__name__}, and no graph",
                hint="Name a compiled LangGraph graph, or a function that returns one.",
            )
        self._graph = made

    async def run(self, case: Case, world: World, /) -> Observation:  # noqa: ARG002 - a graph has no world
        """Run the case through the graph."""
        if case.faults:
            raise ConfigError(
                "faults are injected into projects only", hint="Evaluate a project, or take the faults out."
            )
        began = time.perf_counter()
        run = _Run(self._with_saver(), self._spec)
        for turn in case.turns or (Turn(user=""),):
            await run.take(turn, case.input if not case.turns else turn.user)
        found = observed(
            run.values,
            trajectory=run.trajectory,
            output=self._spec.output,
            waits=bool(run.interrupts),
            turns=run.turns,
        )
        return found.model_copy(update={"seconds": round(time.perf_counter() - began, 6)})

    async def close(self) -> None:
        """Nothing is held."""

    def _with_saver(self) -> Pregel[Any, Any, Any, Any]:
        assert self._graph is not None  # noqa: S101 - the runner opens a target first
        if self._graph.checkpointer:
            return self._graph
        from langgraph.checkpoint.memory import InMemorySaver

        return self._graph.copy(update={"checkpointer": InMemorySaver()})


class _Run:
    """One case in one thread."""

    def __init__(self, graph: Pregel[Any, Any, Any, Any], spec: GraphSpec) -> None:
        self._graph = graph
        self._spec = spec
        self._config: Any = {"configurable": {"thread_id": new_id()}}
        self.values: Any = None
        self.trajectory: list[str] = []
        self.interrupts: list[Any] = []
        self.turns: list[JsonObject] = []

    async def take(self, turn: Turn, value: Any) -> None:
        """Take one turn; a decision where nothing waits is left out, and a rollback is none of a graph's."""
        from langgraph.types import Command

        if turn.user is not None:
            given: Any = graph_input(self._spec.input, value)
        elif turn.decision == "rollback" or not self.interrupts:
            return
        else:
            given = Command(resume=resume_value(turn, self.interrupts))
        self.interrupts = []
        part: Any
        async for mode, part in self._graph.astream(given, self._config, stream_mode=["updates", "values"]):
            if mode == "values":
                self.values = part
                continue
            for node, update in part.items():
                self.trajectory.append(node)
                if node == INTERRUPT:
                    self.interrupts += [one.value for one in update]
        self.turns.append({"interrupts": plain(self.interrupts)})


async def _called(factory: Callable[..., Any]) -> Any:
    takes_config = any(one.default is one.empty for one in inspect.signature(factory).parameters.values())
    made = factory({"configurable": {}}) if takes_config else factory()
    return await made if inspect.isawaitable(made) else made
