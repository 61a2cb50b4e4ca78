"""The orchestrator: the state machine of DESIGN as a LangGraph graph, made of public nodes and routes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from langgraph.graph import END, START, StateGraph

from podium.graphs import nodes, routes
from podium.graphs.context import GraphContext
from podium.graphs.node import Node
from podium.graphs.state import PodiumInput, PodiumOutput, PodiumState

if TYPE_CHECKING:
    from langgraph.graph.state import CompiledStateGraph

PodiumGraph: TypeAlias = "CompiledStateGraph[PodiumState, None, PodiumInput, PodiumOutput]"


def new_graph(context: GraphContext) -> StateGraph[PodiumState, None, PodiumInput, PodiumOutput]:
    """A graph with all eight nodes and no edges yet.

    Args:
        context: What the nodes work with.
    """
    graph = StateGraph(PodiumState, input_schema=PodiumInput, output_schema=PodiumOutput)
    for function in (nodes.plan, nodes.retrieve, nodes.execute, nodes.critique):
        graph.add_node(function.__name__, Node(function, context))
    for function in (nodes.admit, nodes.human, nodes.commit, nodes.respond):
        graph.add_node(function.__name__, Node(function, context, budgeted=False))
    return graph


def build_graph(context: GraphContext, *, name: str = "podium") -> PodiumGraph:
    """Podium's own graph, compiled.

    Args:
        context: What the nodes work with; its checkpointer stores the threads.
        name: What traces and servers call the graph.
    """
    graph = new_graph(context)
    graph.add_edge(START, "admit")
    graph.add_conditional_edges("admit", routes.after_admit, ["plan", "respond"])
    graph.add_conditional_edges("plan", routes.after_plan, ["retrieve", "execute", "respond"])
    graph.add_edge("retrieve", "execute")
    graph.add_conditional_edges("execute", routes.after_execute, ["execute", "critique", "respond"])
    graph.add_conditional_edges(
        "critique", routes.after_critique, ["retrieve", "plan", "human", "commit", "respond"]
    )
    graph.add_conditional_edges("human", routes.after_human, ["commit", "plan", "respond"])
    graph.add_edge("commit", "respond")
    graph.add_edge("respond", END)
    return compile_graph(graph, context, name=name)


def compile_graph(graph: StateGraph[Any, Any, Any, Any], context: GraphContext, *, name: str) -> PodiumGraph:
    """Compile a graph with the app's checkpointer.

    Args:
        graph: A graph made by `new_graph`.
        context: The context it was made with.
        name: What traces and servers call the graph.
    """
    return graph.compile(checkpointer=context.checkpointer, name=name)
