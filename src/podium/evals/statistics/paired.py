"""Two runs of the same cases: better, worse, or cannot tell; and how many cases would tell."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import NormalDist
from typing import Literal, TypeAlias

import numpy as np

from podium.evals.statistics.intervals import Interval, mean_interval
from podium.evals.statistics.numbers import Floats, Indices, finite, groups, same_length
from podium.evals.statistics.testing import benjamini_hochberg, holm, mcnemar, sign_flip, two_sided

Verdict: TypeAlias = Literal["better", "worse", "cannot tell"]
Correction: TypeAlias = Literal["holm", "benjamini-hochberg", "none"]


@dataclass(frozen=True, slots=True)
class Comparison:
    """One metric of two runs of the same cases.

    Attributes:
        baseline: Mean before.
        candidate: Mean now.
        difference: Candidate less baseline, with its interval.
        gained: Cases that scored better now; by `higher_is_better`.
        lost: Cases that scored worse now.
        p_worse: How likely so large a loss is if nothing changed.
        p_better: How likely so large a gain is if nothing changed.
        p_value: Against both, corrected where several metrics were compared.
        verdict: What can be said.
        needed: Cases that would tell a true difference as large as the one seen nine times in ten; None
            where no difference was seen.
        higher_is_better: Whether more is better.
    """

    baseline: float
    candidate: float
    difference: Interval
    gained: int
    lost: int
    p_worse: float
    p_better: float
    p_value: float
    verdict: Verdict
    needed: int | None
    higher_is_better: bool = True


def compare(
    baseline: Sequence[float] | Floats,
    candidate: Sequence[float] | Floats,
    clusters: Sequence[Hashable] | None = None,
    *,
    higher_is_better: bool = True,
    level: float = 0.95,
    seed: int = 0,
) -> Comparison:
    """Compare two runs case by case.

    Right or wrong with every case on its own is McNemar's test (mid-p) with the interval of Bonett and Price
    (2012). Anything else is a permutation test of each cluster's sum, with the paired bootstrap's interval.

    Args:
        baseline: One value a case.
        candidate: One value for each of the same cases, in the same order.
        clusters: The conversation or family of each case.
        higher_is_better: Whether more is better; not so for seconds and money.
        level: Of the interval and of the verdict.
        seed: Of the bootstrap and of the permutations.

    Raises:
        FigureError: No values, not as many on both sides, or one is no finite number.
    """
    before, now = finite(baseline, "baseline values"), finite(candidate, "candidate values")
    same_length("baseline and candidate", before, now)
    difference = now - before
    gains = difference if higher_is_better else -difference
    gained, lost = int((gains > 0).sum()), int((gains < 0).sum())
    named = groups(clusters, before.size)
    alone = int(named.max()) + 1 == before.size
    if alone and bool(np.isin(before, (0.0, 1.0)).all() and np.isin(now, (0.0, 1.0)).all()):
        p_worse, p_better = mcnemar(lost, gained), mcnemar(gained, lost)
        interval = _binary_difference(difference, level)
    else:
        sums = np.bincount(named, weights=gains).astype(float)
        p_worse, p_better = sign_flip(-sums, seed=seed), sign_flip(sums, seed=seed)
        interval = mean_interval(difference, clusters, level=level, seed=seed)
    p_value = two_sided(p_worse, p_better)
    return Comparison(
        baseline=float(before.mean()),
        candidate=float(now.mean()),
        difference=interval,
        gained=gained,
        lost=lost,
        p_worse=p_worse,
        p_better=p_better,
        p_value=p_value,
        verdict=_verdict(p_value, p_worse, p_better, level),
        needed=_needed_of(gains, named),
        higher_is_better=higher_is_better,
    )


def corrected(
    comparisons: Mapping[str, Comparison], correction: Correction = "holm", *, level: float = 0.95
) -> dict[str, Comparison]:
    """The comparisons with p-values and verdicts that allow for their number.

    Args:
        comparisons: By metric.
        correction: `holm` bounds the chance of one false alarm, `benjamini-hochberg` their share.
        level: Of the verdicts.
    """
    plain = [comparison.p_value for comparison in comparisons.values()]
    if not plain or correction == "none":
        return dict(comparisons)
    raised = holm(plain) if correction == "holm" else benjamini_hochberg(plain)
    return {
        name: replace(one, p_value=p, verdict=_verdict(p, one.p_worse, one.p_better, level))
        for (name, one), p in zip(comparisons.items(), raised, strict=True)
    }


def cases_needed(
    difference: float, spread: float, *, power: float = 0.9, level: float = 0.95, sides: Literal[1, 2] = 2
) -> int:
    """How many pairs tell a true difference that often.

    For right or wrong the spread is `sqrt(d - difference²)`, with d the share of pairs that differ
    (Connor 1987 comes to the same but for the variance without a difference).

    Args:
        difference: The true mean difference; not 0.
        spread: Standard deviation of the differences of pairs.
        power: How often it is told.
        level: Of the test.
        sides: 2 for a comparison, 1 for a gate.
    """
    if difference == 0 or not math.isfinite(difference) or not math.isfinite(spread) or spread < 0:
        raise ValueError("difference must be a finite number but 0, and spread one that is not negative")
    normal = NormalDist()
    both = normal.inv_cdf(1 - (1 - level) / sides) + normal.inv_cdf(power)
    return max(1, math.ceil((both * spread / difference) ** 2))


def _verdict(p_value: float, p_worse: float, p_better: float, level: float) -> Verdict:
    if p_value > 1 - level:
        return "cannot tell"
    return "worse" if p_worse < p_better else "better"


def _binary_difference(difference: Floats, level: float) -> Interval:
    n = difference.size
    gained, lost = int((difference > 0).sum()), int((difference < 0).sum())
    up, down = (gained + 1) / (n + 2), (lost + 1) / (n + 2)
    half = NormalDist().inv_cdf((1 + level) / 2) * math.sqrt((up + down - (up - down) ** 2) / (n + 2))
    low, high = max(-1.0, up - down - half), min(1.0, up - down + half)
    return Interval((gained - lost) / n, low, high, n, n, n >= 100, level)


def _needed_of(gains: Floats, named: Indices) -> int | None:
    """Cases for the difference as it was seen; clusters count by how much they vary."""
    mean = float(gains.mean())
    count = int(named.max()) + 1
    if abs(mean) < 1e-12 or count < 2:
        return None
    rest = np.bincount(named, weights=gains) - mean * np.bincount(named)
    variance = float(rest @ rest) / gains.size
    return cases_needed(mean, math.sqrt(variance))
