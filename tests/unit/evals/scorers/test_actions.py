from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podium.evals.case import Case, Expected, ExpectedAction
from podium.evals.observation import ActionSeen, Observation
from podium.evals.score import Score
from podium.evals.scorers.actions import Actions, Tools


def judged(
    scorer: Any, expected: list[tuple[str, dict[str, Any]]] | None, *seen: tuple[str, dict[str, Any]]
) -> Any:
    actions = (
        None if expected is None else tuple(ExpectedAction(tool=tool, args=args) for tool, args in expected)
    )
    case = Case(id="c", input="x", expected=Expected(actions=actions))
    found = scorer(case, Observation(actions=tuple(ActionSeen(tool=tool, args=args) for tool, args in seen)))
    assert found is None or isinstance(found, Score)
    return found if found is None else found.value


REFUND, MAIL = ("refund", {"order": "O-1", "amount": 5}), ("mail", {"to": "a@example.com"})

calls = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", "c"]),
        st.dictionaries(
            st.sampled_from(["x", "y"]), st.integers(0, 2) | st.lists(st.integers(0, 1), max_size=2)
        ),
    ),
    max_size=5,
)


@settings(deadline=None)
@given(calls, st.randoms(use_true_random=False))
def test_identical_calls_are_worth_one_in_any_order(made: Any, random: Any) -> None:
    shuffled = list(made)
    random.shuffle(shuffled)
    assert judged(Tools(), made, *shuffled) == 1.0
    assert judged(Actions(), made, *shuffled) == 1.0
    assert judged(Actions(strict=True), made, *shuffled) == 1.0


@settings(deadline=None)
@given(calls, calls)
def test_credit_lies_within_bounds_and_below_the_choice_of_tools(wanted: Any, made: Any) -> None:
    actions, tools = judged(Actions(), wanted, *made), judged(Tools(), wanted, *made)
    assert 0 <= actions <= tools <= 1


@pytest.mark.parametrize(
    ("scorer", "seen", "value"),
    [
        (Tools(), [MAIL, REFUND], 1.0),
        (Tools(), [REFUND], 2 / 3),
        (Tools(), [REFUND, REFUND, MAIL], 0.8),
        (Tools(extra=False), [REFUND, REFUND, MAIL], 1.0),
        (Tools(ignore=("look",)), [("look", {}), REFUND, MAIL], 1.0),
        (Tools(), [], 0.0),
        (Actions(), [("refund", {"order": "O-1", "amount": 9}), MAIL], 0.875),
        (Actions(tool_credit=0), [("refund", {"order": "O-1", "amount": 9}), MAIL], 0.75),
        (Actions(strict=True), [("refund", {"order": "O-1", "amount": 9}), MAIL], 0.0),
        (Actions(), [("refund", {"order": "O-1", "amount": 5, "note": "x"}), MAIL], 1.0),
    ],
)
def test_a_refund_and_a_mail(scorer: Any, seen: list[Any], value: float) -> None:
    assert judged(scorer, [REFUND, MAIL], *seen) == pytest.approx(value)


def test_calls_are_paired_so_that_the_most_comes_out() -> None:
    wanted: list[tuple[str, dict[str, Any]]] = [
        ("refund", {"order": {"$regex": "^O-"}}),
        ("refund", {"order": "O-1"}),
    ]
    assert judged(Actions(), wanted, ("refund", {"order": "O-1"}), ("refund", {"order": "O-2"})) == 1.0


def test_no_call_expected_and_none_made_is_right() -> None:
    assert judged(Actions(), []) == 1.0
    assert judged(Actions(), [], REFUND) == 0.0
    assert judged(Actions(), None, REFUND) is None


def test_reading_calls_can_be_left_out() -> None:
    case = Case(id="c", input="x", expected=Expected(actions=()))
    observed = Observation(actions=(ActionSeen(tool="look", effect="read"),))
    found = Actions(reads=False)(case, observed)
    assert found is not None
    assert found.value == 1.0


def test_what_went_wrong_is_told() -> None:
    case = Case(
        id="c", input="x", expected=Expected(actions=(ExpectedAction(tool="a"), ExpectedAction(tool="b")))
    )
    found = Actions()(case, Observation(actions=(ActionSeen(tool="c"), ActionSeen(tool="b"))))
    assert found is not None
    assert found.reason == "not called: a; called besides: c"
