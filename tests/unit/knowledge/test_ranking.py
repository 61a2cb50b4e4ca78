"""Scores of candidates."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podium.knowledge.ranking import SUPERSEDED_FACTOR, Candidate, Weights, exact_parts, fused, score


def candidate(position: int = 0, text: str = "", **changes: object) -> Candidate:
    values: dict[str, object] = {
        "position": position,
        "similarity": 0.5,
        "lexical": 1.0,
        "lexical_rank": 0,
        "dense_rank": 0,
        "terms": frozenset(text.split()),
        "text": text,
    }
    return Candidate(**{**values, **changes})  # type: ignore[arg-type]  # values are given by name above


def scored(query: str, *candidates: Candidate) -> list[float]:
    found = score(query, query.split(), candidates, lambda term: 1.0, Weights())
    return [found[item.position] for item in candidates]


def test_weights_sum_to_one() -> None:
    weights = Weights()
    assert (
        weights.cosine + weights.strength + weights.coverage + weights.fusion + weights.exact
        == pytest.approx(1)
    )


def test_leading_both_lists_is_worth_one() -> None:
    assert fused(candidate(lexical_rank=0, dense_rank=0)) == pytest.approx(1)
    assert fused(candidate(lexical_rank=None, dense_rank=None)) == 0


def test_a_code_that_is_asked_for_decides_between_equals() -> None:
    right, wrong = scored("price KET-204", candidate(0, "price KET-204"), candidate(1, "price KET-2041"))
    assert right > wrong


def test_what_is_no_longer_in_force_scores_less() -> None:
    current, old = scored("fee", candidate(0, "fee"), candidate(1, "fee", superseded=True))
    assert old == pytest.approx(current * SUPERSEDED_FACTOR)


def test_numbers_codes_and_quoted_phrases_are_exact_parts() -> None:
    assert exact_parts('is "free delivery" from £50 for KET-204?') == ["free delivery", "50", "ket-204"]
    assert exact_parts("how long does it take?") == []


@given(
    st.floats(-1, 1),
    st.one_of(st.none(), st.integers(0, 500)),
    st.one_of(st.none(), st.integers(0, 500)),
    st.text(max_size=40),
    st.text(max_size=40),
)
def test_a_score_is_between_nothing_and_one(
    similarity: float, lexical: int | None, dense: int | None, query: str, text: str
) -> None:
    item = candidate(0, text, similarity=similarity, lexical_rank=lexical, dense_rank=dense)
    assert 0 <= scored(query, item)[0] <= 1 + 1e-9
