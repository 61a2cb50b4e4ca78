"""The retriever without a model: the step's words as the query, wider with each attempt."""

from __future__ import annotations

import asyncio
import re

from podium.agents.contracts import HistoryTurn, RetrieveReply, RetrieveRequest
from podium.agents.offline.protocols import Search
from podium.agents.offline.text import Lexicon, clean, words
from podium.agents.ranking import rank_evidence

MOST_QUERIES = 4
LONGEST_QUERY = 400
"""Characters of one query."""

_FILLER = re.compile(
    r"^(?:(?:please|tell me|can you|could you|would you|do you know"
    r"|i want to know|i'd like to know|let me know)\b[\s,:]*)+",
    re.IGNORECASE,
)
_FOLLOWS = re.compile(
    r"^\W*(?:and|what about|how about|but)\b|\b(?:it|its|they|them|those|that one|this one|that|these)\b",
    re.IGNORECASE,
)


class OfflineRetriever:
    """Searches with the words of the step, the conversation where they point back to it, and the gaps.

    Args:
        search: The knowledge base.
    """

    def __init__(self, search: Search) -> None:
        self._search = search
        self._lexicon = Lexicon()

    async def retrieve(self, request: RetrieveRequest) -> RetrieveReply:
        """Find evidence, best first, each passage once."""
        queries = self._queries(request)
        k = request.k * (1 + min(request.attempt, 3))
        found = await asyncio.gather(*(self._search(query, k) for query in queries))
        ranked, _ = rank_evidence([item for items in found for item in items])
        best = sorted((item.evidence for item in ranked), key=lambda item: -item.score)
        return RetrieveReply(evidence=tuple(best[: k * 2]), queries=queries)

    def _queries(self, request: RetrieveRequest) -> tuple[str, ...]:
        own = clean(request.step.query or request.step.instruction or request.request)
        plain = _FILLER.sub("", own)[:LONGEST_QUERY].strip() or own[:LONGEST_QUERY]
        queries = [plain]
        if before := _pointed_to(plain, request.history):
            queries = [f"{before} {plain}"[:LONGEST_QUERY], plain]
        if request.attempt:
            queries += [clean(gap)[:LONGEST_QUERY] for gap in request.gaps]
            queries.append(" ".join(word for word in words(plain) if self._lexicon.terms(word)))
        return tuple(dict.fromkeys(query for query in queries if query.strip()))[:MOST_QUERIES]


def _pointed_to(question: str, history: tuple[HistoryTurn, ...]) -> str:
    """The user's previous message, when the question cannot be understood without it."""
    if len(words(question)) > 12 or not _FOLLOWS.search(question):
        return ""
    return next((clean(turn.text)[:200] for turn in reversed(history) if turn.speaker == "user"), "")
