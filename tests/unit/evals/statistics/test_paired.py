from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podium.core.errors import FigureError
from podium.evals.statistics.paired import cases_needed, compare, corrected


def right(pattern: str) -> list[float]:
    return [float(mark == "1") for mark in pattern]


def test_a_clear_gain_is_better() -> None:
    found = compare(right("0" * 40 + "1" * 60), right("1" * 40 + "1" * 60))
    assert found.verdict == "better"
    assert (found.gained, found.lost) == (40, 0)
    assert found.difference.mean == pytest.approx(0.4)
    assert found.difference.low > 0


def test_a_clear_loss_is_worse() -> None:
    found = compare(right("1" * 100), right("1" * 60 + "0" * 40))
    assert found.verdict == "worse"
    assert found.p_worse < 1e-6 < found.p_better


def test_seconds_are_better_when_fewer() -> None:
    rng = np.random.default_rng(0)
    before = rng.exponential(size=150) + 1
    found = compare(before, before * 0.8, higher_is_better=False)
    assert found.verdict == "better"
    assert found.difference.mean < 0


@settings(deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=50), st.booleans())
def test_the_same_run_is_never_told_apart(values: list[float], higher: bool) -> None:
    found = compare(values, values, higher_is_better=higher)
    assert found.verdict == "cannot tell"
    assert found.needed is None
    assert found.p_worse >= 0.5


def test_a_small_difference_says_how_many_cases_would_tell() -> None:
    before = right("1" * 50 + "0" * 50)
    now = right("1" * 46 + "0" * 4 + "1" * 7 + "0" * 43)
    found = compare(before, now)
    assert found.verdict == "cannot tell"
    assert found.needed is not None
    assert found.needed == cases_needed(0.03, math.sqrt(0.11 - 0.03**2))


def test_clusters_take_certainty_away() -> None:
    before = [0.0] * 100
    now = right(("1" * 10 + "0" * 10) * 5)
    clusters = [at // 10 for at in range(100)]
    alone, together = compare(before, now), compare(before, now, clusters)
    assert alone.verdict == "better"
    assert together.p_better > 1000 * alone.p_better


def test_many_metrics_are_corrected() -> None:
    one = compare(right("1" * 90 + "0" * 10), right("1" * 80 + "0" * 10 + "1" * 3 + "0" * 7))
    assert one.verdict == "cannot tell" or one.p_value < 0.05
    several = {f"m{at}": one for at in range(20)}
    assert all(found.verdict == "cannot tell" for found in corrected(several).values())
    assert all(found.p_value >= one.p_value for found in corrected(several, "benjamini-hochberg").values())
    assert corrected(several, "none") == several
    assert corrected({}) == {}


def test_a_difference_holds_the_truth_as_often_as_promised() -> None:
    rng = np.random.default_rng(2)
    held = 0
    for _ in range(500):
        kind = rng.choice(4, p=[0.65, 0.15, 0.1, 0.1], size=200)
        before, now = np.isin(kind, (0, 1)).astype(float), np.isin(kind, (0, 2)).astype(float)
        interval = compare(before, now).difference
        held += interval.low <= -0.05 <= interval.high
    assert 0.92 <= held / 500 <= 0.98


def test_bad_input_is_named() -> None:
    with pytest.raises(FigureError, match="2 and 1 values"):
        compare([1.0, 0.0], [1.0])
    with pytest.raises(FigureError, match="no baseline values"):
        compare([], [])
    with pytest.raises(FigureError, match="candidate values: value 1 of 1 is nan"):
        compare([1.0], [math.nan])
    with pytest.raises(ValueError, match="difference"):
        cases_needed(0.0, 1.0)
