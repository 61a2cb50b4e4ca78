"""A retriever whose searches go to the sources beside the documents as well."""

from __future__ import annotations

import asyncio

from podium.agents.contracts import Retriever, RetrieveReply, RetrieveRequest
from podium.core.evidence import Evidence
from podium.core.labels import current_reads
from podium.core.usage import Usage
from podium.knowledge.sources.source import Found
from podium.knowledge.sources.sources import Sources


class SourcedRetriever:
    """Puts the queries of a retriever to the sources too, and merges what both found by score.

    A source that is down does not keep the rest from answering: it is named in the reply.

    Args:
        retriever: Searches the documents.
        sources: What is asked beside them.
    """

    def __init__(self, retriever: Retriever, sources: Sources) -> None:
        self._retriever = retriever
        self._sources = sources

    async def retrieve(self, request: RetrieveRequest) -> RetrieveReply:
        """Find evidence, best first, each passage once."""
        reply = await self._retriever.retrieve(request)
        queries = reply.queries or (request.step.query or request.step.instruction or request.request,)
        reads = current_reads()
        found = await asyncio.gather(
            *(self._sources.search(query, request.k, reads=reads) for query in queries)
        )
        usage = reply.usage.plus(Usage(cost=sum(one.cost for one in found)))
        most = max(len(reply.evidence), 2 * request.k)
        return reply.model_copy(
            update={
                "evidence": merged(reply.evidence, found)[:most],
                "failed": tuple(
                    dict.fromkeys([*reply.failed, *(name for one in found for name in one.failed)])
                ),
                "usage": usage,
            }
        )


def merged(evidence: tuple[Evidence, ...], found: list[Found]) -> tuple[Evidence, ...]:
    """The passages of documents and sources, each once with its best score, best first.

    Args:
        evidence: From the documents, best first.
        found: From the sources, one for each query.
    """
    best: dict[str, Evidence] = {item.id: item for item in reversed(evidence)}
    for item in (item for one in found for item in one.evidence):
        if item.id not in best or item.score > best[item.id].score:
            best[item.id] = item
    return tuple(sorted(best.values(), key=lambda item: -item.score))
