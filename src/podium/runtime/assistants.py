"""The assistants there are: those that are stored, and one for every served graph that need not be."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from typing import Final

from podium.core.clock import Clock, SystemClock, to_iso
from podium.core.errors import Conflict, NotFound
from podium.core.principal import Access
from podium.storage.assistants import Assistant, AssistantQuery, Assistants, taken_id

_NAMESPACE: Final = uuid.UUID("6ba7b821-9dad-11d1-80b4-00c04fd430c8")
"""What LangGraph's servers derive the id of a graph's own assistant from."""


class AssistantDirectory:
    """Finds assistants by id, or by the graph whose own they are.

    Args:
        stored: The stored ones.
        graphs: Names of the graphs that are served.
        describe: Tells what a graph is for.
        clock: Dates the graphs' own assistants.
    """

    def __init__(
        self,
        stored: Assistants,
        graphs: Iterable[str],
        *,
        describe: Callable[[str], str] | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.stored = stored
        now = to_iso((clock or SystemClock()).now())
        self._own = {name: _own_assistant(name, describe(name) if describe else "", now) for name in graphs}
        self._known = {**self._own, **{one.assistant_id: one for one in self._own.values()}}

    def resolve(self, assistant_id: str, access: Access) -> Assistant:
        """The assistant with this id, or the own one of the graph that is called so.

        Args:
            assistant_id: A UUID or the name of a graph.
            access: What the caller may see.

        Raises:
            NotFound: There is none, or it is another's.
        """
        known = self._known.get(assistant_id)
        if known is not None:
            return known
        try:
            canonical = str(uuid.UUID(assistant_id))
        except ValueError:
            raise NotFound(
                f"no assistant and no graph {assistant_id}",
                hint=f"There are the graphs {', '.join(self._own) or 'none'}.",
            ) from None
        return self._known.get(canonical) or self.stored.get(canonical, access)

    def search(self, query: AssistantQuery, access: Access) -> tuple[list[Assistant], int]:
        """One page of assistants, and how many there are in all."""
        return self.stored.search(query, access, self._own.values())

    async def acreate(self, assistant: Assistant, access: Access, *, keeps: bool) -> Assistant:
        """Store a new assistant.

        Args:
            assistant: The assistant.
            access: What the caller may see.
            keeps: Whether one that is there already is given back as it is.

        Raises:
            NotFound: Its graph is not served.
            Conflict: There is one with this id.
        """
        self.check_graph(assistant.graph_id)
        if (own := self._known.get(assistant.assistant_id)) is not None:
            if keeps:
                return own
            raise taken_id(own.assistant_id)
        return await self.stored.acreate(assistant, access, keeps=keeps)

    def changeable(self, assistant_id: str, access: Access) -> Assistant:
        """The stored assistant that is to be changed or deleted.

        Raises:
            NotFound: There is none, or it is another's.
            Conflict: It is a graph's own.
        """
        found = self.resolve(assistant_id, access)
        if found.assistant_id in self._known:
            raise Conflict(
                f"assistant {assistant_id} comes with its graph and stays as it is",
                hint="Make one of your own with POST /assistants.",
            )
        return found

    def versions(self, found: Assistant, access: Access, query: AssistantQuery) -> list[Assistant]:
        """The versions of an assistant that have the query's metadata, the latest first."""
        if found.assistant_id not in self._known:
            return self.stored.versions(
                found.assistant_id, access, metadata=query.metadata, limit=query.limit, offset=query.offset
            )
        holds = all(found.metadata.get(name) == value for name, value in query.metadata.items())
        return [found][query.offset :][: query.limit] if holds else []

    def check_graph(self, graph_id: str) -> None:
        """Raise unless a graph is served.

        Raises:
            NotFound: None is called so.
        """
        if graph_id not in self._own:
            raise NotFound(
                f"no graph {graph_id}", hint=f"There are the graphs {', '.join(self._own) or 'none'}."
            )


def own_assistant_id(graph_id: str) -> str:
    """The id of the assistant that a graph has of itself, as all of LangGraph's servers derive it."""
    return str(uuid.uuid5(_NAMESPACE, graph_id))


def _own_assistant(graph_id: str, description: str, now: str) -> Assistant:
    return Assistant(
        assistant_id=own_assistant_id(graph_id),
        graph_id=graph_id,
        name=graph_id,
        description=description or None,
        metadata={"created_by": "system"},
        created_at=now,
        updated_at=now,
    )
