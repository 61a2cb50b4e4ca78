"""What a waiting thread relies on, so that it can be told later what no longer fits."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from podium.core.canonical import canonical_digest
from podium.core.model import Model
from podium.graphs.state import STATE_VERSION

if TYPE_CHECKING:
    from podium.core.tool import ToolSpec
    from podium.graphs.build import PodiumGraph

SHOWN = 12
"""Characters of a fingerprint that run records name it by."""


class ToolPrint(Model):
    """What an action that waits relies on.

    Attributes:
        version: As its author counts.
        arguments: Hash of the schema of its arguments.
        effect: Its effect class.
    """

    version: str
    arguments: str
    effect: str


class Fingerprint(Model):
    """The structure of a graph with its tools; prompts, policy and models are no part of it.

    Attributes:
        state: Version of the state's schema.
        nodes: Names of the nodes, sorted.
        edges: Every way from a node to another, sorted.
        tools: What is known of each tool.
    """

    state: int
    nodes: tuple[str, ...]
    edges: tuple[tuple[str, str], ...]
    tools: dict[str, ToolPrint]

    @cached_property
    def hash(self) -> str:
        """Equal for equal structures."""
        return canonical_digest(self.model_dump(mode="json"))[:SHOWN]


def fingerprint_of(graph: PodiumGraph, tools: Iterable[ToolSpec]) -> Fingerprint:
    """The fingerprint of a graph as it is now.

    Args:
        graph: Compiled.
        tools: All its tools.
    """
    drawn = graph.get_graph()
    return Fingerprint(
        state=STATE_VERSION,
        nodes=tuple(sorted(graph.nodes)),
        edges=tuple(sorted((edge.source, edge.target) for edge in drawn.edges)),
        tools={
            spec.name: ToolPrint(
                version=spec.version, arguments=canonical_digest(spec.args_schema)[:SHOWN], effect=spec.effect
            )
            for spec in sorted(tools, key=lambda spec: spec.name)
        },
    )


def misfits(
    before: Fingerprint, now: Fingerprint, *, waits_at: Sequence[str], tools: Collection[str]
) -> tuple[str, ...]:
    """What a thread relied on that is gone or different, in words; empty when it can go on.

    Whatever else changed (other nodes, other edges, other tools) is no obstacle.

    Args:
        before: When the thread began to wait.
        now: The graph that is to go on with it.
        waits_at: The nodes that come next.
        tools: The tools of the actions that wait.
    """
    found: list[str] = []
    if before.state != now.state:
        found.append(f"its state has version {before.state}, this Podium's has {now.state}")
    found += [
        f"the node {node!r} where it goes on is gone" for node in sorted(set(waits_at) - set(now.nodes))
    ]
    for name in sorted(tools):
        found += _tool_misfits(name, before.tools.get(name), now.tools.get(name))
    return tuple(found)


def _tool_misfits(name: str, before: ToolPrint | None, now: ToolPrint | None) -> list[str]:
    if now is None:
        return [f"the tool {name!r} of an action that waits is gone"]
    if before is None or before == now:
        return []
    changes = [
        (before.version != now.version, f"version {before.version!r} is now {now.version!r}"),
        (before.arguments != now.arguments, "it takes other arguments"),
        (before.effect != now.effect, f"it was {before.effect}, and is {now.effect}"),
    ]
    said = ", ".join(words for changed, words in changes if changed)
    return [f"the tool {name!r} of an action that waits has changed: {said}"]
