"""What form an answer has to have."""

from __future__ import annotations

import pytest

from podium.agents.offline.answer_types import type_match


@pytest.mark.parametrize(
    ("question", "fits", "fails"),
    [
        ("What is the phone number of the depot?", "Call 0116 496 0123.", "It is open since 2026-04-15."),
        ("Which colours does it come in?", "It comes in slate grey and blue.", "It comes in two sizes."),
        ("What is it made of?", "The body is stainless steel.", "It was designed in Leeds."),
        ("How thick is the board?", "The board is 32 mm thick.", "The board lasts for 30 years."),
        ("What is the voltage?", "It runs on 230 V.", "It runs on Sundays."),
        ("What does it cost?", "It costs £12.", "It weighs 12 kg."),
        ("How long does it last?", "It lasts for two weeks.", "It lasts well."),
    ],
)
def test_an_answer_has_the_form_that_is_asked_for(question: str, fits: str, fails: str) -> None:
    assert type_match(question, fits) == 1.0
    assert type_match(question, fails) <= 0.0


def test_what_lacks_an_exact_form_is_no_answer() -> None:
    assert type_match("Which colours does it come in?", "It comes in two sizes.") < 0
    assert type_match("How long does it last?", "It lasts well.") == 0


def test_a_question_without_a_form_is_answered_by_any_sentence() -> None:
    assert type_match("Can it be returned?", "It can be.") == 0.5
