"""What a validator gives back, and what it is told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from podium.core.evidence import Evidence
from podium.core.verdict import Stage


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a validator objects to.

    Attributes:
        reason: Plain words for people; never holds the offending value itself.
        span: Where in the value, in characters; None when it is the whole.
        fix: What should stand in the span's place; None when there is no safe repair.
    """

    reason: str
    span: tuple[int, int] | None = None
    fix: str | None = None


@dataclass(frozen=True, slots=True)
class CheckContext:
    """What a validator may know besides the value.

    Attributes:
        stage: Where the guardrail stands.
        evidence: The passages behind an answer.
        known: Other text that the answer may rest on: the request, outputs of tools.
        target: Name of the argument or id of the passage that is checked; empty for the only value.
        final: The value is the finished message, with words of our own around the draft.
    """

    stage: Stage
    evidence: tuple[Evidence, ...] = ()
    known: tuple[str, ...] = ()
    target: str = ""
    final: bool = False


def apply_fixes(text: str, findings: Iterable[Finding]) -> str | None:
    """The text with every finding repaired, or None when one of them cannot be.

    A finding without a span replaces the whole text. Of findings that overlap, the one that starts
    first wins and the rest of the overlap goes with it.

    Args:
        text: What was checked.
        findings: What was found in it.
    """
    parts: list[str] = []
    position = 0
    for finding in sorted(findings, key=lambda item: item.span or (0, len(text))):
        if finding.fix is None:
            return None
        start, end = finding.span or (0, len(text))
        if start >= position:
            parts += (text[position:start], finding.fix)
        position = max(position, end)
    return "".join((*parts, text[position:]))
