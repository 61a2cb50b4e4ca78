"""Whatever a source returns becomes evidence with exact spans, or one clear error."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podium.core.errors import SourceError
from podium.core.evidence import Evidence
from podium.knowledge.sources.items import MOST_PASSAGES, evidence_of, iso_date


def test_a_text_is_a_passage_of_the_source() -> None:
    (item,) = evidence_of("rates", ["One euro is 1.08 dollars."])
    assert item.text == "One euro is 1.08 dollars."
    assert item.source == "rates/1"
    assert (item.start, item.end) == (0, len(item.text))


def test_a_long_text_is_cut_into_passages_with_spans() -> None:
    text = " ".join(f"Sentence number {n} says something." for n in range(200))
    found = evidence_of("wiki", [{"text": text, "title": "Numbers", "source": "wiki://numbers"}])
    assert len(found) > 3
    assert all(text[item.start : item.end] == item.text for item in found)
    assert {item.source for item in found} == {"wiki/wiki://numbers"}
    assert len({item.id for item in found}) == len(found)


def test_evidence_is_taken_as_it_is() -> None:
    given_item = Evidence(id="a", source="s", text="t")
    assert evidence_of("x", [given_item]) == [given_item]


@pytest.mark.parametrize("item", [7, {"title": "no text"}, None, b"bytes"])
def test_anything_else_is_an_error_that_names_the_source(item: object) -> None:
    with pytest.raises(SourceError, match="rates gave"):
        evidence_of("rates", [item])


def test_the_same_item_has_the_same_id_and_another_text_another() -> None:
    (first,), (again,), (other,) = (
        evidence_of("s", [{"id": 1, "text": text}]) for text in ("a b", "a b", "c")
    )
    assert first.id == again.id != other.id


def test_there_is_an_end_to_what_one_answer_may_hold() -> None:
    assert len(evidence_of("s", (f"text {n}" for n in range(MOST_PASSAGES + 50)))) == MOST_PASSAGES


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (date(2026, 1, 2), "2026-01-02"),
        (datetime(2026, 1, 2, 3, tzinfo=UTC), "2026-01-02"),
        ("2026-01-02T10:00:00Z", "2026-01-02"),
        ("last week", ""),
        (None, ""),
    ],
)
def test_dates_are_iso_or_unknown(value: object, expected: str) -> None:
    assert iso_date(value) == expected


@given(st.text(max_size=400), st.text(max_size=80))
def test_any_text_can_be_stored(text: str, title: str) -> None:
    for item in evidence_of("s", [{"text": text, "title": title}]):
        item.model_dump_json().encode()
        assert "\x00" not in item.text
