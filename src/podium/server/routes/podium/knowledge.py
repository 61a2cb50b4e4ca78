"""The knowledge base: looking into it, and filling it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import asdict
from typing import Annotated, Any, Final

import orjson
from fastapi import APIRouter, Path, Request
from starlette.responses import StreamingResponse

from podium.core.errors import InputError, PodiumError, UnknownName
from podium.core.evidence import Evidence
from podium.knowledge.documents import IngestReport
from podium.server.auth import Caller, Parts, Who
from podium.server.models.podium import (
    Collection,
    CollectionList,
    IngestBody,
    IngestResult,
    SearchBody,
    SearchResult,
)
from podium.server.services import Services
from podium.server.wire import JsonResponse

router = APIRouter(prefix="/knowledge", tags=["Knowledge"])
_PUBLIC: Final = "public"
_FILE: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9 ._()-]{0,150}\.[A-Za-z0-9]{1,10}")
_UPLOADS: Final = "uploads"


@router.get("/collections", response_model=CollectionList)
async def list_collections(services: Parts, who: Who) -> JsonResponse:
    """The collections of documents that the caller may look into."""
    counted = await asyncio.to_thread(_counted, services)
    declared = services.app.project.manifest.knowledge.collections
    names = [*declared, *(name for name in counted if name not in declared)]
    found = []
    for name in names:
        settings = declared.get(name)
        access = settings.access if settings else _PUBLIC
        if not may_read(who, access):
            continue
        documents, passages = counted.get(name, (0, 0))
        told = {"description": settings.description, "trust": settings.trust} if settings else {}
        found.append(Collection(name=name, access=access, documents=documents, passages=passages, **told))
    return JsonResponse(CollectionList(collections=found))


@router.post("/search", response_model=SearchResult)
async def search(body: SearchBody, services: Parts, who: Who) -> JsonResponse:
    """Search the documents and the sources beside them; the best passage first."""
    failed: list[str] = []
    found = await services.app.search(body.query, k=body.k, collection=body.collection, failed=failed.append)
    return JsonResponse(SearchResult(results=_readable(found, who), failed=failed))


@router.post(
    "/ingest",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {}}, "description": "Progress, then the report."}},
)
async def ingest(body: IngestBody, services: Parts, who: Who) -> StreamingResponse:
    """Bring collections in step with their files: events `progress`, then `report` or `error`."""
    who.need_project(services)
    _check_collection(services, body.collection)
    return StreamingResponse(_told(services, body.collection), media_type="text/event-stream")


@router.put("/collections/{collection}/documents/{name}", response_model=IngestResult)
async def put_document(
    collection: Annotated[str, Path(max_length=64)],
    name: Annotated[str, Path(max_length=200)],
    request: Request,
    services: Parts,
    who: Who,
) -> JsonResponse:
    """Add a document, or replace it: the body is the file, whose kind its name's ending tells."""
    who.need_project(services)
    _check_collection(services, collection)
    if not _FILE.fullmatch(name):
        raise InputError(f"{name!r} is no name for a document", hint="Such as returns-policy.md.")
    content = await request.body()
    if not content:
        raise InputError("the document is empty", hint="Send the file as the body.")
    place = services.app.project.data / _UPLOADS / collection / name
    await asyncio.to_thread(_write, place, content)
    return JsonResponse(result_of(await services.app.ingest([place], collection=collection)))


def may_read(who: Caller, access: str) -> bool:
    """Whether the caller may read what has this access label."""
    return access == _PUBLIC or who.access.owner is None or access in who.principal.roles


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


def _readable(found: tuple[Evidence, ...], who: Caller) -> list[Evidence]:
    return [one for one in found if may_read(who, one.access)]


def _counted(services: Services) -> dict[str, tuple[int, int]]:
    counted: dict[str, tuple[int, int]] = {}
    for document in services.app.knowledge.documents():
        documents, passages = counted.get(document.collection, (0, 0))
        counted[document.collection] = documents + 1, passages + document.chunks
    return counted


def _check_collection(services: Services, name: str | None) -> None:
    declared = services.app.project.manifest.knowledge.collections
    if name is not None and name not in declared:
        raise UnknownName(f"no collection {name!r}", hint=f"There are: {', '.join(declared) or 'none'}.")


def _write(place: Any, content: bytes) -> None:
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    place.write_bytes(content)


async def _told(services: Services, collection: str | None) -> AsyncIterator[bytes]:
    """The events of an ingest; a reader who goes away does not end it."""
    loop, events = asyncio.get_running_loop(), asyncio.Queue[bytes | None]()

    def progress(done: int, total: int, source: str) -> None:
        event = _event("progress", {"done": done, "total": total, "source": source})
        loop.call_soon_threadsafe(events.put_nowait, event)

    async def work() -> None:
        try:
            report = await services.app.ingest(collection=collection, progress=progress)
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
