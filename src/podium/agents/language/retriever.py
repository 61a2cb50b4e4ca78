"""The retriever played by a language model: it writes the searches, the knowledge base runs them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence

from podium.agents.context import Material
from podium.agents.contracts import RetrieveReply, RetrieveRequest
from podium.agents.language.asking import Voice, standing
from podium.agents.language.replies import Queries
from podium.core.evidence import Evidence

Search = Callable[[str, int], Awaitable[Sequence[Evidence]]]
"""Runs one query for at most so many passages."""

MAX_QUERIES = 5


class LanguageRetriever:
    """Asks a model for searches and merges what they find.

    Args:
        voice: Prompt, model and window.
        search: The knowledge base.
    """

    def __init__(self, voice: Voice, search: Search) -> None:
        self._voice = voice
        self._search = search

    async def retrieve(self, request: RetrieveRequest) -> RetrieveReply:
        """Find evidence, best first; the plan's own query is always among the searches.

        Raises:
            ModelError: The model gave nothing usable.
        """
        prepared = self._voice.prepare(
            Material(
                instructions=self._voice.prompt.text,
                request=request.request,
                task=_task(request),
                history=request.history,
            )
        )
        called = await self._voice.ask(prepared, Queries, again=request.attempt > 0)
        queries = _queries(request, called.value.queries)
        found = await asyncio.gather(*(self._search(query, request.k) for query in queries))
        return RetrieveReply(
            evidence=merged(found, request), queries=queries, usage=called.usage, **standing(called)
        )


def merged(found: Iterable[Sequence[Evidence]], request: RetrieveRequest) -> tuple[Evidence, ...]:
    """The passages of all searches, each once with its best score, best first."""
    best: dict[str, Evidence] = {}
    for evidence in found:
        for item in evidence:
            if item.id not in best or item.score > best[item.id].score:
                best[item.id] = item
    ordered = sorted(best.values(), key=lambda item: -item.score)
    return tuple(ordered[: request.k * (1 + request.attempt)])


def _queries(request: RetrieveRequest, written: Sequence[str]) -> tuple[str, ...]:
    own = (request.step.query or request.step.instruction or request.request)[:200]
    wanted = [*request.gaps, *written] if request.attempt else [own, *written]
    cleaned = (" ".join(query.split()) for query in [*wanted, own])
    return tuple(dict.fromkeys(query for query in cleaned if query))[:MAX_QUERIES]


def _task(request: RetrieveRequest) -> str:
    lines = [f"What has to be known: {request.step.instruction}", f"First query: {request.step.query}"]
    if request.attempt:
        lines.append(f"Searches so far: {request.attempt}. Missing: {'; '.join(request.gaps) or 'not said'}")
    return "\n".join(lines)
