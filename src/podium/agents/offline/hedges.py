"""Conditions and second thoughts: words after which an order is not simply carried out."""

from __future__ import annotations

import re
from collections.abc import Iterable

_CONDITION = re.compile(
    r"\b(?:if|unless|provided|as long as|assuming|only when|but only|once|until|till|but not|not before"
    r"|not yet|except|maybe|perhaps)\b[^.;!?]*",
    re.IGNORECASE,
)
_SECOND_THOUGHT = re.compile(
    r"\b(?:no,? wait|wait,? no|hold on|never ?mind|forget (?:it|that)|on second thoughts?"
    r"|better (?:leave|not)|rather not|(?:do not|don't|dont)\b(?! forget))[^.;!?]*",
    re.IGNORECASE,
)
_YES = re.compile(
    r"\s*(?:yes|yep|yeah|sure|ok(?:ay)?|go ahead|do it|please do|right|correct|confirmed?)\b[\s\w,]*[.!]*\s*",
    re.IGNORECASE,
)


def hedge_in(clause: str, request: str, values: Iterable[object]) -> str:
    """What keeps an order from being a plain one, in the user's words; empty when nothing does.

    Args:
        clause: The part of the request with the order: conditions count here.
        request: All of the request: second thoughts count wherever they stand.
        values: What was taken out of the words as arguments; words in them speak of something else.
    """
    texts = [value for value in values if isinstance(value, str) and " " in value]
    for pattern, text in ((_CONDITION, clause), (_SECOND_THOUGHT, request)):
        for value in texts:
            text = text.replace(value, "")
        if found := pattern.search(text):
            return found.group().strip(" ,")
    return ""


def is_yes(text: str) -> bool:
    """Whether the words are no more than a yes."""
    return _YES.fullmatch(text) is not None
