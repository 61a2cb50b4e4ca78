"""What can be quoted from a passage."""

from __future__ import annotations

from podium.agents.offline.support import LONG, sentences_of
from podium.agents.offline.text import Lexicon
from podium.core.evidence import Evidence


def quoted(text: str) -> list[str]:
    evidence = Evidence(id="e", source="notes.md", start=0, end=len(text), text=text, score=0.5)
    return [sentence.text for sentence in sentences_of([evidence], Lexicon())]


def test_a_sentence_longer_than_people_read_at_once_is_quoted_by_its_parts() -> None:
    parts = [f"the {number} of these is kept until the end of day {number * 7};" for number in range(9)]
    text = "Defaults are as follows: " + " ".join(parts)
    assert len(text) > LONG
    assert quoted(text) == ["Defaults are as follows: " + parts[0], *parts[1:]]


def test_a_short_sentence_stays_whole() -> None:
    assert quoted("It rests on Sundays; it opens at nine on Mondays.") == [
        "It rests on Sundays; it opens at nine on Mondays."
    ]


def test_a_row_of_a_table_stays_whole() -> None:
    row = "; ".join(f"column {number}: a value that is worth telling" for number in range(12))
    assert len(row) > LONG
    assert quoted(row) == [row]
