"""Looking for cycles that nothing bounds, before a graph is ever run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from langgraph.graph import END, StateGraph
from langgraph.graph._branch import BranchSpec

from podium.core.errors import ConfigError
from podium.graphs.node import Node
from podium.graphs.routes import bound_of, counted_by

Edges = Mapping[str, set[str]]


def check_bounds(graph: StateGraph[Any, Any, Any, Any]) -> None:
    """Make sure that every cycle passes a route that is bounded, and let the counted nodes count.

    Args:
        graph: What is about to be compiled.

    Raises:
        ConfigError: A cycle has no bound, or a route counts the runs of a node that does not count.
    """
    for source, branch in _branches(graph):
        if node := counted_by(_function(branch)):
            _count(graph, source, node)
    cycle = _cycle(_unbounded(graph))
    if cycle:
        raise ConfigError(
            f"the cycle {' → '.join(cycle)} has no bound: a turn could go round in it for ever",
            hint=f"Bound a route in it: routes.at_most(3, {cycle[-2]!r}, ROUTE, otherwise='respond')."
            " A route without '-> Literal[…]' may lead anywhere.",
        )


def _unbounded(graph: StateGraph[Any, Any, Any, Any]) -> Edges:
    """The edges that may be taken any number of times."""
    edges: dict[str, set[str]] = {name: set() for name in graph.nodes}
    for source, target in graph.edges:
        edges.setdefault(source, set()).add(target)
    for sources, target in graph.waiting_edges:
        for source in sources:
            edges.setdefault(source, set()).add(target)
    for name, spec in graph.nodes.items():
        edges[name].update(spec.ends or ())
    for source, branch in _branches(graph):
        if not bound_of(_function(branch)):
            ends = branch.ends.values() if branch.ends else graph.nodes
            edges.setdefault(source, set()).update(ends)
    return edges


def _branches(graph: StateGraph[Any, Any, Any, Any]) -> Iterator[tuple[str, BranchSpec]]:
    for source, named in graph.branches.items():
        for branch in named.values():
            yield source, branch


def _function(branch: BranchSpec) -> Any:
    path: Any = branch.path
    return getattr(path, "func", None) or getattr(path, "afunc", None) or path


def _count(graph: StateGraph[Any, Any, Any, Any], source: str, node: str) -> None:
    if source != node:
        raise ConfigError(
            f"the route after {source!r} counts the runs of {node!r}",
            hint=f"Name the node that it leaves from: routes.at_most(…, {source!r}, …).",
        )
    runnable = graph.nodes[node].runnable
    if not isinstance(runnable, Node):
        raise ConfigError(
            f"the node {node!r} does not count its runs", hint=f"Wrap it: Node({node}, context)."
        )
    runnable.counted = True


def _cycle(edges: Edges) -> list[str]:
    """A cycle, with its first node again at the end; empty when there is none."""
    done: set[str] = set()

    def search(path: list[str]) -> list[str]:
        for target in sorted(edges.get(path[-1], ())):
            if target in path:
                return [*path[path.index(target) :], target]
            if target not in done and target != END and (found := search([*path, target])):
                return found
        done.add(path[-1])
        return []

    for name in edges:
        if name not in done and (found := search([name])):
            return found
    return []
