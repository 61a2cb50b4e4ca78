from __future__ import annotations

from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podium.core.errors import FigureError
from podium.evals.statistics.quantiles import quantile_interval


@settings(deadline=None)
@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=300), st.floats(0.01, 0.99))
def test_limits_lie_around_the_quantile_and_within_the_values(values: list[float], quantile: float) -> None:
    found = quantile_interval(values, quantile)
    assert found.mean == np.quantile(values, quantile)
    assert min(values) <= found.low <= found.mean <= found.high <= max(values)


def test_the_true_quantile_is_held_as_often_as_promised() -> None:
    rng = np.random.default_rng(5)
    true = float(np.exp(NormalDist().inv_cdf(0.9)))
    found = [quantile_interval(rng.lognormal(size=150), 0.9) for _ in range(400)]
    assert 0.92 <= np.mean([one.low <= true <= one.high for one in found]) <= 0.98


def test_too_few_values_for_a_high_quantile_cannot_be_relied_on() -> None:
    values = list(np.random.default_rng(0).exponential(size=200))
    assert not quantile_interval(values, 0.99).reliable
    assert quantile_interval(values, 0.9).reliable


def test_clusters_widen_the_limits() -> None:
    rng = np.random.default_rng(0)
    clusters = [c for c in range(60) for _ in range(5)]
    values = rng.normal(size=60)[clusters] + 0.01 * rng.normal(size=300)
    alone, together = quantile_interval(values, 0.5), quantile_interval(values, 0.5, clusters)
    assert together.high - together.low > 1.5 * (alone.high - alone.low)


def test_bad_input_is_named() -> None:
    with pytest.raises(FigureError, match="no values"):
        quantile_interval([], 0.5)
    with pytest.raises(FigureError, match="nan"):
        quantile_interval([1.0, float("nan")], 0.5)
    with pytest.raises(ValueError, match="quantile"):
        quantile_interval([1.0], 1.0)
