"""Sentences and their places."""

from __future__ import annotations

from itertools import pairwise
from typing import SupportsIndex

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from podium.knowledge.sentences import split_sentences


def parts(text: str) -> list[str]:
    return [text[start:end] for start, end in split_sentences(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
        ("It costs 3.95 pounds. Good.", ["It costs 3.95 pounds.", "Good."]),
        ("Ask Mr. Smith. He knows.", ["Ask Mr. Smith.", "He knows."]),
        ("Fruit, e.g. pears, is fine.", ["Fruit, e.g. pears, is fine."]),
        ("Open until 5 p.m. on Monday. Then not.", ["Open until 5 p.m. on Monday.", "Then not."]),
        ('He said "Stop." Then he left.', ['He said "Stop."', "Then he left."]),
        ("Title\n\nFirst line. Second.", ["Title", "First line.", "Second."]),
        ("- one item\n- another item", ["- one item", "- another item"]),
        ("1. First step.\n2. Second step.", ["1. First step.", "2. Second step."]),
        ("sku: A-1; price: 3.50; note: none. Really", ["sku: A-1; price: 3.50; note: none. Really"]),
        (
            "A line that was wrapped because it had grown too long for\nthe page. Next.",
            ["A line that was wrapped because it had grown too long for\nthe page.", "Next."],
        ),
        ("これは文です。次の文です。", ["これは文です。", "次の文です。"]),
        ("", []),
        (" \n\t\n", []),
    ],
)
def test_splits_where_a_reader_would(text: str, expected: list[str]) -> None:
    assert parts(text) == expected


@given(st.text())
def test_spans_are_in_order_apart_and_lose_nothing_but_white_space(text: str) -> None:
    spans = split_sentences(text)
    assert all(a.end <= b.start for a, b in pairwise(spans))
    assert all(text[s:e] == text[s:e].strip() != "" for s, e in spans)
    kept = "".join("".join(text[s:e].split()) for s, e in spans)
    assert kept == "".join(text.split())


class Watched(str):
    """Counts the characters that are looked at one by one."""

    looked = 0

    def __getitem__(self, place: SupportsIndex | slice) -> str:
        found = super().__getitem__(place)
        self.looked += len(found)
        return found


@given(st.text(alphabet=" .!?…\"')(。1aB", min_size=1, max_size=8))
@example(". ")
@example('." ')
@example("x 1. a ")
@example("no. ")
def test_a_document_in_one_line_is_looked_at_a_few_times_whatever_it_repeats(piece: str) -> None:
    text = Watched(piece * (2_000 // len(piece)))
    split_sentences(text)
    assert text.looked <= 8 * len(text)
