"""Resources of an MCP server as a source."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from podium.core.evidence import Evidence
from podium.knowledge.sources.items import evidence_of


class Resources(Protocol):
    """What a source needs of an MCP server."""

    async def read(self, uris: Sequence[str], most: int) -> Sequence[dict[str, str]]:
        """Texts of resources, each with `source` (its URI), `title` and `text`.

        Args:
            uris: Which ones; all that the server lists when empty.
            most: How many at most.

        Raises:
            SourceUnavailable: The server cannot be started or reached, or died.
            SourceError: It refused.
        """
        ...


class McpSource:
    """Reads the resources of an MCP server; what speaks to the question is picked by the score.

    Args:
        name: The source's name.
        server: The server.
        uris: Which resources; all that the server lists when empty.
        most: How many are read at most.
    """

    def __init__(self, name: str, server: Resources, *, uris: Sequence[str] = (), most: int = 50) -> None:
        self.name = name
        self._server = server
        self._uris = tuple(uris)
        self._most = most

    async def fetch(self, _query: str, _k: int) -> Sequence[Evidence]:
        """The texts of the resources, cut into passages.

        Raises:
            SourceUnavailable: The server cannot be started or reached, or died.
            SourceError: It refused.
        """
        return evidence_of(self.name, await self._server.read(self._uris, self._most))
