"""Length, validity, and the time that every check takes on hostile input."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podium.guardrails.finding import CheckContext, apply_fixes
from podium.guardrails.validator import BUILT_IN
from podium.guardrails.validators.length import length
from podium.guardrails.validators.valid_text import valid_text

CONTEXT = CheckContext(stage="input", known=("a",))
HOSTILE = [
    "a", "1", "1 ", "a.", "a@", "A1", "eyJ", "sk-", "password=", "ignore all ",
    "-----BEGIN PRIVATE KEY-----", "[a](", "http://a", "\u200b", "1-", "1.1.", "::", "DE89 ", "Bearer ",
    "token: ", "  ", "\n", "you are now ", "(1)", "+1 (", "a:b@", "://a:", "![", "\ufe0f", "\u202e",
    "a. ", "?!", "note to ", "[" * 5, "from now on ", "system:", "\ud800",
]  # fmt: skip


def test_a_long_text_is_cut_by_its_fix_and_a_short_one_has_none() -> None:
    assert apply_fixes("abcdef", length("abcdef", CONTEXT, most=3)) == "abc"
    assert apply_fixes("  a ", length("  a ", CONTEXT, least=2)) is None
    assert length("abc", CONTEXT, most=3, least=3) == ()


def test_control_characters_and_lost_bytes_are_mended() -> None:
    text = "a\x00b\x1bc\td\n" + b"\xff\xfe".decode(errors="surrogateescape") + "\uffff"
    assert apply_fixes(text, valid_text(text, CONTEXT)) == "abc\td\n\ufffd"


@given(st.text(st.characters(exclude_categories=())))
def test_a_mended_text_can_be_written_as_utf_8(text: str) -> None:
    fixed = apply_fixes(text, valid_text(text, CONTEXT))
    assert fixed is not None
    assert fixed.encode().decode() == fixed
    assert valid_text(fixed, CONTEXT) == ()


@pytest.mark.parametrize("name", sorted(BUILT_IN))
def test_time_stays_linear_on_hostile_text(name: str) -> None:
    for pattern in HOSTILE:
        text = (pattern * 100_000)[:100_000]
        started = time.process_time()
        BUILT_IN[name](text, CONTEXT)
        # Quadratic patterns take minutes here; the bound leaves room for a busy machine.
        assert time.process_time() - started < 2.0, pattern
