from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from rouge_score.rouge_scorer import RougeScorer

from podium.core.model import JsonValue
from podium.evals.case import Case, Expected
from podium.evals.observation import Observation
from podium.evals.score import Score
from podium.evals.scorers.texts import Contains, Exact, Numeric, Regex, RougeL, TokenF1


def case(*answers: JsonValue) -> Case:
    return Case(
        id="c", input="x", expected=Expected(answer=answers[0] if answers else None, answers=answers[1:])
    )


def value(scorer: Any, output: JsonValue, *answers: JsonValue) -> float | None:
    found = scorer(case(*answers), Observation(output=output))
    assert found is None or isinstance(found, Score)
    return None if found is None else found.value


ALL = [Exact(), Contains(), Regex(), Numeric(), TokenF1(), RougeL()]


@pytest.mark.parametrize("scorer", ALL)
def test_nothing_expected_gives_no_value(scorer: Any) -> None:
    assert value(scorer, "anything") is None


def test_an_empty_text_is_not_looked_for() -> None:
    assert value(Contains(), "anything", " ") is None
    assert value(Contains(), "anything", "", "thing") == 1.0


@pytest.mark.parametrize("scorer", [Exact(), TokenF1(), RougeL()])
@settings(deadline=None)
@given(text=st.text(max_size=80))
def test_the_same_text_is_worth_one(scorer: Any, text: str) -> None:
    assert value(scorer, text, text) == 1.0


@pytest.mark.parametrize("scorer", [TokenF1(), RougeL()])
@settings(deadline=None)
@given(one=st.text(max_size=60), other=st.text(max_size=60))
def test_likeness_is_symmetric_and_within_bounds(scorer: Any, one: str, other: str) -> None:
    there, back = value(scorer, one, other), value(scorer, other, one)
    assert there is not None
    assert 0 <= there <= 1
    assert there == pytest.approx(back)


@pytest.mark.parametrize(
    ("scorer", "output", "expected"),
    [
        (Exact(), " two  words ", 1.0),
        (Exact(), "Two words", 0.0),
        (Exact(ignore=("case", "space")), "Two words", 1.0),
        (Exact(ignore=()), " two words", 0.0),
        (Contains(), "It is TWO words long", 1.0),
        (Contains(), "two long words", 0.0),
        (Contains(all=True, text=("long", "two")), "two long words", 1.0),
        (Contains(all=True, text=("long", "four")), "two long words", 0.0),
        (Contains(text=("long", "four")), "two long words", 1.0),
        (Regex(pattern=r"^two"), "two words", 1.0),
        (Regex(pattern=r"^TWO", ignore_case=True), "two words", 1.0),
        (Regex(pattern="two", whole=True), "two words", 0.0),
        (TokenF1(), "the words, two!", 1.0),
        (TokenF1(), "two", 2 / 3),
        (TokenF1(), "nothing else", 0.0),
        (RougeL(part="recall"), "two big words", 1.0),
        (RougeL(part="precision"), "two big words", 2 / 3),
    ],
)
def test_against_two_words(scorer: Any, output: str, expected: float) -> None:
    assert value(scorer, output, "two words") == pytest.approx(expected)


def test_the_best_of_several_right_answers_counts() -> None:
    assert value(Exact(), "b", "a", "b") == 1.0
    assert value(TokenF1(), "b c", "a", "b c d e") == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("output", "answer", "options", "expected"),
    [
        ("It costs 1,234.50 euro", 1234.5, {}, 1.0),
        ("of 7 orders 3 are late", "3", {}, 1.0),
        ("of 7 orders 3 are late", "7", {}, 0.0),
        ("of 7 orders 3 are late", "7", {"take": "first"}, 1.0),
        ("of 7 orders 3 are late", "7", {"take": "any"}, 1.0),
        ("minus: \u22124.02", -4, {"tolerance": 0.05}, 1.0),
        ("103", 100, {"relative": 0.03}, 1.0),
        ("103.1", 100, {"relative": 0.03}, 0.0),
        ("none", 100, {}, 0.0),
        ("from 3-5 days", 5, {}, 1.0),
        ("x=-5, v2", -5, {}, 1.0),
        ("4.5.", 4.5, {}, 1.0),
        ("order O-17", 17, {}, 1.0),
        (True, 1, {}, 0.0),
    ],
)
def test_numbers(output: JsonValue, answer: JsonValue, options: dict[str, Any], expected: float) -> None:
    assert value(Numeric(**options), output, answer) == expected


def test_json_values_are_not_confused() -> None:
    assert value(Exact(), 1.0, 1) == 1.0
    assert value(Exact(), True, 1) == 0.0
    assert value(Exact(), "1", 1) == 0.0
    assert value(Exact(), None, "x") == 0.0


ascii_words = st.lists(st.sampled_from(["cat", "dog", "sat", "mat", "on", "42"]), max_size=12).map(" ".join)


@settings(deadline=None)
@given(ascii_words, ascii_words)
def test_rouge_agrees_with_the_reference(one: str, other: str) -> None:
    theirs = RougeScorer(["rougeL"]).score(one, other)["rougeL"].fmeasure
    # it gives 0 to two empty texts, which are the same
    assert value(RougeL(), other, one) == pytest.approx(1.0 if one == other == "" else theirs, abs=1e-9)


def test_a_pattern_that_is_none_is_refused() -> None:
    with pytest.raises(ValidationError, match="regular expression"):
        Regex(pattern="(")
