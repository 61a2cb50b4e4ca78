"""A wrapper that keeps what a source gave for a while."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from podium.core.evidence import Evidence
from podium.knowledge.sources.source import Source


@dataclass(frozen=True, slots=True)
class Lookup:
    """What a cache gave.

    Attributes:
        evidence: The evidence.
        fetched: Whether the source was asked for it, which may have cost something.
    """

    evidence: tuple[Evidence, ...]
    fetched: bool


class Cached:
    """Remembers the answers used last. A failure is never remembered.

    Args:
        source: The source.
        seconds: How long an answer is used again; 0 for never.
        size: How many answers are kept.
        now: A clock that never goes back, in seconds.
    """

    def __init__(
        self,
        source: Source,
        *,
        seconds: float,
        size: int = 256,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = source.name
        self._source = source
        self._seconds = seconds
        self._size = size
        self._now = now
        self._kept: OrderedDict[tuple[str, int], tuple[float, tuple[Evidence, ...]]] = OrderedDict()

    async def fetch(self, query: str, k: int) -> Sequence[Evidence]:
        """What the source gives, or gave a while ago."""
        return (await self.look_up(query, k)).evidence

    async def look_up(self, query: str, k: int) -> Lookup:
        """Like `fetch`, telling whether the source was asked."""
        key = (" ".join(query.split()), k)
        held = self._kept.get(key)
        if held is not None and self._now() < held[0]:
            self._kept.move_to_end(key)
            return Lookup(held[1], fetched=False)
        found = tuple(await self._source.fetch(query, k))
        if self._seconds > 0:
            self._kept[key] = (self._now() + self._seconds, found)
            self._kept.move_to_end(key)
            while len(self._kept) > self._size:
                self._kept.popitem(last=False)
        return Lookup(found, fetched=True)
