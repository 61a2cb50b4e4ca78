"""Puts candidates of lexical and dense search into one order, with scores that mean something by themselves.

The order begins with reciprocal-rank fusion (Cormack, Clarke and Buettcher, "Reciprocal Rank Fusion
Outperforms Condorcet and Individual Rank Learning Methods", 2009). The score of a passage is a
weighted sum of

- how alike query and passage are (the cosine, from 0.1 to 0.8 spread over 0..1),
- its BM25 score as a share of the sum of the query's inverse document frequencies, which no passage can
  exceed (a share of 0.7 counts as all),
- which share of the query's words it holds, rare words counting more (inverse document frequency),
- how it ranks in the fusion, against a passage that leads both lists,
- whether it holds the numbers, codes and quoted phrases of the query.

All five are in 0..1, and so is the score: it can be compared between queries on the same knowledge base.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from podium.knowledge.lexical import STOPWORDS

RRF_K = 60
SUPERSEDED_FACTOR = 0.6
"""A passage that is no longer in force scores this share of what it would otherwise."""

_CODE = re.compile(r"[^\W_]*\d[^\W_]*(?:[-./][^\W_]+)*|[^\W_]+(?:-[^\W_]*\d[^\W_]*)+")
_QUOTED = re.compile(r"[\"\u201c\u00ab]([^\"\u201d\u00bb]{3,80})[\"\u201d\u00bb]")
_COSINE_LOW = 0.1
_COSINE_SPAN = 0.7
_STRONG = 0.7


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each part of the score counts; they sum to 1."""

    cosine: float = 0.4
    strength: float = 0.15
    coverage: float = 0.25
    fusion: float = 0.1
    exact: float = 0.1


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage that one of the searches found.

    Attributes:
        position: Its place in the snapshot.
        similarity: Cosine of query and passage.
        lexical: Its BM25 score.
        lexical_rank: Its rank among lexical hits, from 0; None when it is not among them.
        dense_rank: The same among dense hits.
        terms: Its terms.
        text: Context and passage.
        superseded: Whether it is no longer in force.
    """

    position: int
    similarity: float
    lexical: float
    lexical_rank: int | None
    dense_rank: int | None
    terms: frozenset[str]
    text: str
    superseded: bool = False


def fused(candidate: Candidate) -> float:
    """Reciprocal-rank fusion, 1 for a passage that leads both lists."""
    ranks = [rank for rank in (candidate.lexical_rank, candidate.dense_rank) if rank is not None]
    return sum(1 / (RRF_K + 1 + rank) for rank in ranks) * (RRF_K + 1) / 2


@dataclass(frozen=True, slots=True)
class Parts:
    """What the score of a candidate is made of: each part in 0..1, and a factor for all of them."""

    cosine: float
    strength: float
    coverage: float
    fusion: float
    exact: float
    factor: float

    def total(self, weights: Weights) -> float:
        """The score.

        Args:
            weights: How much each part counts.
        """
        total = (
            weights.cosine * self.cosine
            + weights.strength * self.strength
            + weights.coverage * self.coverage
            + weights.fusion * self.fusion
            + weights.exact * self.exact
        )
        return total * self.factor


def parts(
    query: str, terms: Sequence[str], candidates: Sequence[Candidate], rarity: Callable[[str], float]
) -> Mapping[int, Parts]:
    """What the score of each candidate is made of, by its position.

    Args:
        query: The words of the user.
        terms: The terms of the query.
        candidates: What the searches found.
        rarity: Inverse document frequency of a term.
    """
    worth = {term: rarity(term) for term in terms}
    whole = sum(worth.values())
    wanted = exact_parts(query)
    found = {}
    for candidate in candidates:
        held = sum(value for term, value in worth.items() if term in candidate.terms)
        coverage = held / whole if whole else 0.0
        strength = min(candidate.lexical / whole / _STRONG, 1.0) if whole else 0.0
        found[candidate.position] = Parts(
            cosine=_spread(candidate.similarity),
            strength=strength,
            coverage=coverage,
            fusion=fused(candidate),
            exact=_exact(wanted, candidate.text, coverage),
            factor=SUPERSEDED_FACTOR if candidate.superseded else 1.0,
        )
    return found


def score(
    query: str,
    terms: Sequence[str],
    candidates: Sequence[Candidate],
    rarity: Callable[[str], float],
    weights: Weights,
) -> Mapping[int, float]:
    """The score of each candidate in 0..1, by its position.

    Args:
        query: The words of the user.
        terms: The terms of the query.
        candidates: What the searches found.
        rarity: Inverse document frequency of a term.
        weights: How much each part counts.
    """
    found = parts(query, terms, candidates, rarity)
    return {position: one.total(weights) for position, one in found.items()}


def exact_parts(query: str) -> list[str]:
    """Numbers, codes and quoted phrases of the query, in lower case.

    Args:
        query: The words of the user.
    """
    parts = [match[1] for match in _QUOTED.finditer(query)]
    parts += [match[0] for match in _CODE.finditer(query) if match[0].casefold() not in STOPWORDS]
    return list(dict.fromkeys(part.casefold() for part in parts))


def _exact(wanted: list[str], text: str, otherwise: float) -> float:
    """The share of exact parts that the text holds; what stands in for it when the query has none."""
    if not wanted:
        return otherwise
    return len(exact_held(wanted, text)) / len(wanted)


def exact_held(wanted: Sequence[str], text: str) -> list[str]:
    """Those of the exact parts that a text holds.

    Args:
        wanted: What `exact_parts` found in the query.
        text: The text.
    """
    folded = text.casefold()
    return [part for part in wanted if _holds(folded, part)]


def _holds(text: str, part: str) -> bool:
    place = text.find(part)
    while place >= 0:
        before, after = text[place - 1 : place], text[place + len(part) : place + len(part) + 1]
        if not before.isalnum() and not after.isalnum():
            return True
        place = text.find(part, place + 1)
    return False


def _spread(cosine: float) -> float:
    return min(max((cosine - _COSINE_LOW) / _COSINE_SPAN, 0.0), 1.0)
