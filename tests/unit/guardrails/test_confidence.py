from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podium.core.confidence import Factor
from podium.guardrails.calibration import Isotonic
from podium.guardrails.confidence import FLOOR, score
from podium.guardrails.policy import Policy

factors = st.lists(
    st.builds(
        Factor, name=st.sampled_from(["support", "slots", "intent", "own"]), value=st.floats(allow_nan=True)
    ),
    max_size=6,
)


@given(factors)
def test_the_score_is_a_probability_whatever_the_factors(given_factors: list[Factor]) -> None:
    assert 0.0 <= score(given_factors, Policy()).score <= 1.0


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_a_better_factor_never_lowers_the_score(low: float, high: float, other: float) -> None:
    low, high = sorted((low, high))
    rest = Factor(name="intent", value=other)
    worse = score([Factor(name="support", value=low), rest], Policy()).score
    better = score([Factor(name="support", value=high), rest], Policy()).score
    assert worse <= better


def test_all_that_is_certain_makes_certainty() -> None:
    assert score([Factor(name="support", value=1), Factor(name="slots", value=1)], Policy()).score == 1.0


def test_one_invented_argument_cannot_be_made_up_for() -> None:
    good = [
        Factor(name=name, value=1.0) for name in ("support", "relevance", "coverage", "success", "intent")
    ]
    assert score([*good, Factor(name="slots", value=0.0)], Policy()).score < Policy().thresholds.reversible


def test_nothing_measured_is_no_confidence() -> None:
    confidence = score([], Policy())
    assert (confidence.score, confidence.reasons) == (0.0, ("no_factors",))


def test_low_factors_become_reasons_worst_first_before_the_critics() -> None:
    low = [
        Factor(name="freshness", value=0.4),
        Factor(name="support", value=0.1),
        Factor(name="own", value=0.2),
    ]
    confidence = score(low, Policy(), reasons=("conflict",))
    assert confidence.reasons == ("thin_support", "low_own", "stale", "conflict")


def test_the_policys_weights_count_and_are_shown() -> None:
    policy = Policy(weights={"support": 3.0, "slots": 1.0})
    confidence = score([Factor(name="support", value=1.0), Factor(name="slots", value=0.0)], policy)
    assert confidence.score == pytest.approx(FLOOR**0.25, abs=1e-6)
    assert [factor.weight for factor in confidence.factors] == [3.0, 1.0]


def test_a_calibration_turns_the_score_into_its_probability() -> None:
    policy = Policy().with_calibration(Isotonic(scores=(0.0, 1.0), probabilities=(0.2, 0.6)))
    confidence = score([Factor(name="support", value=1.0)], policy)
    assert (confidence.score, confidence.calibrated) == (0.6, True)
    assert not score([Factor(name="support", value=1.0)], Policy()).calibrated
