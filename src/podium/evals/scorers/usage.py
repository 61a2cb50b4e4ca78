"""Scorers of what a case took: the plain amounts, of which less is better."""

from __future__ import annotations

from typing import ClassVar

from podium.evals.case import Case
from podium.evals.observation import Observation
from podium.evals.score import Score
from podium.evals.scorers.base import BuiltIn, scored, unjudged


class _Amount(BuiltIn):
    lower_is_better: ClassVar[bool] = True


class Seconds(_Amount):
    """Wall-clock seconds."""

    def __call__(self, case: Case, observed: Observation, /) -> Score:  # noqa: ARG002 - holds for every case
        """The amount."""
        return scored(observed.seconds)


class Steps(_Amount):
    """Steps of the graph."""

    def __call__(self, case: Case, observed: Observation, /) -> Score:  # noqa: ARG002 - holds for every case
        """The amount."""
        return scored(observed.steps)


class ModelCalls(_Amount):
    """Calls of chat models."""

    def __call__(self, case: Case, observed: Observation, /) -> Score:  # noqa: ARG002 - holds for every case
        """The amount."""
        return scored(observed.model_calls)


class Tokens(_Amount):
    """Tokens sent and received."""

    def __call__(self, case: Case, observed: Observation, /) -> Score:  # noqa: ARG002 - holds for every case
        """The amount."""
        return scored(
            observed.input_tokens + observed.output_tokens,
            input=observed.input_tokens,
            output=observed.output_tokens,
        )


class Cost(_Amount):
    """Money spent; no value where a model's price is not known."""

    def __call__(self, case: Case, observed: Observation, /) -> Score:  # noqa: ARG002 - holds for every case
        """The amount."""
        return unjudged("a price is not known") if observed.cost is None else scored(observed.cost)
