"""A wrapper that puts the project's labels on what a source gives: trust, access, cost and freshness."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from podium.core.clock import Clock, SystemClock
from podium.core.evidence import Evidence, Trust
from podium.core.ids import digest_of
from podium.knowledge.sources.items import iso_date
from podium.knowledge.sources.source import Source


@dataclass(frozen=True, slots=True)
class Labels:
    """What the project declares of a source.

    Attributes:
        trust: How far its text is trusted.
        access: Who may see it.
        cost: Money for one fetch.
        max_age_days: What is dated longer ago is marked as stale; None for no limit.
    """

    trust: Trust = "untrusted"
    access: str = "public"
    cost: float = 0.0
    max_age_days: float | None = None


class Labelled:
    """Labels evidence as the project declares it, whatever the source says of itself.

    Args:
        source: The source.
        labels: The project's words.
        clock: What time it is.
    """

    def __init__(self, source: Source, labels: Labels, clock: Clock | None = None) -> None:
        self.name = source.name
        self._source = source
        self._labels = labels
        self._clock = clock or SystemClock()

    async def fetch(self, query: str, k: int) -> Sequence[Evidence]:
        """What the source gives, labelled."""
        found = await self._source.fetch(query, k)
        today = self._clock.now().date()
        return [self._labelled(item, today) for item in found]

    def _labelled(self, item: Evidence, today: date) -> Evidence:
        named = item.source.startswith(f"{self.name}/") or item.source == self.name
        age = self._age(item, today)
        metadata = {**item.metadata, "origin": "source"}
        if self._labels.cost:
            metadata["cost"] = self._labels.cost
        if age is not None and self._labels.max_age_days is not None and age > self._labels.max_age_days:
            metadata |= {"stale": True, "age_days": age}
        return item.model_copy(
            update={
                "id": digest_of(f"{self.name}\x1f{item.id}".encode())[:32],
                "source": item.source if named else f"{self.name}/{item.source}",
                "end": item.end if item.end > item.start else item.start + len(item.text),
                "version": item.version or digest_of(item.text.encode()),
                "collection": self.name,
                "trust": self._labels.trust,
                "access": self._labels.access,
                "metadata": metadata,
            }
        )

    def _age(self, item: Evidence, today: date) -> int | None:
        """Days since the date that the item declares; None when it declares none."""
        day = iso_date(item.date)
        return (today - date.fromisoformat(day)).days if day else None
