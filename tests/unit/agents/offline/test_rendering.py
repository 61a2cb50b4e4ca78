from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podium.agents.offline.rendering import MOST_LINES, render
from podium.core.model import JsonValue


@pytest.mark.parametrize(
    ("value", "lines"),
    [
        ({"book_id": "B-1", "dueOn": "May", "note": ""}, ["Book B-1: due on May"]),
        ({"fee_cents": 1250, "paid": False}, ["Fee 12.50, not paid"]),
        ({"loan_id": "L-1", "status": "lent", "lent": True}, ["Loan L-1: lent"]),
        (
            {"loan_id": "L-1", "status": "lent", "since": "2026-01-02", "fee": "\u00a32", "x": 1, "y": 2},
            ["Loan L-1: lent", "Since: 2026-01-02", "Fee: \u00a32", "X: 1", "Y: 2"],
        ),
        ({"books": [{"id": "B-1", "shelf": 4}]}, ["Books:", "- B-1: shelf 4"]),
        (
            {"events": [{"happened_on": "2026-01-02", "place": "desk", "event": "lent, shelf 3"}]},
            ["Events:", "- 2026-01-02: desk, lent, shelf 3"],
        ),
        (
            {"books": [{"code": "B-1", "name": "Emma 2", "price": "\u00a34", "loans": []}]},
            ["Books:", "- B-1: Emma 2, price \u00a34", "  Loans: none"],
        ),
        ({"books": []}, ["Books: none"]),
        ([], ["Nothing was found."]),
        ("done", ["done"]),
    ],
)
def test_a_result_is_told_in_its_own_words(value: JsonValue, lines: list[str]) -> None:
    assert render(value) == lines


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=30,
)


@given(json_values)
def test_any_result_is_told_within_bounds(value: JsonValue) -> None:
    assert len(render(value)) <= MOST_LINES + 1
