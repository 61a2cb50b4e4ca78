"""The orchestrator: the state machine of DESIGN as a LangGraph graph, made of public nodes and routes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

from langgraph.graph import END, START, StateGraph

from podium.core.errors import ConfigError
from podium.graphs import nodes, routes
from podium.graphs.bounds import check_bounds
from podium.graphs.context import GraphContext
from podium.graphs.node import Node
from podium.graphs.routes import Route, ends_of, redirect
from podium.graphs.state import PodiumInput, PodiumOutput, PodiumState

if TYPE_CHECKING:
    from langgraph.graph.state import CompiledStateGraph

    from podium.agents.foreign import AgentLike

PodiumGraph: TypeAlias = "CompiledStateGraph[PodiumState, None, PodiumInput, PodiumOutput]"
PodiumStateGraph: TypeAlias = "StateGraph[PodiumState, None, PodiumInput, PodiumOutput]"
Droppable = Literal["retriever", "critic"]

NODES = ("admit", "plan", "retrieve", "execute", "critique", "human", "commit", "respond")
_BUDGETED = ("plan", "retrieve", "execute", "critique")


def new_graph(
    context: GraphContext, *, agents: Iterable[AgentLike] = (), without: Sequence[Droppable] = ()
) -> PodiumStateGraph:
    """A graph with Podium's nodes and one for each specialist, and no edges yet.

    Args:
        context: What the nodes work with.
        agents: Specialists, and agents that play a role in place of the context's.
        without: Who is left out, as in `build_graph`.

    Raises:
        ConfigError: Two agents have one name, or one has a node's.
    """
    context = staffed(context, agents, without)
    graph = StateGraph(PodiumState, input_schema=PodiumInput, output_schema=PodiumOutput)
    for name in NODES:
        if name != "retrieve" or "retriever" not in without:
            graph.add_node(name, Node(getattr(nodes, name), context, budgeted=name in _BUDGETED))
    for one in context.specialists:
        graph.add_node(one.name, Node(nodes.consult(one), context, beside=len(context.specialists)))
    return graph


def build_graph(
    context: GraphContext,
    *,
    agents: Iterable[AgentLike] = (),
    without: Sequence[Droppable] = (),
    routing: Mapping[str, Route] | None = None,
    name: str = "podium",
) -> PodiumGraph:
    """Podium's own graph, compiled.

    Specialists are asked side by side between `retrieve` and `execute`, each as a node of its own name.

    Args:
        context: What the nodes work with; its checkpointer stores the threads.
        agents: Specialists beside those of the context, and agents that play a role in place of its own.
        without: Who is left out. Without a retriever there is no evidence but the specialists'; without a
            critic nobody judges the answer, the policy's rules still hold, and each action goes to a person.
        routing: The route after a node, in place of Podium's. Its targets are the names in its annotation,
            `-> Literal["plan", "respond"]`; without one, any node.
        name: What traces and servers call the graph.

    Raises:
        ConfigError: Two agents have one name, a name is unknown, or a cycle has no bound.
    """
    context = staffed(context, agents, without)
    graph = new_graph(context, without=without)
    team = [one.name for one in context.specialists]
    work: Route | str = routes.to_agents(context.specialists) if team else "execute"
    search: Route | str = work if "retriever" in without else "retrieve"
    plan_ways: dict[str, Route | str] = {"retrieve": search, "execute": work}
    link = _Links(graph, routing or {})

    graph.add_edge(START, "admit")
    link("admit", routes.after_admit, ["plan", "respond"])
    link("plan", redirect(routes.after_plan, **plan_ways), ["retrieve", "execute", "respond", *team])
    link("retrieve", work, ["execute", *team])
    for one in context.specialists:
        link(one.name, routes.after_agent(one.name), ["execute", *one.contract.hands_to])
    link("execute", routes.after_execute, ["execute", "critique", "respond"])
    again = redirect(routes.after_critique, retrieve=search)
    link("critique", again, ["retrieve", "plan", "human", "commit", "respond", *team])
    link("human", routes.after_human, ["commit", "plan", "respond"])
    link("commit", routes.after_commit, ["human", "respond"])
    graph.add_edge("respond", END)
    link.check()
    return compile_graph(graph, context, name=name)


def compile_graph(graph: StateGraph[Any, Any, Any, Any], context: GraphContext, *, name: str) -> PodiumGraph:
    """Compile a graph with the app's checkpointer.

    Args:
        graph: A graph of Podium's nodes.
        context: The context it was made with.
        name: What traces and servers call the graph.

    Raises:
        ConfigError: A cycle has no bound; the message shows it.
    """
    check_bounds(graph)
    return graph.compile(checkpointer=context.checkpointer, name=name)


def is_governed(graph: object) -> bool:
    """Whether a graph is of Podium's nodes, which decide what may be done and ask people.

    Args:
        graph: A compiled graph, of whatever kind.
    """
    schema = getattr(getattr(graph, "builder", None), "state_schema", None)
    return PodiumState.__annotations__.keys() <= getattr(schema, "__annotations__", {}).keys()


def staffed(
    context: GraphContext, agents: Iterable[AgentLike], without: Sequence[Droppable] = ()
) -> GraphContext:
    """The context with more agents, or without some.

    Args:
        context: The context.
        agents: Specialists to add, and agents that play a role in place of the context's.
        without: Who is left out.

    Raises:
        ConfigError: Two agents have one name, one has a node's, or one cannot be left out.
    """
    for dropped in without:
        if dropped not in get_args(Droppable):
            raise ConfigError(
                f"the graph cannot do without {dropped!r}",
                hint=f"It can do without {' and '.join(get_args(Droppable))}; replace others: agents=[…].",
            )
    if "critic" in without:
        context = replace(context, critic=None)
    given = list(agents)
    if given:
        from podium.agents.foreign import team_of

        specialists, roles = team_of(given, beside=context.specialists)
        context = replace(context, specialists=tuple(specialists))
        playing: dict[str, Any] = {
            role: custom.build(getattr(context, role)) for role, custom in roles.items()
        }
        context = replace(context, **playing)
    for one in context.specialists:
        if one.name in (*NODES, START, END):
            raise ConfigError(
                f"{one.where}: the agent {one.name!r} has the name of a node",
                hint="Give it another name: @agent(name=…), or a role to play: @agent(role=…).",
            )
    return context


class _Links:
    """Draws the edges of a graph, with the caller's routes where there are any."""

    def __init__(self, graph: PodiumStateGraph, own: Mapping[str, Route]) -> None:
        self._graph = graph
        self._own = own
        self._drawn: set[str] = set()

    def __call__(self, node: str, way: Route | str, ends: list[str]) -> None:
        """Draw the edges that leave a node.

        Args:
            node: The node.
            way: Its route, or the one node that follows.
            ends: Where the route may lead; what is not in the graph is passed over.
        """
        if node not in self._graph.nodes:
            return
        self._drawn.add(node)
        if (own := self._own.get(node)) is not None:
            self._graph.add_conditional_edges(node, own, self._ends(own))
        elif isinstance(way, str):
            self._graph.add_edge(node, way)
        else:
            there = [name for name in ends if name in self._graph.nodes]
            self._graph.add_conditional_edges(node, way, there)

    def check(self) -> None:
        """Make sure that the caller's routes are all used.

        Raises:
            ConfigError: One leaves from a node that is not there.
        """
        for node in self._own:
            if node not in self._drawn:
                raise ConfigError(
                    f"there is no node {node!r} to route from", hint=f"There are: {', '.join(self._drawn)}."
                )

    def _ends(self, route: Route) -> list[str]:
        names = list(ends_of(route) or self._graph.nodes)
        for name in names:
            if name not in self._graph.nodes and name != END:
                raise ConfigError(
                    f"a route leads to {name!r}, which is no node",
                    hint=f"There are: {', '.join(self._graph.nodes)}.",
                )
        return names
