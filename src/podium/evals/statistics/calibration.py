"""How far a confidence can be believed: is 0.8 right eight times in ten, does it rank right above wrong?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from podium.core.errors import FigureError
from podium.evals.statistics.intervals import wilson
from podium.evals.statistics.numbers import Floats, Indices, outcomes, probabilities, same_length

Binning: TypeAlias = Literal["equal-width", "equal-mass"]


@dataclass(frozen=True, slots=True)
class Bin:
    """One point of a reliability diagram.

    Attributes:
        low: Lower edge, which belongs to the bin before.
        high: Upper edge, which belongs to this bin.
        n: Cases in it.
        confidence: Their mean confidence.
        right: Their share of right outcomes.
        right_low: Lower limit of that share (Wilson, 95 %).
        right_high: Upper limit.
    """

    low: float
    high: float
    n: int
    confidence: float
    right: float
    right_low: float
    right_high: float


@dataclass(frozen=True, slots=True)
class RiskPoint:
    """One point of a risk-coverage curve.

    Attributes:
        threshold: What is answered: confidence of at least this.
        coverage: Share of cases that are answered.
        risk: Share of these that are wrong.
    """

    threshold: float
    coverage: float
    risk: float


@dataclass(frozen=True, slots=True)
class CalibrationFigures:
    """Everything at once.

    Attributes:
        n: Cases.
        accuracy: Share of right outcomes.
        mean_confidence: Their mean confidence.
        ece_width: Expected calibration error over bins of equal width.
        ece_mass: The same over bins of about equal numbers.
        brier: Mean squared error of the confidence.
        auroc: Chance that a right outcome has more confidence than a wrong one; None where all are alike.
        aurc: Area under the risk-coverage curve.
        bins: Reliability diagram, equal mass.
        curve: Risk-coverage curve.
    """

    n: int
    accuracy: float
    mean_confidence: float
    ece_width: float
    ece_mass: float
    brier: float
    auroc: float | None
    aurc: float
    bins: tuple[Bin, ...]
    curve: tuple[RiskPoint, ...]


def calibration_figures(
    confidence: Sequence[float], right: Sequence[bool] | Sequence[float], *, bins: int = 10
) -> CalibrationFigures:
    """All figures of a confidence.

    Args:
        confidence: Within 0 and 1, one a case.
        right: Whether each outcome was right.
        bins: How many.

    Raises:
        FigureError: Nothing to judge, not as many of both, or values outside their bounds.
    """
    values, truth = _pair(confidence, right)
    mixed = 0 < truth.sum() < truth.size
    mass = reliability(confidence, right, bins=bins, binning="equal-mass")
    return CalibrationFigures(
        n=truth.size,
        accuracy=float(truth.mean()),
        mean_confidence=float(values.mean()),
        ece_width=expected_error(reliability(confidence, right, bins=bins, binning="equal-width")),
        ece_mass=expected_error(mass),
        brier=brier(confidence, right),
        auroc=auroc(confidence, right) if mixed else None,
        aurc=aurc(confidence, right),
        bins=mass,
        curve=risk_coverage(confidence, right),
    )


def reliability(
    confidence: Sequence[float],
    right: Sequence[bool] | Sequence[float],
    *,
    bins: int = 10,
    binning: Binning = "equal-mass",
) -> tuple[Bin, ...]:
    """The bins of a reliability diagram that hold cases.

    Equal confidences share a bin, so bins of equal mass may differ in size.

    Raises:
        FigureError: Nothing to judge, not as many of both, or values outside their bounds.
    """
    if bins < 1:
        raise ValueError("at least one bin")
    values, truth = _pair(confidence, right)
    edges = np.linspace(0.0, 1.0, bins + 1)
    if binning == "equal-mass":
        edges = np.percentile(values, edges * 100)
    places = np.searchsorted(edges[1:-1], values)
    found: list[Bin] = []
    for at in np.unique(places):
        inside = places == at
        n, hits = int(inside.sum()), float(truth[inside].sum())
        low, high = wilson(hits, n)
        edge = float(edges[at]), float(edges[at + 1])
        found.append(Bin(*edge, n, float(values[inside].mean()), hits / n, low, high))
    return tuple(found)


def expected_error(bins: Sequence[Bin]) -> float:
    """Expected calibration error: the mean distance of confidence and truth over the cases of all bins.

    Raises:
        FigureError: There are no bins.
    """
    total = sum(one.n for one in bins)
    if not total:
        raise FigureError("no bins to compute with", hint="Give confidences and outcomes.")
    return sum(one.n * abs(one.confidence - one.right) for one in bins) / total


def brier(confidence: Sequence[float], right: Sequence[bool] | Sequence[float]) -> float:
    """Mean squared error of the confidence (Brier 1950).

    Raises:
        FigureError: Nothing to judge, not as many of both, or values outside their bounds.
    """
    values, truth = _pair(confidence, right)
    return float(np.mean((values - truth) ** 2))


def auroc(confidence: Sequence[float], right: Sequence[bool] | Sequence[float]) -> float:
    """Chance that a right outcome has more confidence than a wrong one; ties count half.

    Raises:
        FigureError: All outcomes are alike, or the input is wrong.
    """
    values, truth = _pair(confidence, right)
    hits = int(truth.sum())
    misses = truth.size - hits
    if not hits or not misses:
        kind = "right" if hits else "wrong"
        raise FigureError(f"all outcomes are {kind}: nothing to rank", hint="Judge cases of both kinds.")
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(count) - (count - 1) / 2)[place]
    return float((ranks[truth == 1].sum() - hits * (hits + 1) / 2) / (hits * misses))


def risk_coverage(
    confidence: Sequence[float], right: Sequence[bool] | Sequence[float]
) -> tuple[RiskPoint, ...]:
    """What is wrong among what would be answered at each threshold (El-Yaniv and Wiener 2010).

    Returns:
        One point for each confidence that occurs, most confident first.

    Raises:
        FigureError: Nothing to judge, not as many of both, or values outside their bounds.
    """
    values, truth = _pair(confidence, right)
    levels, count, wrong = _by_level(values, truth)
    answered, missed = np.cumsum(count), np.cumsum(wrong)
    return tuple(
        RiskPoint(float(level), float(n / truth.size), float(errors / n))
        for level, n, errors in zip(levels, answered, missed, strict=True)
    )


def aurc(confidence: Sequence[float], right: Sequence[bool] | Sequence[float]) -> float:
    """Area under the risk-coverage curve: mean risk over every number of answered cases.

    Equal confidences are answered in any order: what they come to on average counts.

    Raises:
        FigureError: Nothing to judge, not as many of both, or values outside their bounds.
    """
    values, truth = _pair(confidence, right)
    _, count, wrong = _by_level(values, truth)
    rate = np.repeat(wrong / count, count)
    return float(np.mean(np.cumsum(rate) / np.arange(1, truth.size + 1)))


def _by_level(values: Floats, truth: Floats) -> tuple[Floats, Indices, Floats]:
    levels, place, count = np.unique(-values, return_inverse=True, return_counts=True)
    return -levels, count, np.bincount(place, weights=1.0 - truth).astype(float)


def _pair(confidence: Sequence[float], right: Sequence[bool] | Sequence[float]) -> tuple[Floats, Floats]:
    values, truth = probabilities(confidence, "confidences"), outcomes(right, "outcomes")
    same_length("confidences and outcomes", values, truth)
    return values, truth
