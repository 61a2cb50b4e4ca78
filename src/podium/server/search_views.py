"""Why passages were found, as it is told."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict

from podium.knowledge.explanation import Explanation, Hit
from podium.knowledge.ranking import Weights
from podium.server.models.knowledge import (
    CandidateCounts,
    DenseMatch,
    ExplanationView,
    HitView,
    LeftOutView,
    LexicalMatch,
    QueryTerm,
    ScorePart,
    SearchFilters,
    TermScore,
)


def explanation_of(
    why: Explanation, *, shown: Collection[str], collections: list[str] | None, as_of: str
) -> ExplanationView:
    """An explanation as it is told.

    Args:
        why: The explanation.
        shown: The ids of the evidence that is shown; hits that a source beside the documents displaced are
            left out.
        collections: What the search was kept to; None for all.
        as_of: The day of which it was.
    """
    return ExplanationView(
        terms=[QueryTerm(term=one.term, rarity=one.rarity, known=one.known) for one in why.terms],
        exact=list(why.exact),
        weights=asdict(why.weights),
        candidates=CandidateCounts(dense=why.dense, lexical=why.lexical, all=why.candidates),
        filters=SearchFilters(collections=collections, as_of=as_of),
        hits=[_hit(one, why.weights) for one in why.hits if one.id in shown],
        left_out=[LeftOutView(**asdict(one)) for one in why.left_out],
    )


def _hit(hit: Hit, weights: Weights) -> HitView:
    values, counts = asdict(hit.parts), asdict(weights)
    return HitView(
        id=hit.id,
        place=hit.place,
        score=hit.score,
        dense=DenseMatch(rank=hit.dense_rank, similarity=hit.similarity),
        lexical=LexicalMatch(rank=hit.lexical_rank, score=hit.bm25),
        matched=[TermScore(term=one.term, score=one.score) for one in hit.matched],
        missing=list(hit.missing),
        exact=list(hit.exact),
        fusion=hit.parts.fusion,
        parts=[
            ScorePart.model_validate(
                {"name": name, "value": values[name], "weight": weight, "adds": values[name] * weight}
            )
            for name, weight in counts.items()
        ],
        factor=hit.parts.factor,
    )
