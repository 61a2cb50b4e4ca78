from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podium.evals.scorers.alignment import best_pairs, longest_common

letters = st.text(alphabet="abc", max_size=40)


@settings(deadline=None)
@given(letters, letters)
def test_both_ways_to_the_longest_common_subsequence_agree(left: str, right: str) -> None:
    assert longest_common(left, right) == longest_common(left, right, lambda one, other: one == other)


def test_long_texts_are_compared_in_no_time() -> None:
    text = [str(at % 997) for at in range(20_000)]
    assert longest_common(text, text) == 20_000


@settings(deadline=None)
@given(st.lists(st.lists(st.floats(0, 1), min_size=3, max_size=3), min_size=1, max_size=3))
def test_pairs_are_the_best_of_all(gains: list[list[float]]) -> None:
    found = best_pairs(gains)
    assert len({row for row, _ in found}) == len({column for _, column in found}) == len(found)
    best = max(
        sum(gains[row][column] for row, column in enumerate(columns))
        for columns in permutations(range(3), len(gains))
    )
    assert sum(gains[row][column] for row, column in found) == pytest.approx(best)


def test_nothing_has_no_pairs() -> None:
    assert best_pairs([]) == []
    assert best_pairs([[]]) == []
    assert best_pairs([[0.0]]) == []
