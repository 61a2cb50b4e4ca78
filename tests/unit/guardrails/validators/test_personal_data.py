from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podium.core.evidence import Evidence
from podium.guardrails.finding import CheckContext, apply_fixes
from podium.guardrails.validators.personal_data import is_iban, is_luhn, personal_data

CONTEXT = CheckContext(stage="output")


@pytest.mark.parametrize(
    ("text", "fixed"),
    [
        ("Write to ada.lovelace+shop@example.co.uk.", "Write to [e-mail]."),
        ("Call +44 20 7946 0958 or (555) 010-4477", "Call [phone] or [phone]"),
        ("Card 4111 1111 1111 1111!", "Card [card]!"),
        ("Card 378282246310005", "Card [card]"),
        ("Pay to DE89 3704 0044 0532 0130 00 NOW", "Pay to [iban] NOW"),
        ("SSN 078-05-1120", "SSN [ssn]"),
        ("from 192.168.10.20 and 2001:db8::ff00:42:8329", "from [ip] and [ip]"),
    ],
)
def test_each_kind_is_found_and_named_by_its_fix(text: str, fixed: str) -> None:
    assert apply_fixes(text, personal_data(text, CONTEXT)) == fixed


@pytest.mark.parametrize(
    "text",
    [
        "Card 4111 1111 1111 1112",
        "GB82 WEST 1234 5698 7654 23",
        "SSN 666-12-3456",
        "version 1.2.300.999, at 12:30:15",
        "Order O-10001 of 2026-08-14 for £1,249.00, 3 x 24.90",
        "Open 9.00-17.30, article 4006381333931-B",
        "user @ home",
    ],
)
def test_what_fails_its_check_is_let_pass(text: str) -> None:
    assert personal_data(text, CONTEXT) == ()


def test_what_the_reader_knows_already_is_let_pass() -> None:
    text = "It goes to ada@example.org"
    told = CheckContext(stage="output", known=("I am ada@example.org",))
    read = CheckContext(stage="output", evidence=(Evidence(id="1", source="s", text="ada@example.org"),))
    assert personal_data(text, told) == personal_data(text, read) == ()
    assert len(personal_data(text, told, allow_known=False)) == 1


def test_only_the_kinds_asked_for_are_looked_for() -> None:
    assert personal_data("ada@example.org", CONTEXT, kinds=("card",)) == ()


@given(st.lists(st.integers(0, 9), min_size=12, max_size=18))
def test_exactly_one_check_digit_passes(digits: list[int]) -> None:
    assert sum(is_luhn([*digits, last]) for last in range(10)) == 1


def test_a_swapped_pair_fails_the_accounts_check() -> None:
    assert is_iban("GB82WEST12345698765432")
    assert not is_iban("GB82WEST12345698765423")
