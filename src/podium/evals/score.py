"""A judgement on one run of a case, and the contract of those that give it."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from typing import Protocol, TypeAlias

from podium.core.model import JsonObject, Model
from podium.evals.case import Case
from podium.evals.observation import Observation


class Score(Model):
    """One figure of one run.

    A value is finite. A scorer that cannot judge gives no value and says why: that is never counted as a
    pass nor as a zero.
    """

    name: str
    value: float | None = None
    """Usually within 0 and 1; seconds, tokens and money for those."""
    reason: str = ""
    details: JsonObject = {}
    error: str = ""
    """Why the scorer failed; then there is no value."""

    @property
    def judged(self) -> bool:
        """Whether there is a value."""
        return self.value is not None


Judgement: TypeAlias = Score | float | bool | None | Mapping[str, float | bool | None]
"""What a scorer of one's own may give; None where it does not apply to the case."""


class Scorer(Protocol):
    """Judges one run of a case. Sync or async; plain functions fit."""

    def __call__(self, case: Case, observed: Observation, /) -> Judgement | Awaitable[Judgement]:
        """The judgement; raising counts as an error of the scorer and never as a score."""
        ...
