from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from podium.core.errors import ConfigError
from podium.guardrails.calibration import Isotonic, Logistic, load_calibration

LINE = Isotonic(scores=(0.2, 0.6), probabilities=(0.1, 0.9))


@pytest.mark.parametrize(("raw", "wanted"), [(0.0, 0.1), (0.2, 0.1), (0.4, 0.5), (0.6, 0.9), (1.0, 0.9)])
def test_isotonic_is_a_line_between_its_corners_and_flat_outside(raw: float, wanted: float) -> None:
    assert LINE.apply(raw) == pytest.approx(wanted)


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 100), st.floats(-100, 100))
def test_logistic_rises_and_stays_a_probability(a: float, b: float, slope: float, intercept: float) -> None:
    platt = Logistic(method="logistic", slope=slope, intercept=intercept)
    low, high = platt.apply(min(a, b)), platt.apply(max(a, b))
    assert 0.0 <= low <= high <= 1.0


def test_logistic_with_slope_one_changes_nothing() -> None:
    assert Logistic(method="logistic", slope=1, intercept=0).apply(0.3) == pytest.approx(0.3)


@pytest.mark.parametrize(
    ("scores", "probabilities"), [((0.1, 0.2), (0.5,)), ((0.2, 0.1), (0.1, 0.2)), ((0.1, 0.2), (0.9, 0.1))]
)
def test_what_is_no_rising_line_is_refused(
    scores: tuple[float, ...], probabilities: tuple[float, ...]
) -> None:
    with pytest.raises(ValidationError):
        Isotonic(scores=scores, probabilities=probabilities)


def test_a_calibration_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "calibration.json"
    path.write_text(LINE.model_dump_json(), encoding="utf-8")
    assert load_calibration(path) == LINE


@pytest.mark.parametrize("text", ["", "[]", '{"method": "magic"}', '{"method": "isotonic", "scores": []}'])
def test_a_broken_calibration_is_one_clear_error(tmp_path: Path, text: str) -> None:
    path = tmp_path / "calibration.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=r"calibration\.json"):
        load_calibration(path)
