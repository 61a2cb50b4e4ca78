"""The support desk's graph: the state machine of Podium, node by node and edge by edge."""

from __future__ import annotations

from langchain_core.runnables import RunnableConfig
from langgraph.graph import END, START, StateGraph

from podium.app.factory import graph_context
from podium.graphs import nodes, routes
from podium.graphs.build import PodiumGraph, compile_graph
from podium.graphs.node import Node
from podium.graphs.state import PodiumInput, PodiumOutput, PodiumState


async def support_desk(config: RunnableConfig) -> PodiumGraph:
    """Build the graph.

    Args:
        config: Carries the app's context when Podium calls; another server's call opens the project.
    """
    context = await graph_context(config, __file__)
    graph = StateGraph(PodiumState, input_schema=PodiumInput, output_schema=PodiumOutput)

    graph.add_node("admit", Node(nodes.admit, context, budgeted=False))
    graph.add_node("plan", Node(nodes.plan, context))
    graph.add_node("retrieve", Node(nodes.retrieve, context))
    graph.add_node("execute", Node(nodes.execute, context))
    graph.add_node("critique", Node(nodes.critique, context))
    graph.add_node("human", Node(nodes.human, context, budgeted=False))
    graph.add_node("commit", Node(nodes.commit, context, budgeted=False))
    graph.add_node("respond", Node(nodes.respond, context, budgeted=False))

    graph.add_edge(START, "admit")
    graph.add_conditional_edges("admit", routes.after_admit, ["plan", "respond"])
    graph.add_conditional_edges("plan", routes.after_plan, ["retrieve", "execute", "respond"])
    graph.add_edge("retrieve", "execute")
    graph.add_conditional_edges("execute", routes.after_execute, ["execute", "critique", "respond"])
    graph.add_conditional_edges(
        "critique", routes.after_critique, ["retrieve", "plan", "human", "commit", "respond"]
    )
    graph.add_conditional_edges("human", routes.after_human, ["commit", "plan", "respond"])
    graph.add_conditional_edges("commit", routes.after_commit, ["human", "respond"])
    graph.add_edge("respond", END)

    return compile_graph(graph, context, name="support_desk")
