"""The knowledge base: looking into it, and filling it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict
from typing import Any

import orjson
from fastapi import APIRouter
from starlette.responses import StreamingResponse

from podium.app.podium import Podium
from podium.core.errors import PodiumError, UnknownName
from podium.core.evidence import Evidence
from podium.core.labels import reads_of
from podium.core.principal import PUBLIC, may_read
from podium.knowledge.documents import IngestReport
from podium.knowledge.loaders import FORMATS
from podium.server.auth import Caller, Parts, Who
from podium.server.models.knowledge import (
    Collection,
    CollectionList,
    ExplanationView,
    IngestBody,
    IngestResult,
    SearchBody,
    SearchResult,
)
from podium.server.search_views import explanation_of
from podium.server.services import Services
from podium.server.wire import JsonResponse

router = APIRouter(prefix="/knowledge", tags=["Knowledge"])


@router.get("/collections", response_model=CollectionList)
async def list_collections(services: Parts, who: Who) -> JsonResponse:
    """The collections of documents that the caller may look into."""
    counted = await asyncio.to_thread(_counted, services)
    declared = services.app.project.manifest.knowledge.collections
    names = [*declared, *(name for name in counted if name not in declared)]
    found = []
    for name in names:
        settings = declared.get(name)
        access = settings.access if settings else PUBLIC
        if not may_read(who.principal, access, services.app.principal.tenant):
            continue
        documents, passages = counted.get(name, (0, 0))
        told = {"description": settings.description, "trust": settings.trust} if settings else {}
        found.append(Collection(name=name, access=access, documents=documents, passages=passages, **told))
    return JsonResponse(CollectionList(collections=found, formats=list(FORMATS)))


@router.post("/search", response_model=SearchResult)
async def search(body: SearchBody, services: Parts, who: Who) -> JsonResponse:
    """Search the documents and the sources beside them; the best passage first."""
    failed: list[str] = []
    as_of = body.as_of.isoformat() if body.as_of else ""
    results = await services.app.acting_as(who.principal).search(
        body.query, k=body.k, collection=body.collection, failed=failed.append, as_of=as_of
    )
    explanation = await _explained(services, who, body, results) if body.explain else None
    return JsonResponse(SearchResult(results=list(results), failed=failed, explanation=explanation))


@router.post(
    "/ingest",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {}}, "description": "Progress, then the report."}},
)
async def ingest(body: IngestBody, services: Parts, who: Who) -> StreamingResponse:
    """Bring collections in step with their files: events `progress`, then `report` or `error`."""
    who.need_project(services)
    check_declared(services, body.collection)
    app = services.app.acting_as(who.principal)
    return StreamingResponse(_told(app, body.collection), media_type="text/event-stream")


def check_readable(services: Services, who: Caller, name: str) -> None:
    """Refuse a collection that is not there, or not for the caller.

    Raises:
        UnknownName: It is not.
    """
    names = readable_collections(services, who)
    if name not in names:
        raise UnknownName(f"no collection {name!r}", hint=f"There are: {', '.join(names) or 'none'}.")


def readable_collections(services: Services, who: Caller) -> list[str]:
    """The names of the collections that the caller may look into."""
    declared, own = services.app.project.manifest.knowledge.collections, services.app.principal.tenant
    held = (name for name in services.app.knowledge.snapshot().collections() if name not in declared)
    return [
        name
        for name in (*declared, *held)
        if may_read(who.principal, declared[name].access if name in declared else PUBLIC, own)
    ]


def result_of(report: IngestReport) -> IngestResult:
    """What an ingest did, in numbers, with the files that were left out."""
    return IngestResult(
        collection=report.collection,
        added=len(report.added),
        updated=len(report.updated),
        unchanged=len(report.unchanged),
        removed=len(report.removed),
        failed=[asdict(one) for one in report.failed],
        chunks=report.chunks,
        seconds=report.seconds,
    )


async def _explained(
    services: Services, who: Caller, body: SearchBody, results: Sequence[Evidence]
) -> ExplanationView | None:
    """Why documents were found; None where only a source beside them was asked."""
    base, readable = services.app.knowledge, await asyncio.to_thread(readable_collections, services, who)
    if body.collection is not None and body.collection not in readable:
        return None
    among = None if body.collection is None else [body.collection]
    reads = reads_of(who.principal, services.app.principal.tenant)
    as_of = body.as_of.isoformat() if body.as_of else ""
    explained = await asyncio.to_thread(
        base.explain, body.query, body.k, collections=among, as_of=as_of, reads=reads
    )
    return explanation_of(
        explained.why,
        shown={one.id for one in results},
        collections=among,
        as_of=as_of,
    )


def _counted(services: Services) -> dict[str, tuple[int, int]]:
    counted: dict[str, tuple[int, int]] = {}
    for document in services.app.knowledge.documents():
        documents, passages = counted.get(document.collection, (0, 0))
        counted[document.collection] = documents + 1, passages + document.chunks
    return counted


def check_declared(services: Services, name: str | None) -> None:
    """Refuse a collection that the manifest does not declare.

    Raises:
        UnknownName: It does not.
    """
    declared = services.app.project.manifest.knowledge.collections
    if name is not None and name not in declared:
        raise UnknownName(f"no collection {name!r}", hint=f"There are: {', '.join(declared) or 'none'}.")


async def _told(app: Podium, collection: str | None) -> AsyncIterator[bytes]:
    """The events of an ingest; a reader who goes away does not end it."""
    loop, events = asyncio.get_running_loop(), asyncio.Queue[bytes | None]()

    def progress(done: int, total: int, source: str) -> None:
        event = _event("progress", {"done": done, "total": total, "source": source})
        loop.call_soon_threadsafe(events.put_nowait, event)

    async def work() -> None:
        try:
            report = await app.ingest(collection=collection, progress=progress)
            events.put_nowait(_event("report", result_of(report).model_dump(mode="json")))
        except PodiumError as error:
            told = {"detail": error.message, "code": error.code, "hint": error.hint}
            events.put_nowait(_event("error", told))
        finally:
            events.put_nowait(None)

    working = asyncio.create_task(work())
    while (event := await events.get()) is not None:
        yield event
    await working


def _event(name: str, data: dict[str, Any]) -> bytes:
    return b"event: %b\ndata: %b\n\n" % (name.encode(), orjson.dumps(data))
