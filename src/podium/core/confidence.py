"""How sure a turn is, why, and where that sends it."""

from __future__ import annotations

from typing import Literal

from podium.core.model import Model

Route = Literal["answer", "act", "gather", "replan", "clarify", "escalate", "abstain", "refuse", "stop"]
"""Where the critique sends a turn. `abstain` answers honestly that nothing supports an answer; `stop`
ends with what there is because a budget is spent."""


class Factor(Model):
    """One named reason for the score."""

    name: str
    value: float
    """In 0..1; higher speaks for acting."""
    weight: float = 1.0
    """How much it counts; weights of a policy need not sum to one."""


class Confidence(Model):
    """The probability that the turn's answer or actions are right, with its reasons."""

    score: float
    """In 0..1."""
    factors: tuple[Factor, ...] = ()
    reasons: tuple[str, ...] = ()
    """Stable reason codes, such as `thin_support` or `irreversible_effect`."""
    uncalibrated: float | None = None
    """The score before the calibration; None in records of earlier versions."""
    calibrated: bool = False
    """Whether a fitted calibration stands behind the score."""
