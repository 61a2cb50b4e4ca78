"""The seam for knowledge that is not in the index: a database, a service, a function."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from podium.core.evidence import Evidence


class Source(Protocol):
    """Something that can be asked for evidence.

    ::

        class Rates:
            name = "rates"

            async def fetch(self, query: str, k: int) -> Sequence[Evidence]:
                return [Evidence(id="eur", source="rates/eur", text="One euro is 1.08 dollars.")]

    What it gives is scored by the same measure as documents, so it need not fill `score`.
    """

    @property
    def name(self) -> str:
        """Its name, unique in a project."""
        ...

    async def fetch(self, query: str, k: int, /) -> Sequence[Evidence]:
        """What speaks to the query.

        Args:
            query: A question or words.
            k: How many passages are wanted; more are cut off.

        Raises:
            SourceUnavailable: It may work again in a moment.
            SourceError: It failed, or gave what cannot be used.
        """
        ...


@dataclass(frozen=True, slots=True)
class Found:
    """What came of asking several sources.

    Attributes:
        evidence: Best first.
        failed: Names of the sources that could not answer.
        cost: Money spent.
    """

    evidence: tuple[Evidence, ...] = ()
    failed: tuple[str, ...] = ()
    cost: float = 0.0
