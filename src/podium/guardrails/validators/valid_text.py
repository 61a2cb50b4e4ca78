"""Is the text whole: no control characters, no halves of surrogate pairs, no noncharacters?"""

from __future__ import annotations

import re

from podium.guardrails.finding import CheckContext, Finding

_INVALID = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]+|[\ud800-\udfff]+|[\ufdd0-\ufdef\ufffe\uffff]+"
)


def valid_text(text: str, context: CheckContext) -> tuple[Finding, ...]:
    """Find characters that no honest text holds; a fix removes them, and marks lost bytes with U+FFFD.

    Args:
        text: What to check.
        context: Unused; every check has the same shape.
    """
    del context
    return tuple(_finding(match) for match in _INVALID.finditer(text))


def _finding(match: re.Match[str]) -> Finding:
    first = match[0][0]
    if "\ud800" <= first <= "\udfff":
        return Finding("bytes that are not valid UTF-8", match.span(), "\ufffd")
    if first < "\xa0":
        return Finding("a control character", match.span(), "")
    return Finding("a code point that is no character", match.span(), "")
