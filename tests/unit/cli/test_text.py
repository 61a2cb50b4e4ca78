"""What others say cannot steer the terminal."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from podium.cli.text import one_line, printable


def test_escape_sequences_lose_their_power() -> None:
    assert "\x1b" not in printable("\x1b[2Jgone")
    assert "\u202e" not in printable("safe\u202etxt")


def test_lines_and_tabs_stay() -> None:
    assert printable("a\r\nb\tc") == "a\nb\tc"


@given(st.text(st.characters(codec=None)))
def test_anything_becomes_one_encodable_line(text: str) -> None:
    line = one_line(text, 40)
    line.encode()
    assert len(line) <= 40
    assert "\n" not in line
