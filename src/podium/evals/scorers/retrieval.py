"""Scorers of a retrieval's first k hits against the gains of what is relevant."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Annotated

from pydantic import Field

from podium.evals.case import Case
from podium.evals.observation import Observation
from podium.evals.score import Score
from podium.evals.scorers.base import BuiltIn, scored
from podium.evals.scorers.sources import same_source


class _AtK(BuiltIn):
    k: Annotated[int, Field(ge=1)] = 10
    """How many of the first hits count."""

    def __call__(self, case: Case, observed: Observation, /) -> Score | None:
        """The score; None where the case names nothing relevant."""
        relevant = {name: gain for name, gain in case.expected.relevant.items() if gain > 0}
        if not relevant:
            return None
        gains = gains_of(observed, relevant)
        return scored(self.measure(gains[: self.k], sorted(relevant.values(), reverse=True)))

    @abstractmethod
    def measure(self, gains: Sequence[float], ideal: Sequence[float]) -> float:
        """The figure.

        Args:
            gains: Of the first hits, in order; at most k, 0 for what is not relevant.
            ideal: Of all that is relevant, highest first.
        """


class Hit(_AtK):
    """1 when anything relevant is among the first k."""

    def measure(self, gains: Sequence[float], ideal: Sequence[float]) -> float:  # noqa: ARG002
        """The figure."""
        return float(any(gains))


class Recall(_AtK):
    """Share of what is relevant that is among the first k."""

    def measure(self, gains: Sequence[float], ideal: Sequence[float]) -> float:
        """The figure."""
        return _hits(gains) / len(ideal)


class Precision(_AtK):
    """Share of the first k, or of all where there are fewer, that is relevant."""

    def measure(self, gains: Sequence[float], ideal: Sequence[float]) -> float:  # noqa: ARG002
        """The figure."""
        return _hits(gains) / len(gains) if gains else 0.0


class Ndcg(_AtK):
    """Discounted gain over the best that is possible in k (Järvelin and Kekäläinen 2002)."""

    def measure(self, gains: Sequence[float], ideal: Sequence[float]) -> float:
        """The figure."""
        return _discounted(gains) / _discounted(ideal[: self.k])


class Mrr(_AtK):
    """One over the place of the first relevant hit; 0 when none is among the first k."""

    def measure(self, gains: Sequence[float], ideal: Sequence[float]) -> float:  # noqa: ARG002
        """The figure."""
        return next((1 / place for place, gain in enumerate(gains, 1) if gain), 0.0)


def gains_of(observed: Observation, relevant: Mapping[str, float]) -> list[float]:
    """The gain of each hit in order, by its id or its source; what was hit before gains nothing more.

    Args:
        observed: What was retrieved.
        relevant: Gains by id or source.
    """
    left = dict(relevant)
    gains: list[float] = []
    seen: set[str] = set()
    for hit in observed.retrieved:
        if hit.id in seen:
            continue  # the same chunk again takes no place of its own
        seen.add(hit.id)
        name = hit.id if hit.id in left else next((one for one in left if same_source(one, hit.source)), None)
        gains.append(left.pop(name) if name is not None else 0.0)
    return gains


def _hits(gains: Sequence[float]) -> int:
    return sum(1 for gain in gains if gain)


def _discounted(gains: Sequence[float]) -> float:
    return sum(gain / math.log2(place + 1) for place, gain in enumerate(gains, 1))
