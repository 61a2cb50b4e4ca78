"""Why a search found what it found: what it looked for, and what each hit's score is made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from podium.core.evidence import Evidence
from podium.knowledge.lexical import LexicalIndex
from podium.knowledge.ranking import Candidate, Parts, Weights, exact_held, exact_parts
from podium.knowledge.snapshot import SeenChunk

_MOST_TERMS = 64
"""Terms of a query that are looked at one by one."""
_MOST_LEFT_OUT = 20


@dataclass(frozen=True, slots=True)
class Ranked:
    """A search before anything is shown.

    Attributes:
        terms: The terms of the query.
        candidates: What the two searches found, by position.
        parts: What their scores are made of.
        scores: The scores.
        texts: What they say, without headings.
        best: Their positions, best first.
        shown: The positions of those that are shown, best first.
        chunk: Says what lies at a position.
        repeats: Whether one passage says what another says already.
        lexical: The index that was asked.
    """

    terms: Sequence[str]
    candidates: Mapping[int, Candidate]
    parts: Mapping[int, Parts]
    scores: Mapping[int, float]
    texts: Mapping[int, str]
    best: Sequence[int]
    shown: Sequence[int]
    chunk: Callable[[int], SeenChunk]
    repeats: Callable[[SeenChunk, SeenChunk], bool]
    lexical: LexicalIndex


@dataclass(frozen=True, slots=True)
class Term:
    """A term of the query.

    Attributes:
        term: As it is searched: stemmed.
        rarity: Its inverse document frequency; higher is rarer.
        known: Whether any passage holds it.
    """

    term: str
    rarity: float
    known: bool


@dataclass(frozen=True, slots=True)
class Matched:
    """A term of the query that a passage holds, and what that adds to its BM25 score."""

    term: str
    score: float


@dataclass(frozen=True, slots=True)
class Hit:
    """Why a passage was found.

    Attributes:
        id: The evidence's.
        collection: Where it lies.
        place: Its rank among what is shown, from 1.
        score: The parts by their weights, times the factor.
        dense_rank: Its rank by meaning, from 1; None when it is not among the candidates of that search.
        similarity: Cosine of query and passage.
        lexical_rank: Its rank by words, from 1; None when it is not among the candidates of that search.
        bm25: Its BM25 score.
        matched: Terms of the query that it holds, what counts most first.
        missing: Those that it does not hold.
        exact: Numbers, codes and quoted phrases of the query that it holds.
        parts: What its score is made of.
    """

    id: str
    collection: str
    place: int
    score: float
    dense_rank: int | None
    similarity: float
    lexical_rank: int | None
    bm25: float
    matched: tuple[Matched, ...]
    missing: tuple[str, ...]
    exact: tuple[str, ...]
    parts: Parts


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A candidate that is not shown.

    Attributes:
        source: The document.
        collection: Where it lies.
        start: Offset in its text.
        end: Offset just after it.
        score: What it scored.
        why: It repeats a better one, or it comes after as many as were asked for.
        of: The evidence that it repeats.
    """

    source: str
    collection: str
    start: int
    end: int
    score: float
    why: Literal["repeats", "below"]
    of: str | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a search found what it found.

    Attributes:
        terms: What the query was cut into.
        exact: Numbers, codes and quoted phrases that were looked for as they stand.
        weights: How much each part of a score counts.
        dense: Candidates by meaning.
        lexical: Candidates by words.
        candidates: Candidates in all.
        hits: What is shown, best first.
        left_out: The best of what is not.
    """

    terms: tuple[Term, ...] = ()
    exact: tuple[str, ...] = ()
    weights: Weights = field(default_factory=Weights)
    dense: int = 0
    lexical: int = 0
    candidates: int = 0
    hits: tuple[Hit, ...] = ()
    left_out: tuple[LeftOut, ...] = ()


@dataclass(frozen=True, slots=True)
class Explained:
    """What a search found, and why."""

    found: list[Evidence]
    why: Explanation


def explain(ranked: Ranked, query: str, weights: Weights) -> Explanation:
    """Say why a search found what it found.

    Args:
        ranked: The search.
        query: The words of the user.
        weights: How much each part of a score counted.
    """
    terms = list(dict.fromkeys(ranked.terms))[:_MOST_TERMS]
    columns = {term: ranked.lexical.scores([term]) for term in terms}
    wanted = exact_parts(query)

    def hit(place: int, position: int) -> Hit:
        candidate, parts, chunk = ranked.candidates[position], ranked.parts[position], ranked.chunk(position)
        matched = [
            Matched(term, float(columns[term][position])) for term in terms if columns[term][position] > 0
        ]
        return Hit(
            id=chunk.id,
            collection=chunk.document.collection,
            place=place,
            score=ranked.scores[position],
            dense_rank=_from_one(candidate.dense_rank),
            similarity=candidate.similarity,
            lexical_rank=_from_one(candidate.lexical_rank),
            bm25=candidate.lexical,
            matched=tuple(sorted(matched, key=lambda one: -one.score)),
            missing=tuple(term for term in terms if columns[term][position] <= 0),
            exact=tuple(exact_held(wanted, candidate.text)),
            parts=parts,
        )

    found = ranked.candidates.values()
    return Explanation(
        terms=tuple(Term(term, ranked.lexical.rarity(term), bool(columns[term].any())) for term in terms),
        exact=tuple(wanted),
        weights=weights,
        dense=sum(one.dense_rank is not None for one in found),
        lexical=sum(one.lexical_rank is not None for one in found),
        candidates=len(found),
        hits=tuple(hit(place, position) for place, position in enumerate(ranked.shown, start=1)),
        left_out=_left_out(ranked),
    )


def _left_out(ranked: Ranked) -> tuple[LeftOut, ...]:
    shown = frozenset(ranked.shown)
    rest = [position for position in ranked.best if position not in shown][:_MOST_LEFT_OUT]
    found = []
    for position in rest:
        chunk = ranked.chunk(position)
        better = (ranked.chunk(other) for other in ranked.shown)
        of = next((other.id for other in better if ranked.repeats(chunk, other)), None)
        found.append(
            LeftOut(
                source=chunk.document.source,
                collection=chunk.document.collection,
                start=chunk.start,
                end=chunk.end,
                score=ranked.scores[position],
                why="below" if of is None else "repeats",
                of=of,
            )
        )
    return tuple(found)


def _from_one(rank: int | None) -> int | None:
    return None if rank is None else rank + 1
