"""How sure a mean or a quantile is.

Cases of one conversation are not independent, so what is drawn again is the conversation. Three methods,
by what coverage in simulation showed (`benchmarks/evals` repeats it):

- right or wrong, every case on its own: Wilson's interval (Wilson 1927), which stays right where few fail;
- scores within 0 and 1: the middle between the studentised bootstrap and Wilson's interval at the effective
  number of cases (Korn and Graubard 1998) with the degrees of freedom of its error. Where few conversations
  fail, the first is too short on the side of failure, the second too long;
- anything else, such as seconds and money: the studentised bootstrap (Efron 1979), which follows the skew
  that plain and bias-corrected bootstraps miss. What was never seen below 0 has no mean below 0 either.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from podium.evals.statistics.numbers import Floats, finite, groups

LEAST_CASES, LEAST_CLUSTERS = 100, 50
"""Below these an interval is given, but cannot be relied on."""

LEAST_EFFECTIVE = 30.0
"""Clusters that count, by Kish: below it a few large ones decide."""

RESAMPLES, RESAMPLES_OF_MANY = 2000, 1000
MANY, TOO_MANY = 3_000, 20_000
"""Units from which fewer resamples do, and from which Student's interval, to which they converge, does."""

_CHUNK = 2_000_000


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure and where it may truly lie.

    Attributes:
        mean: The figure itself; for a quantile the quantile.
        low: Lower limit.
        high: Upper limit.
        n: Number of values.
        clusters: Number of independent groups among them; `n` where every value is its own.
        reliable: Whether there are enough of them for the limits to hold what they promise.
        level: Share of such intervals that hold the true figure.
    """

    mean: float
    low: float
    high: float
    n: int
    clusters: int
    reliable: bool
    level: float = 0.95


@dataclass(frozen=True, slots=True)
class _Units:
    """Clusters as sums and sizes; the mean is the ratio of their totals."""

    sums: Floats
    sizes: Floats

    @property
    def mean(self) -> float:
        return float(self.sums.sum() / self.sizes.sum())

    @property
    def error(self) -> float:
        """Standard error of the mean, linearised."""
        count = self.sums.size
        if count < 2:
            return math.nan
        rest = self.sums - self.mean * self.sizes
        return float(math.sqrt(count / (count - 1) * (rest @ rest)) / self.sizes.sum())

    @property
    def freedom(self) -> float:
        """Degrees of freedom of that error, from the kurtosis: some two for each cluster that stands out.

        Satterthwaite's: twice the square of the variance over the variance of its estimate.
        """
        rest = (self.sums - self.mean * self.sizes) ** 2
        count = self.sums.size
        kurtosis = count * float(rest @ rest) / float(rest.sum()) ** 2
        return min(count - 1.0, max(1.0, 2 * count / max(kurtosis - 1, 1e-9)))

    @property
    def effective(self) -> float:
        """As many clusters of equal size would count as much (Kish 1965)."""
        return float(self.sizes.sum() ** 2 / (self.sizes @ self.sizes))


def mean_interval(
    values: Sequence[float] | Floats,
    clusters: Sequence[Hashable] | None = None,
    *,
    level: float = 0.95,
    seed: int = 0,
) -> Interval:
    """The mean with its interval.

    Args:
        values: Finite numbers, one a case.
        clusters: The conversation or family of each; None where every case stands alone.
        level: Within 0 and 1.
        seed: Of the bootstrap; the same seed gives the same limits.

    Raises:
        FigureError: No values, or one is no finite number.
    """
    array = finite(values, "values")
    named = groups(clusters, array.size)
    units = _Units(np.bincount(named, weights=array).astype(float), np.bincount(named).astype(float))
    low, high = _limits(array, units, level, seed)
    return Interval(units.mean, low, high, array.size, units.sums.size, _reliable(units), level)


def wilson(successes: float, n: float, *, level: float = 0.95) -> tuple[float, float]:
    """Wilson's interval of a proportion.

    Args:
        successes: How many of `n`.
        n: Trials; may be an effective number.
        level: Within 0 and 1.
    """
    return _score_interval(successes / n, n, NormalDist().inv_cdf((1 + level) / 2))


def _limits(array: Floats, units: _Units, level: float, seed: int) -> tuple[float, float]:
    binary = bool(np.isin(array, (0.0, 1.0)).all())
    alone = units.sums.size == array.size
    if binary and alone:
        return wilson(float(array.sum()), array.size, level=level)
    within = bool(((array >= 0) & (array <= 1)).all())
    least = 0.0 if bool((array >= 0).all()) else -math.inf
    if units.sums.size < 2:
        return (0.0, 1.0) if within else (least, math.inf)
    error = units.error
    if error <= 1e-12 * max(1.0, abs(units.mean)):
        count = units.sums.size
        return wilson(units.mean * count, count, level=level) if binary else (units.mean, units.mean)
    low, high = _studentised(units, error, level, seed)
    if not within:
        return max(low, least), high
    shrunk_low, shrunk_high = _effective_wilson(units, error, level)
    return (max(low, 0.0) + shrunk_low) / 2, (min(high, 1.0) + shrunk_high) / 2


def _reliable(units: _Units) -> bool:
    if (units.sizes == 1).all():
        return units.sums.size >= LEAST_CASES
    return units.sums.size >= LEAST_CLUSTERS and units.effective >= LEAST_EFFECTIVE


def _effective_wilson(units: _Units, error: float, level: float) -> tuple[float, float]:
    effective = max(units.mean * (1 - units.mean) / error**2, 1.0)
    return _score_interval(units.mean, effective, _student(level, units.freedom))


def _score_interval(share: float, n: float, quantile: float) -> tuple[float, float]:
    square = quantile**2
    middle = (share + square / (2 * n)) / (1 + square / n)
    half = quantile / (1 + square / n) * math.sqrt(share * (1 - share) / n + square / (4 * n * n))
    return max(0.0, middle - half) if share > 0 else 0.0, min(1.0, middle + half) if share < 1 else 1.0


def _student(level: float, freedom: float) -> float:
    from scipy import special

    return float(special.stdtrit(freedom, (1 + level) / 2))


def _studentised(units: _Units, error: float, level: float, seed: int) -> tuple[float, float]:
    """The bootstrap of (mean* - mean) / error*, with the error of each resample from itself."""
    mean, count = units.mean, units.sums.size
    if count > TOO_MANY:
        half = _student(level, count - 1) * error
        return mean - half, mean + half
    sums, sizes = units.sums, units.sizes
    columns = np.stack([sums, sizes, sums * sums, sums * sizes, sizes * sizes], axis=1)
    drawn = _resampled_totals(columns, seed)
    means = drawn[:, 0] / drawn[:, 1]
    squares = drawn[:, 2] - 2 * means * drawn[:, 3] + means**2 * drawn[:, 4]
    errors = np.sqrt(np.maximum(squares, 0.0) * count / (count - 1)) / drawn[:, 1]
    # A resample of equal values has no error of its own; the sample's keeps its quotient finite.
    errors = np.where(errors > 1e-9 * error, errors, error)
    below, above = np.quantile((means - mean) / errors, [(1 - level) / 2, (1 + level) / 2])
    return mean - float(above) * error, mean - float(below) * error


def _resampled_totals(columns: Floats, seed: int) -> Floats:
    """The column sums of resamples of the rows."""
    count = columns.shape[0]
    rng = np.random.default_rng(seed)
    resamples = RESAMPLES if count < MANY else RESAMPLES_OF_MANY
    rows = max(1, min(resamples, _CHUNK // count))
    totals: list[Floats] = []
    for start in range(0, resamples, rows):
        some = min(rows, resamples - start)
        drawn = rng.integers(0, count, size=(some, count))
        drawn += np.arange(some)[:, None] * count
        times = np.bincount(drawn.ravel(), minlength=some * count).reshape(some, count)
        totals.append(times @ columns)
    return np.concatenate(totals)
