from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar as their_mcnemar
from statsmodels.stats.multitest import multipletests

from podium.core.errors import FigureError
from podium.evals.statistics.testing import benjamini_hochberg, holm, mcnemar, sign_flip, two_sided

counts = st.integers(0, 400)


@settings(deadline=None)
@given(counts, counts)
def test_exact_mcnemar_agrees_with_scipy_and_statsmodels(worse: int, better: int) -> None:
    if worse + better == 0:
        assert mcnemar(0, 0, mid=False) == 1.0
        return
    theirs = stats.binomtest(worse, worse + better, alternative="greater").pvalue
    assert mcnemar(worse, better, mid=False) == pytest.approx(theirs, abs=1e-9)
    table = [[10, worse], [better, 10]]
    both = two_sided(mcnemar(worse, better, mid=False), mcnemar(better, worse, mid=False))
    assert both == pytest.approx(their_mcnemar(table, exact=True).pvalue, abs=1e-9)


@settings(deadline=None)
@given(counts, counts)
def test_mid_p_counts_what_was_seen_by_half(worse: int, better: int) -> None:
    pairs = worse + better
    theirs = stats.binom.sf(worse, pairs, 0.5) + 0.5 * stats.binom.pmf(worse, pairs, 0.5)
    assert mcnemar(worse, better) == pytest.approx(theirs, abs=1e-9)
    assert mcnemar(worse, better) + mcnemar(better, worse) == pytest.approx(1.0, abs=1e-9)


p_values = st.lists(st.floats(0, 1), min_size=1, max_size=30)


@settings(max_examples=30, deadline=None)  # statsmodels takes 60 ms
@given(p_values)
def test_corrections_agree_with_statsmodels(values: list[float]) -> None:
    assert holm(values) == pytest.approx(multipletests(values, method="holm")[1], abs=1e-9)
    assert benjamini_hochberg(values) == pytest.approx(multipletests(values, method="fdr_bh")[1], abs=1e-9)


@pytest.mark.parametrize("correct", [holm, benjamini_hochberg])
def test_a_p_value_that_is_no_number_is_named(correct: object) -> None:
    assert callable(correct)
    with pytest.raises(FigureError, match="p-values"):
        correct([0.1, math.nan])
    with pytest.raises(FigureError, match="no p-values"):
        correct([])


@settings(deadline=None)
@given(st.integers(0, 6), st.integers(0, 6))
def test_flipping_equal_signs_is_mcnemars_test(worse: int, better: int) -> None:
    losses = np.array([1.0] * worse + [-1.0] * better + [0.0] * 3)
    assert sign_flip(losses) == pytest.approx(mcnemar(worse, better), abs=1e-9)


@pytest.mark.parametrize("n", [200, 5000])
def test_drawn_signs_and_the_normal_limit_come_close_to_the_t_test(n: int) -> None:
    losses = np.random.default_rng(1).normal(0.1, 1.0, size=n) / math.sqrt(n / 200)
    theirs = stats.ttest_1samp(losses, 0.0, alternative="greater").pvalue
    assert sign_flip(losses) == pytest.approx(theirs, abs=0.02)


def test_nothing_moved_is_no_evidence() -> None:
    assert sign_flip(np.zeros(50)) == 0.5


def test_scale_does_not_matter() -> None:
    losses = np.random.default_rng(1).normal(0.2, 1.0, size=60)
    assert sign_flip(losses) == sign_flip(losses * 1e-9) == sign_flip(losses * 1e9)
