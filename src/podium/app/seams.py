"""Where an app meets what is outside it, and what may be put in between: faults, records, replays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from podium.agents.contracts import Role

if TYPE_CHECKING:
    from podium.agents.offline.protocols import Search
    from podium.app.similarity import KnowledgeSimilarity
    from podium.knowledge.knowledge_base import KnowledgeBase
    from podium.knowledge.sources.source import Source
    from podium.models.resolver import ResolvedModel
    from podium.tools.tool import Tool

T = TypeVar("T")


def unchanged(value: T) -> T:
    """The value as it is."""
    return value


def _own(role: Role, model: ResolvedModel | None) -> ResolvedModel | None:  # noqa: ARG001 - one signature
    return model


@dataclass(frozen=True, slots=True)
class Seams:
    """What stands between an app and the outside. The default puts nothing there.

    Attributes:
        knowledge: A knowledge base that several apps share; whoever lends it closes it.
        similarity: What compares texts, shared likewise.
        model: Given a role and its model, None for offline; gives what plays it.
        search: Given the search in the documents; gives what is asked in its place.
        source: Given a source beside the documents; gives what is asked in its place.
        tool: Given a tool; gives what is called in its place, under the same name.
    """

    knowledge: KnowledgeBase | None = None
    similarity: KnowledgeSimilarity | None = None
    model: Callable[[Role, ResolvedModel | None], ResolvedModel | None] = _own
    search: Callable[[Search], Search] = unchanged
    source: Callable[[Source], Source] = unchanged
    tool: Callable[[Tool], Tool] = unchanged
