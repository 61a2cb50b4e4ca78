"""Scoring what sources give by the measure of the index, so that both can stand in one list."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Protocol

from podium.core.evidence import Evidence
from podium.knowledge.lexical import Analyzer, LexicalIndex
from podium.knowledge.ranking import Candidate, Weights, score

MOST_COMPARED = 64
"""Passages that are compared by meaning, which takes a few milliseconds each; words choose them."""


class Similarity(Protocol):
    """Compares one text with several by meaning."""

    async def __call__(self, query: str, texts: Sequence[str], /) -> Sequence[float]:
        """The cosine of the query with each text, in -1..1."""
        ...


class Relevance:
    """Scores passages for a query; see `podium.knowledge.ranking`.

    What a source says of its own relevance does not count: it could not be compared, nor trusted.

    Args:
        similarity: The embedding model.
        weights: How the parts of a score count.
    """

    def __init__(self, similarity: Similarity, weights: Weights | None = None) -> None:
        self._similarity = similarity
        self._weights = weights or Weights()
        self._analyzer = Analyzer()

    async def best(self, query: str, evidence: Sequence[Evidence], k: int) -> list[Evidence]:
        """The passages that speak most to the query, best first.

        Args:
            query: A question or words.
            evidence: The passages.
            k: How many at most.
        """
        if not evidence:
            return []
        texts = [f"{item.title}\n{item.text}" if item.title else item.text for item in evidence]
        words, lexical, rarity = await asyncio.to_thread(self._lexical, query, texts)
        order = sorted(range(len(texts)), key=lambda place: -lexical[place])[:MOST_COMPARED]
        cosines = dict(zip(order, await self._similarity(query, [texts[i] for i in order]), strict=True))
        dense = sorted(order, key=lambda place: -cosines[place])
        candidates = [
            Candidate(
                position=place,
                similarity=cosines[place],
                lexical=lexical[place],
                lexical_rank=order.index(place) if lexical[place] > 0 else None,
                dense_rank=dense.index(place),
                terms=frozenset(self._analyzer.terms(texts[place])),
                text=texts[place],
            )
            for place in order
        ]
        scores = score(query, words, candidates, rarity.rarity, self._weights)
        chosen = sorted(scores, key=lambda place: (-scores[place], place))[:k]
        return [
            evidence[place].model_copy(
                update={
                    "score": min(max(scores[place], 0.0), 1.0),
                    "similarity": min(max(float(cosines[place]), -1.0), 1.0),
                }
            )
            for place in chosen
        ]

    def _lexical(self, query: str, texts: Sequence[str]) -> tuple[list[str], list[float], LexicalIndex]:
        words = self._analyzer.terms(query)
        index = LexicalIndex.fit([self._analyzer.terms(text) for text in texts])
        return words, [float(value) for value in index.scores(words)], index
