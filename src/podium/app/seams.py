"""Where an app meets what is outside it, and what may be put in between: faults, records, replays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from podium.agents.contracts import Role

if TYPE_CHECKING:
    from podium.agents.offline.protocols import Search
    from podium.app.similarity import KnowledgeSimilarity
    from podium.knowledge.knowledge_base import KnowledgeBase
    from podium.knowledge.sources.source import Source
    from podium.models.resolver import ResolvedModel
    from podium.tools.tool import Tool

T = TypeVar("T")
Resolve: TypeAlias = "Callable[[str], ResolvedModel | None]"
"""Finds the model of a name; None for `offline`."""


def unchanged(value: T) -> T:
    """The value as it is."""
    return value


def _own(role: Role, model: ResolvedModel | None) -> ResolvedModel | None:  # noqa: ARG001 - one signature
    return model


def _resolved(name: str, resolve: Resolve) -> ResolvedModel | None:
    return resolve(name)


@dataclass(frozen=True, slots=True)
class Seams:
    """What stands between an app and the outside. The default puts nothing there.

    Attributes:
        knowledge: A knowledge base that several apps share; whoever lends it closes it.
        similarity: What compares texts, shared likewise.
        resolve: Given a model's name and what finds it; gives the model, whoever is asked.
        model: Given a role and its model, None for offline; gives what plays it.
        search: Given the search in the documents; gives what is asked in its place.
        source: Given a source beside the documents; gives what is asked in its place.
        tool: Given a tool; gives what is called in its place, under the same name.
        awaits_keys: Whether a model whose key is not there is waited for, as by a server, which must not be
            down for it; else the app is not opened.
        simulate: Whether actions are only simulated, so that nothing outside is changed.
    """

    knowledge: KnowledgeBase | None = None
    similarity: KnowledgeSimilarity | None = None
    resolve: Callable[[str, Resolve], ResolvedModel | None] = _resolved
    model: Callable[[Role, ResolvedModel | None], ResolvedModel | None] = _own
    search: Callable[[Search], Search] = unchanged
    source: Callable[[Source], Source] = unchanged
    tool: Callable[[Tool], Tool] = unchanged
    awaits_keys: bool = False
    simulate: bool = False
