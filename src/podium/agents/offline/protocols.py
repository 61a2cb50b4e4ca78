"""What the offline agents need from below, as small protocols."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from podium.core.evidence import Evidence


class Search(Protocol):
    """Finds passages in the knowledge base."""

    async def __call__(self, query: str, k: int, /) -> Sequence[Evidence]:
        """At most `k` passages, best first."""
        ...


class Similarity(Protocol):
    """Compares one text with several by meaning."""

    async def __call__(self, query: str, texts: Sequence[str], /) -> Sequence[float]:
        """The cosine of the query with each text, in -1..1."""
        ...
