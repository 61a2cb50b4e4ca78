"""A quantile, such as the 95th percentile of the seconds, and how sure it is.

The limits are fractional order statistics (Hutson 1999), so nothing is assumed of the distribution. Clusters
make them wider by the design effect of "at most the quantile".
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from podium.evals.statistics.intervals import LEAST_CASES, LEAST_CLUSTERS, Interval
from podium.evals.statistics.numbers import Floats, Indices, finite, groups

if TYPE_CHECKING:
    from numpy.typing import NDArray


def quantile_interval(
    values: Sequence[float] | Floats,
    quantile: float,
    clusters: Sequence[Hashable] | None = None,
    *,
    level: float = 0.95,
) -> Interval:
    """A quantile with its interval.

    It cannot be relied on where the upper or lower limit would lie beyond the largest or smallest value: 95 %
    of the 99th percentile take some 370 cases.

    Args:
        values: Finite numbers, one a case.
        quantile: Within 0 and 1, both excluded.
        clusters: The conversation or family of each; None where every case stands alone.
        level: Within 0 and 1.

    Raises:
        FigureError: No values, or one is no finite number.
    """
    if not 0 < quantile < 1:
        raise ValueError("quantile must lie between 0 and 1")
    array = finite(values, "values")
    named = groups(clusters, array.size)
    count = int(named.max()) + 1
    at = float(np.quantile(array, quantile))
    trials = array.size / _design_effect(array <= at, named, count)
    ordered = np.sort(array)
    low, in_low = _limit(ordered, quantile, (1 + level) / 2, trials)
    high, in_high = _limit(ordered, quantile, (1 - level) / 2, trials)
    least = LEAST_CASES if count == array.size else LEAST_CLUSTERS
    reliable = in_low and in_high and count >= least
    return Interval(at, min(low, at), max(high, at), array.size, count, reliable, level)


def _limit(ordered: Floats, quantile: float, chance: float, trials: float) -> tuple[float, bool]:
    """The order statistic that lies below the true quantile with that chance, and whether there is one."""
    from scipy import optimize, special

    def beyond(rank: float) -> float:
        return float(special.betainc(rank, trials - rank + 1, quantile)) - chance

    least, most = 1e-9, trials + 1 - 1e-9
    rank = float(optimize.brentq(beyond, least, most)) if beyond(least) > 0 > beyond(most) else least
    place = rank * (ordered.size + 1) / (trials + 1) - 1
    inside = 0 <= place <= ordered.size - 1
    place = min(max(place, 0.0), ordered.size - 1.0)
    return float(np.interp(place, np.arange(ordered.size), ordered)), inside


def _design_effect(below: NDArray[np.bool_], named: Indices, count: int) -> float:
    share = float(below.mean())
    plain = share * (1 - share) / below.size
    if count == below.size or count < 2 or plain == 0:
        return 1.0
    sizes = np.bincount(named)
    rest = np.bincount(named, weights=below.astype(float)) - share * sizes
    clustered = count / (count - 1) * float(rest @ rest) / below.size**2
    return max(1.0, clustered / plain)
