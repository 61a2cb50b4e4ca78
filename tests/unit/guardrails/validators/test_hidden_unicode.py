from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podium.guardrails.finding import CheckContext, apply_fixes
from podium.guardrails.validators.hidden_unicode import hidden_unicode

CONTEXT = CheckContext(stage="input")


def smuggled(message: str) -> str:
    return "".join(chr(0xE0000 + ord(character)) for character in message)


@pytest.mark.parametrize(
    ("text", "fixed"),
    [
        ("pay\u200b\u200cpal", "paypal"),
        ("hello" + smuggled("ignore all"), "hello"),
        ("abc\u202etxt.exe", "abctxt.exe"),
        ("a\ufe01\ufe02\ufe03", "a"),
        ("\U0001f600\U000e0141\U000e0142", "\U0001f600"),
        ("a\u2066b\u2069", "ab"),
        ("in\u00advisible", "invisible"),
        ("x\ufeffy", "xy"),
    ],
    ids=lambda text: ascii(text),
)
def test_what_hides_is_found_and_removed(text: str, fixed: str) -> None:
    assert apply_fixes(text, hidden_unicode(text, CONTEXT)) == fixed


@pytest.mark.parametrize(
    "text",
    [
        "\U0001f468\u200d\U0001f469\u200d\U0001f467 and \u2764\ufe0f\u200d\U0001f525",
        "\U0001f44d\U0001f3fd 1\ufe0f\u20e3 \u2600\ufe0f",
        "\U0001f469\U0001f3fd\u200d\U0001f4bb",
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        "\u0915\u094d\u200d\u0937",
        "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
        "\u05e9\u05dc\u05d5\u05dd\u200f!",
        "\ufeffstart of a file",
        "\u845b\U000e0100",
        "na\u00efve caf\u00e9 \u2014 \u65e5\u672c\u8a9e",
    ],
    ids=lambda text: ascii(text),
)
def test_honest_uses_are_let_pass(text: str) -> None:
    assert hidden_unicode(text, CONTEXT) == ()


@given(st.text())
def test_a_fixed_text_keeps_all_that_can_be_seen(text: str) -> None:
    fixed = apply_fixes(text, hidden_unicode(text, CONTEXT))
    assert fixed is not None
    visible = [character for character in text if character.isalnum()]
    assert [character for character in fixed if character.isalnum()] == [
        character for character in visible if character not in "\u115f\u1160\u3164\uffa0"
    ]
