from __future__ import annotations

import math
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.calibration import calibration_curve
from sklearn.metrics import brier_score_loss, roc_auc_score

from podium.core.errors import FigureError
from podium.evals.statistics.calibration import (
    aurc,
    auroc,
    brier,
    calibration_figures,
    expected_error,
    reliability,
    risk_coverage,
)

pairs = st.lists(
    st.tuples(st.floats(0, 1) | st.sampled_from([0.0, 0.1, 0.5, 0.9, 1.0]), st.booleans()),
    min_size=1,
    max_size=200,
)


def both(given_pairs: list[tuple[float, bool]]) -> tuple[list[float], list[bool]]:
    return [score for score, _ in given_pairs], [hit for _, hit in given_pairs]


@settings(deadline=None)
@given(pairs)
def test_brier_agrees_with_scikit_learn(values: list[tuple[float, bool]]) -> None:
    confidence, right = both(values)
    assert brier(confidence, right) == pytest.approx(
        brier_score_loss(right, confidence, pos_label=True, labels=[False, True]), abs=1e-9
    )


@settings(deadline=None)
@given(pairs)
def test_auroc_agrees_with_scikit_learn(values: list[tuple[float, bool]]) -> None:
    confidence, right = both(values)
    if len(set(right)) == 1:
        with pytest.raises(FigureError, match="all outcomes are"):
            auroc(confidence, right)
    else:
        assert auroc(confidence, right) == pytest.approx(roc_auc_score(right, confidence), abs=1e-9)


@pytest.mark.parametrize(("binning", "theirs"), [("equal-width", "uniform"), ("equal-mass", "quantile")])
@settings(deadline=None)
@given(values=pairs, bins=st.integers(1, 20))
def test_reliability_agrees_with_scikit_learn(
    binning: str, theirs: str, values: list[tuple[float, bool]], bins: int
) -> None:
    confidence, right = both(values)
    ours = reliability(
        confidence, right, bins=bins, binning="equal-mass" if theirs == "quantile" else "equal-width"
    )
    assert binning.startswith("equal")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        shares, means = calibration_curve(right, confidence, n_bins=bins, strategy=theirs, pos_label=True)
    assert [one.right for one in ours] == pytest.approx(list(shares), abs=1e-9)
    assert [one.confidence for one in ours] == pytest.approx(list(means), abs=1e-9)
    assert sum(one.n for one in ours) == len(values)


@settings(deadline=None)
@given(pairs)
def test_a_confidence_that_is_the_truth_has_no_error(values: list[tuple[float, bool]]) -> None:
    _, right = both(values)
    sure = [float(hit) for hit in right]
    found = calibration_figures(sure, right)
    assert (found.ece_width, found.ece_mass, found.brier) == (0.0, 0.0, 0.0)
    assert found.auroc in (1.0, None)


def test_expected_error_weighs_bins_by_their_cases() -> None:
    bins = reliability([0.9] * 8 + [0.1] * 2, [True] * 4 + [False] * 4 + [True] * 2, binning="equal-width")
    assert expected_error(bins) == pytest.approx(0.8 * 0.4 + 0.2 * 0.9)


def test_risk_falls_to_what_is_answered() -> None:
    curve = risk_coverage([0.9, 0.8, 0.8, 0.1], [True, True, False, False])
    assert [(point.threshold, point.coverage, point.risk) for point in curve] == [
        (0.9, 0.25, 0.0),
        (0.8, 0.75, pytest.approx(1 / 3)),
        (0.1, 1.0, 0.5),
    ]


@settings(deadline=None)
@given(pairs, st.randoms(use_true_random=False))
def test_order_of_the_cases_does_not_matter(values: list[tuple[float, bool]], random: object) -> None:
    shuffled = list(values)
    assert hasattr(random, "shuffle")
    random.shuffle(shuffled)
    assert aurc(*both(values)) == pytest.approx(aurc(*both(shuffled)), abs=1e-12)


def test_area_under_the_curve_without_ties() -> None:
    assert aurc([0.9, 0.8, 0.7], [True, False, True]) == pytest.approx((0 + 1 / 2 + 1 / 3) / 3)


def test_area_with_ties_is_the_mean_over_all_orders() -> None:
    assert aurc([0.5, 0.5], [True, False]) == pytest.approx(((0 + 1 / 2) / 2 + (1 + 1 / 2) / 2) / 2)


def test_bad_input_is_named() -> None:
    with pytest.raises(FigureError, match="outside 0 and 1"):
        brier([1.2], [True])
    with pytest.raises(FigureError, match="nan"):
        brier([math.nan], [True])
    with pytest.raises(FigureError, match="neither true nor false"):
        brier([0.5], [0.5])
    with pytest.raises(FigureError, match="no confidences"):
        calibration_figures([], [])
    with pytest.raises(FigureError, match="2 and 1 values"):
        aurc([0.5, 0.6], [True])


def test_figures_of_a_known_distortion() -> None:
    rng = np.random.default_rng(0)
    truth = rng.random(20_000)
    right = rng.random(20_000) < truth
    found = calibration_figures(list(np.clip(truth + 0.1, 0, 1)), list(right))
    assert found.ece_mass == pytest.approx(0.095, abs=0.01)
    assert found.accuracy == pytest.approx(0.5, abs=0.01)
