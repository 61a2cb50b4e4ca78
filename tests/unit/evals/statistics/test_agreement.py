from __future__ import annotations

import krippendorff
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.inter_rater import cohens_kappa

from podium.core.errors import FigureError
from podium.evals.statistics.agreement import Scale, check_judge, cohen_kappa, krippendorff_alpha

KNOWN = (
    "     *     *     *     *     *     3     4     1     2     1     1     3     3     *     3",
    "     1     *     2     1     3     3     4     3     *     *     *     *     *     *     *",
    "     *     *     2     1     3     4     4     *     2     1     1     3     3     *     4",
)


@pytest.mark.parametrize(("scale", "alpha"), [("nominal", 0.691), ("interval", 0.811)])
def test_alpha_of_krippendorffs_own_example(scale: Scale, alpha: float) -> None:
    ratings = [[None if mark == "*" else float(mark) for mark in row.split()] for row in KNOWN]
    assert krippendorff_alpha(ratings, scale) == pytest.approx(alpha, abs=5e-4)


@settings(deadline=None)
@given(st.integers(2, 4), st.integers(2, 12), st.sampled_from(["nominal", "ordinal", "interval"]), st.data())
def test_alpha_agrees_with_the_library(judges: int, items: int, scale: Scale, data: st.DataObject) -> None:
    cell = st.none() | st.sampled_from([1.0, 2.0, 3.0, 5.0])
    row = st.lists(cell, min_size=items, max_size=items)
    ratings = data.draw(st.lists(row, min_size=judges, max_size=judges))
    columns = [[value for value in column if value is not None] for column in zip(*ratings, strict=True)]
    shared = {value for column in columns if len(column) > 1 for value in column}
    assume(len(shared) > 1)
    theirs = krippendorff.alpha(
        [[np.nan if value is None else value for value in one] for one in ratings],
        level_of_measurement=scale,
    )
    assert krippendorff_alpha(ratings, scale) == pytest.approx(theirs, abs=1e-9)


def test_judges_who_agree_have_alpha_one() -> None:
    assert krippendorff_alpha([[1.0, 2.0, 3.0], [1.0, 2.0, 3.0]]) == pytest.approx(1.0)


def test_alpha_that_does_not_exist_is_named() -> None:
    with pytest.raises(FigureError, match="same rating"):
        krippendorff_alpha([[1.0, 1.0], [1.0, 1.0]])
    with pytest.raises(FigureError, match="two judges"):
        krippendorff_alpha([[1.0, None], [None, 1.0]])
    with pytest.raises(FigureError, match="different numbers"):
        krippendorff_alpha([[1.0], [1.0, 2.0]])
    with pytest.raises(FigureError, match="nan"):
        krippendorff_alpha([[1.0, float("nan")], [1.0, 2.0]])


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=80))
def test_kappa_agrees_with_scikit_learn_and_statsmodels(pairs: list[tuple[int, int]]) -> None:
    one, other = [left for left, _ in pairs], [right for _, right in pairs]
    assume(len({*one, *other}) > 1)
    kappa, error = cohen_kappa(one, other)
    assert kappa == pytest.approx(cohen_kappa_score(one, other), abs=1e-9)
    table = np.zeros((4, 4))
    np.add.at(table, (one, other), 1)
    with np.errstate(all="ignore"):
        theirs = cohens_kappa(table).std_kappa
    # Squared, as both are roots of what may be off by 1e-16, on either side of zero.
    assert error**2 == pytest.approx(np.nan_to_num(theirs) ** 2, abs=1e-12)


def test_a_judge_is_held_against_people() -> None:
    judged = [1.0] * 60 + [0.0] * 40
    labels = [1.0] * 50 + [0.0] * 45 + [1.0] * 5
    found = check_judge(judged, labels)
    assert found.agreement.mean == 0.85
    assert found.kappa == pytest.approx(cohen_kappa_score(judged, labels))
    assert found.kappa_low is not None
    assert found.kappa_high is not None
    assert found.kappa_low < 0.7 < found.kappa_high
    assert found.too_kind is not None
    assert found.too_kind.mean == pytest.approx(10 / 45)
    assert found.too_strict is not None
    assert found.too_strict.mean == pytest.approx(5 / 55)


def test_without_variation_there_is_no_kappa() -> None:
    found = check_judge([1.0] * 10, [1.0] * 10)
    assert (found.kappa, found.too_kind) == (None, None)
    assert found.agreement.mean == 1.0
    with pytest.raises(FigureError, match="beyond chance"):
        cohen_kappa([1.0, 1.0], [1.0, 1.0])
