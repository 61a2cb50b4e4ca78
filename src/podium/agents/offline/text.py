"""Words of requests and passages: terms that carry meaning, and how rare they are."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence

from podium.knowledge.lexical import Analyzer

LONGEST = 4000
"""Characters of a request that are read; the rest is left out."""

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_WORD = re.compile(r"[^\W_]+(?:[-'\u2019.][^\W_]+)*")
_NAMED = re.compile(r"(?<![.!?]\s)(?<!^)\b[A-Z][\w-]+|\b\w*\d[\w-]*")
_GENERIC_TEXT = """
get got give take make need want use go come put let find work many much long often soon quickly fast
kind way thing one people someone somebody anyone somehow happen mean allow able possible still exactly
"""
_GENERIC = frozenset(_GENERIC_TEXT.split())


def clean(text: str) -> str:
    """The readable beginning of a text, without control characters."""
    return _CONTROL.sub(" ", text[:LONGEST]).replace("\u2019", "'").strip()


def words(text: str) -> list[str]:
    """The words of a text in lower case, in order; identifiers stay whole."""
    return [match[0].casefold() for match in _WORD.finditer(text)]


def is_legible(text: str) -> bool:
    """Whether most letters of a text are Latin: the words that the offline agents know about."""
    letters = [char for char in text if char.isalpha()]
    return not letters or sum(char < "\u0250" for char in letters) * 2 >= len(letters)


def named(text: str) -> tuple[str, ...]:
    """Things a text calls by a name, a number or a code, beyond the first word."""
    return tuple(dict.fromkeys(match[0] for match in _NAMED.finditer(text)))


class Lexicon:
    """Stems words, and weighs them by how rare they are among some texts."""

    def __init__(self) -> None:
        self._analyzer = Analyzer()

    def terms(self, text: str) -> list[str]:
        """Stems of the words that carry meaning, in order, with repetitions."""
        return self._analyzer.terms(text)

    def stem(self, word: str) -> str:
        """The stem of one word; the word itself when it is a stop word."""
        return next(iter(self._analyzer.terms(word)), word.casefold())

    def rarity(self, question: Iterable[str], texts: Sequence[frozenset[str]]) -> dict[str, float]:
        """How much each term of a question counts, in 0..1: the rarer among the texts, the more.

        Args:
            question: Terms.
            texts: The terms of each text.
        """
        size = len(texts) + 1
        top = math.log(1 + size / 0.5)
        generic = {self.stem(word) for word in _GENERIC}
        found: dict[str, float] = {}
        for term in question:
            held = sum(term in text for text in texts)
            weight = math.log(1 + (size - held) / (held + 0.5)) / top
            found[term] = max(0.3, weight) * (0.3 if term in generic else 1.0)
        return found


def covered(weights: Mapping[str, float], terms: frozenset[str]) -> float:
    """The share of the weights whose term is among the terms, in 0..1; 1 when nothing weighs."""
    total = sum(weights.values())
    return sum(weight for term, weight in weights.items() if term in terms) / total if total else 1.0
