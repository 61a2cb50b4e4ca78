from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sklearn.isotonic import IsotonicRegression

from podium.core.errors import EvalError, FigureError
from podium.evals.statistics.fitting import cross_fitted, fit, save_calibration
from podium.guardrails.calibration import Isotonic, Logistic, load_calibration
from podium.guardrails.policy_file import load_policy

labelled = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=4, max_size=150)


def distorted(n: int = 600, seed: int = 0) -> tuple[list[float], list[bool]]:
    """Scores that are too sure of themselves."""
    rng = np.random.default_rng(seed)
    truth = rng.beta(2, 2, size=n)
    odds = 2.5 * np.log(truth / (1 - truth)) + 0.5
    return list(1 / (1 + np.exp(-odds))), list(rng.random(n) < truth)


@settings(deadline=None)
@given(labelled)
def test_isotonic_agrees_with_scikit_learn(pairs: list[tuple[float, bool]]) -> None:
    scores, right = [score for score, _ in pairs], [hit for _, hit in pairs]
    assume(len(set(right)) == 2)
    fitted = fit(scores, right, "isotonic")
    theirs = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip").fit(scores, right)
    least = 1 / (len(pairs) + 2)
    asked = [0.0, 0.123, 0.5, 0.77, 1.0, *scores]
    ours = [fitted.apply(score) for score in asked]
    # between a clipped corner and the next the lines differ, so only the corners' own values are compared
    corners = [score for score in asked if score in set(theirs.X_thresholds_)]
    assert [fitted.apply(score) for score in corners] == pytest.approx(
        list(np.clip(theirs.predict(corners), least, 1 - least)) if corners else [], abs=1e-9
    )
    assert all(least <= value <= 1 - least for value in ours)


@settings(deadline=None)
@given(st.integers(20, 300), st.integers(0, 10_000))
def test_logistic_agrees_with_statsmodels(n: int, seed: int) -> None:
    scores, right = distorted(n, seed)
    assume(len(set(right)) == 2)
    fitted = fit(scores, right, "logistic")
    assert isinstance(fitted, Logistic)
    inside = np.clip(scores, 1e-6, 1 - 1e-6)
    hits = sum(right)
    targets = [(hits + 1) / (hits + 2) if hit else 1 / (n - hits + 2) for hit in right]
    theirs = sm.GLM(
        targets, sm.add_constant(np.log(inside / (1 - inside))), family=sm.families.Binomial()
    ).fit(tol=1e-15)
    assume(theirs.params[1] > 0)
    assert (fitted.intercept, fitted.slope) == pytest.approx(tuple(theirs.params), abs=1e-9)


@pytest.mark.parametrize("method", ["isotonic", "logistic"])
def test_a_fit_mends_an_overconfident_score_on_cases_it_has_not_seen(method: str) -> None:
    scores, right = distorted()
    found = cross_fitted(scores, right, "isotonic" if method == "isotonic" else "logistic")
    assert found.after.ece_mass < 0.5 * found.before.ece_mass
    assert found.after.brier < found.before.brier
    assert found.reliable
    assert found.calibration.samples == 600


def test_a_score_that_says_less_than_nothing_is_not_turned_round() -> None:
    fitted = fit([0.9, 0.8, 0.2, 0.1], [False, False, True, True], "logistic")
    assert isinstance(fitted, Logistic)
    assert fitted.slope == 0.0
    assert fitted.apply(0.9) == pytest.approx(0.5)


def test_perfect_scores_do_not_make_certainty() -> None:
    scores, right = [0.1] * 10 + [0.9] * 10, [False] * 10 + [True] * 10
    for fitted in (fit(scores, right, "logistic"), fit(scores, right, "isotonic")):
        assert 0.8 < fitted.apply(0.9) < 1.0
        assert 0.0 < fitted.apply(0.1) < 0.2


def test_one_score_for_all_gives_their_share() -> None:
    assert fit([0.7] * 4, [True, True, True, False], "logistic").apply(0.3) == pytest.approx(0.7, abs=0.06)


def test_clusters_are_held_out_together() -> None:
    scores, right = distorted(40)
    with pytest.raises(FigureError, match="held out"):
        cross_fitted(scores, right, "logistic", ["one"] * 40)
    assert not cross_fitted(scores, right, "logistic", [at // 4 for at in range(40)]).reliable


@pytest.mark.parametrize("method", ["isotonic", "logistic"])
def test_a_policy_applies_what_was_fitted(tmp_path: Path, method: str) -> None:
    fitted = fit(*distorted(), "isotonic" if method == "isotonic" else "logistic")
    save_calibration(tmp_path / "fitted" / "calibration.json", fitted)
    assert load_calibration(tmp_path / "fitted" / "calibration.json") == fitted
    (tmp_path / "policy.yaml").write_text("calibration: fitted/calibration.json\n")
    assert load_policy(tmp_path / "policy.yaml").calibrator == fitted


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EvalError, match="cannot be written"):
        save_calibration(
            tmp_path / "file" / "calibration.json", Isotonic(scores=(0.5,), probabilities=(0.5,))
        )


def test_labels_that_teach_nothing_are_named() -> None:
    with pytest.raises(FigureError, match="all labels are right"):
        fit([0.1, 0.9], [True, True], "isotonic")
    with pytest.raises(FigureError, match="no scores"):
        fit([], [], "logistic")
