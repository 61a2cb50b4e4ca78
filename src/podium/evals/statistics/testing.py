"""Tests of paired results: is what differs more than chance?"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from podium.evals.statistics.numbers import Floats, Indices, finite

FLIPS = 9_999
EXACT_UNITS, MANY_UNITS = 12, 4_000
"""Up to the first all signs are tried; from the second, the normal distribution stands for them."""

_CHUNK = 4_000_000


def mcnemar(worse: int, better: int, *, mid: bool = True) -> float:
    """One-sided McNemar test: how likely are so many pairs that got worse, if nothing changed?

    Args:
        worse: Pairs right before and wrong now.
        better: Pairs wrong before and right now.
        mid: Count what was seen by half (mid-p: Fagerland et al. 2013); exact and more cautious otherwise.

    Returns:
        The p-value; 1 (exact) or 0.5 (mid-p) where no pair differs.
    """
    from scipy import special

    pairs = worse + better
    exact = float(special.bdtrc(worse - 1, pairs, 0.5)) if worse > 0 else 1.0
    return exact - 0.5 * _binomial_half(worse, pairs) if mid else exact


def two_sided(one: float, other: float) -> float:
    """The p-value against both directions, of the p-values against each."""
    return min(1.0, 2 * min(one, other))


def sign_flip(losses: Floats, *, seed: int = 0) -> float:
    """How likely is so large a total loss, if each unit were as likely to gain it?

    A permutation test: of the two runs of an unchanged system either could have been the first.

    Args:
        losses: How much each independent unit lost; negative for a gain.
        seed: Of the signs, where there are too many to try all.
    """
    moved = losses[losses != 0]
    total = float(moved.sum())
    if moved.size == 0:
        return 0.5
    if moved.size > MANY_UNITS:
        return 0.5 * math.erfc(total / math.sqrt(2 * float(moved @ moved)))
    slack = 1e-12 * float(np.abs(moved).sum())
    if moved.size <= EXACT_UNITS:
        signs = 1 - 2 * ((np.arange(2**moved.size)[:, None] >> np.arange(moved.size)) & 1)
        totals = signs @ moved
        above, equal = float((totals > total + slack).mean()), float((np.abs(totals - total) <= slack).mean())
        return above + 0.5 * equal
    return _drawn(moved, total, slack, seed)


def _drawn(moved: Floats, total: float, slack: float, seed: int) -> float:
    rng = np.random.default_rng(seed)
    rows = max(1, _CHUNK // moved.size)
    above = equal = 0
    for start in range(0, FLIPS, rows):
        some = min(rows, FLIPS - start)
        signs = 1.0 - 2.0 * rng.integers(0, 2, size=(some, moved.size), dtype=np.int8)
        totals = signs @ moved
        above += int((totals > total + slack).sum())
        equal += int((np.abs(totals - total) <= slack).sum())
    return (above + 0.5 * equal + 0.5) / (FLIPS + 1)


def holm(p_values: Sequence[float]) -> list[float]:
    """P-values corrected for their number: the chance of one false alarm among all (Holm 1979).

    Args:
        p_values: One for each metric.

    Raises:
        FigureError: There are none, or one is no number.
    """
    values = finite(p_values, "p-values")
    order = np.argsort(values, kind="stable")
    raised = np.maximum.accumulate(values[order] * np.arange(values.size, 0, -1))
    return _back(np.minimum(raised, 1.0), order)


def benjamini_hochberg(p_values: Sequence[float]) -> list[float]:
    """P-values corrected for the share of false alarms among the alarms (Benjamini and Hochberg 1995).

    Args:
        p_values: One for each metric.

    Raises:
        FigureError: There are none, or one is no number.
    """
    values = finite(p_values, "p-values")
    order = np.argsort(values, kind="stable")
    scaled = values[order] * values.size / np.arange(1, values.size + 1)
    return _back(np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0), order)


def _back(sorted_values: Floats, order: Indices) -> list[float]:
    found = np.empty_like(sorted_values)
    found[order] = sorted_values
    return [float(value) for value in found]


def _binomial_half(successes: int, trials: int) -> float:
    """Chance of exactly so many heads."""
    log = math.lgamma(trials + 1) - math.lgamma(successes + 1) - math.lgamma(trials - successes + 1)
    return math.exp(log - trials * math.log(2))
