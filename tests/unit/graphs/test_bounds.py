"""Cycles that nothing bounds are refused before a graph is run."""

from __future__ import annotations

from typing import Any, Literal

import pytest
from langgraph.graph import END, START, StateGraph

from podium.core.errors import ConfigError
from podium.graphs import routes
from podium.graphs.bounds import check_bounds
from podium.graphs.node import Node


def graph(route: Any, *, node: Any = None) -> StateGraph[Any, Any, Any, Any]:
    made: Any = StateGraph(dict)
    made.add_node("cook", node or (lambda state: state))
    made.add_node("taste", lambda state: state)
    made.add_edge(START, "cook")
    made.add_edge("taste", "cook")
    made.add_conditional_edges("cook", route, ["taste", END])
    return made  # type: ignore[no-any-return] # StateGraph of a plain dict


def again(state: Any) -> Literal["taste", "__end__"]:
    return "taste"


async def _work(state: Any, context: Any, scope: Any) -> dict[str, Any]:
    return {}


def test_a_cycle_without_a_bound_is_shown_with_what_to_do() -> None:
    with pytest.raises(ConfigError, match="cook → taste → cook has no bound") as caught:
        check_bounds(graph(again))
    assert "routes.at_most(3, 'taste'" in caught.value.hint


def test_a_cycle_of_plain_edges_is_refused() -> None:
    made: Any = StateGraph(dict)
    made.add_node("a", lambda state: state)
    made.add_edge(START, "a")
    made.add_edge("a", "a")
    with pytest.raises(ConfigError, match="a → a has no bound"):
        check_bounds(made)


def test_a_route_that_is_vouched_for_is_a_bound() -> None:
    check_bounds(graph(routes.bounded("the pot is full")(again)))


def test_a_route_that_counts_is_a_bound_and_lets_its_node_count() -> None:
    context: Any = None
    node = Node(_work, context)
    check_bounds(graph(routes.at_most(3, "cook", again), node=node))
    assert node.counted


@pytest.mark.parametrize(
    ("node", "said"),
    [("taste", "after 'cook' counts the runs of 'taste'"), ("cook", "does not count its runs")],
)
def test_a_count_that_would_not_count_is_refused(node: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        check_bounds(graph(routes.at_most(3, node, again)))
