"""Putting evidence in order for a model: the best first, each passage once, disagreements marked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from podium.core.evidence import Evidence

OVERLAP = 0.8
"""Passages of one source that share this much of the shorter one are the same."""

COMPARED = 24
"""How many of the best passages are compared with each other for disagreement."""

ALIKE = 0.5
"""Share of common words from which two passages are about the same."""

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_WORD = re.compile(r"[^\W\d_]{3,}")


@dataclass(frozen=True, slots=True)
class Ranked:
    """A passage in its place.

    Attributes:
        evidence: The passage.
        disagrees_with: Sources of passages about the same with other numbers.
    """

    evidence: Evidence
    disagrees_with: tuple[str, ...] = ()


def rank_evidence(evidence: Sequence[Evidence]) -> tuple[list[Ranked], list[tuple[str, str]]]:
    """The passages in order, and the duplicates left out as (id, id of the one kept).

    What is in force comes before what is superseded, then the higher score, then the newer date.
    """
    by_date = sorted(evidence, key=lambda item: item.date, reverse=True)
    ordered = sorted(by_date, key=lambda item: (bool(item.superseded_by), -item.score))
    kept: list[Evidence] = []
    duplicates: list[tuple[str, str]] = []
    texts: dict[str, str] = {}
    by_source: dict[str, list[Evidence]] = {}
    for item in ordered:
        key = " ".join(item.text.split()).casefold()
        neighbours = by_source.setdefault(item.source, [])
        twin = texts.get(key) or next((held.id for held in neighbours if _overlap(item, held)), None)
        if twin is not None:
            duplicates.append((item.id, twin))
            continue
        texts[key] = item.id
        neighbours.append(item)
        kept.append(item)
    return _marked(kept), duplicates


def _overlap(a: Evidence, b: Evidence) -> bool:
    shorter = min(a.end - a.start, b.end - b.start)
    shared = min(a.end, b.end) - max(a.start, b.start)
    return a.version == b.version and shorter > 0 and shared >= OVERLAP * shorter


def _marked(kept: list[Evidence]) -> list[Ranked]:
    best = kept[:COMPARED]
    words = [frozenset(_WORD.findall(item.text.casefold())) for item in best]
    numbers = [frozenset(_NUMBER.findall(item.text)) for item in best]
    against: list[list[str]] = [[] for _ in kept]
    for i, one in enumerate(best):
        for j in range(i):
            differ = numbers[i] and numbers[j] and numbers[i] != numbers[j]
            if differ and one.source != best[j].source and _alike(words[i], words[j]):
                against[i].append(best[j].source)
                against[j].append(one.source)
    return [Ranked(item, tuple(dict.fromkeys(found))) for item, found in zip(kept, against, strict=True)]


def _alike(a: frozenset[str], b: frozenset[str]) -> bool:
    smaller = min(len(a), len(b))
    return smaller > 0 and len(a & b) >= ALIKE * smaller
