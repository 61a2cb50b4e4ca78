"""Sources that say different things about the same."""

from __future__ import annotations

import re
from collections.abc import Sequence

from podium.agents.offline.answer_types import wanted
from podium.agents.offline.support import Scored

CLOSE = 0.72
"""A sentence below this share of the best one's score speaks of something else."""

ALIKE = 0.9
"""How much of what the best one has of the question the other has to have, in words and in meaning."""

SPOKEN = 0.25
"""The least that the best one has to have of the question itself."""

_FIGURE = re.compile(r"[\u00a3$\u20ac]?\s?\d+(?:[.,]\d+)*\s?(?:%|percent|[a-z]+)?", re.IGNORECASE)
_NEGATION = re.compile(r"\b(?:no|not|never|none|cannot|without)\b|n't\b", re.IGNORECASE)


def disagreements(question: str, best: Scored, ranked: Sequence[Scored]) -> list[Scored]:
    """Sentences of other sources in force that contradict the best one: other figures, or a denial.

    Args:
        question: What both are about.
        best: The sentence that answers.
        ranked: All sentences, best first.
    """
    found: list[Scored] = []
    for item in ranked:
        evidence = item.sentence.evidence
        if evidence.source == best.sentence.evidence.source or evidence.superseded_by:
            continue
        if item.score < CLOSE * best.score or any(
            evidence.source == held.sentence.evidence.source for held in found
        ):
            continue
        if _same_subject(best, item) and _contradict(question, best.sentence.text, item.sentence.text):
            found.append(item)
    return found[:1]


def _same_subject(one: Scored, other: Scored) -> bool:
    """Whether both hold the same of the question, in words and in meaning."""
    alike = other.words >= ALIKE * one.words and other.meaning >= ALIKE * one.meaning
    shared = len(one.sentence.terms & other.sentence.terms)
    return alike and shared >= 2 and min(one.words, one.meaning) >= SPOKEN


def _contradict(question: str, one: str, other: str) -> bool:
    if bool(_NEGATION.search(one)) != bool(_NEGATION.search(other)):
        return True
    if wanted(question) is None:
        return False
    a, b = _figures(one), _figures(other)
    return bool(a and b) and not a & b


def _figures(text: str) -> set[str]:
    return {re.sub(r"\s+", "", match[0].lower()) for match in _FIGURE.finditer(text)}
