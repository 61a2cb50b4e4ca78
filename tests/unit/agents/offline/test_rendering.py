from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podium.agents.offline.rendering import MOST_LINES, render
from podium.core.model import JsonValue


@pytest.mark.parametrize(
    ("value", "lines"),
    [
        ({"book_id": "B-1", "dueOn": "May", "note": ""}, ["book B-1: due on May"]),
        ({"fee_cents": 1250, "paid": False}, ["fee 12.50, paid no"]),
        ({"books": [{"id": "B-1", "shelf": 4}]}, ["books:", "- id B-1: shelf 4"]),
        ({"books": []}, ["books: none"]),
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
