from __future__ import annotations

import math
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from podium.core.errors import FigureError
from podium.evals.statistics.intervals import mean_interval, wilson


@settings(deadline=None)
@given(st.integers(1, 5000), st.data())
def test_right_or_wrong_has_wilsons_interval(n: int, data: st.DataObject) -> None:
    successes = data.draw(st.integers(0, n))
    theirs = proportion_confint(successes, n, alpha=0.05, method="wilson")
    assert wilson(successes, n) == pytest.approx(theirs, abs=1e-9)
    found = mean_interval([1.0] * successes + [0.0] * (n - successes))
    assert (found.low, found.high) == pytest.approx(theirs, abs=1e-9)
    assert found.mean == pytest.approx(successes / n)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_is_named(bad: float) -> None:
    with pytest.raises(FigureError, match="value 2 of 3"):
        mean_interval([0.5, bad, 1.0])


def test_nothing_has_no_mean() -> None:
    with pytest.raises(FigureError, match="no values"):
        mean_interval([])


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=12))
def test_what_is_never_below_zero_has_no_mean_below_zero(seconds: list[float]) -> None:
    found = mean_interval(seconds)
    assert 0 <= found.low <= found.high


def test_a_figure_that_may_be_below_zero_is_not_cut_off_there() -> None:
    assert mean_interval([-1.0, 2.0, 40.0]).low < 0


@pytest.mark.parametrize(("n", "reliable"), [(99, False), (100, True)])
def test_a_hundred_cases_can_be_relied_on(n: int, reliable: bool) -> None:
    assert mean_interval([0.0, 1.0, 1.0] * 33 + [1.0] * (n - 99)).reliable is reliable


@pytest.mark.parametrize(("count", "reliable"), [(49, False), (50, True)])
def test_fifty_clusters_can_be_relied_on(count: int, reliable: bool) -> None:
    found = mean_interval([0.0, 1.0, 0.5] * count, [c for c in range(count) for _ in range(3)])
    assert (found.n, found.clusters, found.reliable) == (3 * count, count, reliable)


def test_clusters_ruled_by_a_few_cannot_be_relied_on() -> None:
    clusters = [0] * 500 + list(range(1, 100))
    assert not mean_interval([float(i % 2) for i in range(599)], clusters).reliable


def test_clusters_widen_the_interval() -> None:
    values = [float(c % 2) for c in range(60) for _ in range(5)]
    alone = mean_interval(values)
    together = mean_interval(values, [c for c in range(60) for _ in range(5)])
    assert together.high - together.low > 1.8 * (alone.high - alone.low)


def test_clusters_of_one_are_no_clusters() -> None:
    values = list(np.random.default_rng(0).random(120))
    assert mean_interval(values, list(range(120))) == mean_interval(values)


def test_a_seed_gives_the_same_limits() -> None:
    values = list(np.random.default_rng(0).exponential(size=150))
    assert mean_interval(values, seed=3) == mean_interval(values, seed=3)
    assert mean_interval(values, seed=3) != mean_interval(values, seed=4)


def test_equal_values_have_no_width() -> None:
    found = mean_interval([0.4] * 120)
    assert (found.low, found.high) == (found.mean, found.mean)


def test_all_right_is_not_certain() -> None:
    found = mean_interval([1.0] * 100)
    assert found.high == 1.0
    assert 0.95 < found.low < 0.97


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_clusters_that_are_all_alike_count_as_clusters(value: float) -> None:
    found = mean_interval([value] * 46, [at % 38 for at in range(46)])
    assert (found.low, found.high) == pytest.approx(wilson(value * 38, 38))


@pytest.mark.parametrize("pattern", [[1.0, 1.0], [0.0, 0.0], [0.0, 1.0]])
def test_clusters_that_are_all_alike_count_once_each(pattern: list[float]) -> None:
    found = mean_interval(pattern * 60, [c for c in range(60) for _ in range(2)])
    mean = sum(pattern) / 2
    assert (found.mean, found.low, found.high) == pytest.approx((mean, *wilson(60 * mean, 60)))


def test_one_cluster_tells_nothing() -> None:
    found = mean_interval([1.0, 0.0, 1.0], ["a", "a", "a"])
    assert (found.low, found.high, found.reliable) == (0.0, 1.0, False)


@settings(deadline=None)
@given(st.lists(st.floats(0, 1), min_size=2, max_size=60), st.integers(1, 10))
def test_scores_within_bounds_keep_their_limits_there(values: list[float], size: int) -> None:
    found = mean_interval(values, [at // size for at in range(len(values))])
    assert -1e-12 <= found.low <= found.mean + 1e-12
    assert found.mean - 1e-12 <= found.high <= 1 + 1e-12


def test_in_simulation_fifty_conversations_hold_the_truth_as_often_as_promised() -> None:
    rng = np.random.default_rng(4)
    held = 0
    for number in range(400):
        chance = rng.beta(3.6, 0.9, size=50)  # 80 % right, and alike within a conversation
        clusters = np.repeat(np.arange(50), rng.choice([2, 3, 4, 6], size=50))
        values = (rng.random(clusters.size) < chance[clusters]).astype(float)
        found = mean_interval(values, clusters.tolist(), seed=number)
        assert found.reliable
        held += found.low <= 0.8 <= found.high
    assert 0.92 <= held / 400 <= 0.98  # the error of so few rounds is one point


def test_ten_thousand_values_take_well_under_a_second() -> None:
    values = np.random.default_rng(0).exponential(size=10_000)
    mean_interval(values)
    start = time.perf_counter()
    mean_interval(values)
    assert time.perf_counter() - start < 1.0
