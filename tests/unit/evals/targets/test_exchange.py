from __future__ import annotations

from typing import Any

import pytest

from podium.evals.case import Turn
from podium.evals.targets.exchange import graph_input, resume_value

ASKED = [{"action_requests": [{"name": "refund", "args": {"id": "1"}}], "review_configs": []}]


@pytest.mark.parametrize(
    ("turn", "value"),
    [
        (Turn(decision="approve"), {"decisions": [{"type": "approve"}]}),
        (Turn(decision="reject", message="no"), {"decisions": [{"type": "reject", "message": "no"}]}),
        (
            Turn(decision="edit", args={"id": "2"}),
            {"decisions": [{"type": "edit", "edited_action": {"name": "refund", "args": {"id": "2"}}}]},
        ),
    ],
)
def test_a_stock_review_gets_stock_decisions(turn: Turn, value: Any) -> None:
    assert resume_value(turn, ASKED) == value


@pytest.mark.parametrize(
    ("turn", "value"),
    [
        (Turn(decision="approve"), True),
        (Turn(decision="respond", message="later"), "later"),
        (Turn(decision="edit", args={"a": 1}), {"a": 1}),
    ],
)
def test_any_other_question_gets_a_plain_answer(turn: Turn, value: Any) -> None:
    assert resume_value(turn, ["May I?"]) == value


@pytest.mark.parametrize(
    ("shape", "given", "made"),
    [
        ("messages", "hi", {"messages": [{"role": "user", "content": "hi"}]}),
        ("messages", {"messages": []}, {"messages": []}),
        ("messages", {"a": 1}, {"messages": [{"role": "user", "content": '{"a": 1}'}]}),
        ("raw", [1], [1]),
        ({"q": "$input", "deep": [{"x": "$input"}, 3]}, "hi", {"q": "hi", "deep": [{"x": "hi"}, 3]}),
    ],
)
def test_input_is_shaped_as_the_suite_says(shape: Any, given: Any, made: Any) -> None:
    assert graph_input(shape, given) == made
