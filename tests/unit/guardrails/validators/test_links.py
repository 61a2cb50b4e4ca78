from __future__ import annotations

import pytest

from podium.core.evidence import Evidence
from podium.guardrails.finding import CheckContext, apply_fixes
from podium.guardrails.validators.links import links

KNOWN = CheckContext(
    stage="output",
    evidence=(Evidence(id="1", source="s", text="See https://shop.example/returns for more."),),
    known=("track it at http://post.example/t/1?x=2",),
)


@pytest.mark.parametrize(
    ("text", "fixed"),
    [
        ("look ![x](https://evil.example/p?d=secret) here", "look [link removed] here"),
        ("see [this](//evil.example/a).", "see [link removed]."),
        ("go to https://evil.example/a.", "go to [link removed]."),
        ("https://shop.example/returnsX", "[link removed]"),
        ("https://shop.example/ret", "[link removed]"),
        ("[x](javascript:alert)", "[link removed]"),
    ],
)
def test_a_link_that_nothing_contains_is_removed(text: str, fixed: str) -> None:
    assert apply_fixes(text, links(text, KNOWN)) == fixed


@pytest.mark.parametrize(
    "text",
    [
        "See https://shop.example/returns.",
        "[here](https://shop.example/returns)",
        "http://post.example/t/1?x=2",
        "[1] and [2](see below)",
        "Note: at 12:30",
    ],
)
def test_known_links_and_what_is_no_link_are_let_pass(text: str) -> None:
    assert links(text, KNOWN) == ()


def test_hosts_that_the_policy_allows_are_let_pass_with_their_subdomains() -> None:
    text = "https://help.shop.example/a and https://notshop.example/b"
    found = links(text, CheckContext(stage="output"), allow_hosts=("shop.example",))
    assert [text[slice(*finding.span)] for finding in found if finding.span] == ["https://notshop.example/b"]
