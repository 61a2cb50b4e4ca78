"""The documents of the knowledge base: looking into them, adding, replacing and deleting them."""

from __future__ import annotations

import asyncio
import unicodedata
from contextlib import suppress
from pathlib import Path as File
from typing import Annotated, Final

from fastapi import APIRouter, Path, Query, Request

from podium.agents.tokens import count_tokens
from podium.app.ingests import uploads_of
from podium.core.errors import Conflict, InputError, KnowledgeError, NotFound
from podium.knowledge.documents import DocumentInfo
from podium.knowledge.loaders import parse
from podium.server.auth import Parts, Who
from podium.server.models.knowledge import (
    DocumentDeleted,
    DocumentList,
    DocumentText,
    DocumentView,
    IngestResult,
    PassageList,
    PassageView,
)
from podium.server.routes.podium.knowledge import check_declared, check_readable, result_of
from podium.server.services import Services
from podium.server.wire import JsonResponse, page_headers
from podium.storage.files import write_whole

router = APIRouter(prefix="/knowledge/collections/{collection}/documents", tags=["Knowledge"])
Name = Annotated[str, Path(max_length=64, description="The collection.")]
Source = Annotated[str, Path(max_length=1000, description="The document, as evidence names it.")]
Offset = Annotated[int, Query(ge=0, le=2**31)]
_SIGNS: Final = frozenset(" ()_.,+&'-")
_LONGEST: Final = 200
"""Bytes of a file's name."""


@router.get("", response_model=DocumentList)
async def list_documents(
    collection: Name,
    services: Parts,
    who: Who,
    query: Annotated[str, Query(max_length=200, description="Part of a title or source.")] = "",
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    offset: Offset = 0,
) -> JsonResponse:
    """The documents of a collection, by source."""
    await asyncio.to_thread(check_readable, services, who, collection)
    found, total = await asyncio.to_thread(
        services.app.knowledge.browser.documents, collection, query, limit=limit, offset=offset
    )
    shown = DocumentList(documents=[_shown(services, one) for one in found])
    return JsonResponse(shown, headers=page_headers(total, offset, len(found)))


@router.get("/{source:path}/chunks", response_model=PassageList)
async def list_chunks(
    collection: Name,
    source: Source,
    services: Parts,
    who: Who,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
    offset: Offset = 0,
) -> JsonResponse:
    """The passages that a document was cut into, in order, as search sees them."""
    await asyncio.to_thread(check_readable, services, who, collection)
    browser = services.app.knowledge.browser
    document = await asyncio.to_thread(browser.document, collection, source)
    found = await asyncio.to_thread(browser.passages, collection, source, limit=limit, offset=offset)
    chunks = [
        PassageView(
            id=one.id,
            start=one.start,
            end=one.end,
            text=one.text,
            headings=one.headings,
            tokens=count_tokens(one.text),
            flags=list(one.flags),
        )
        for one in found
    ]
    return JsonResponse(
        PassageList(chunks=chunks), headers=page_headers(document.chunks, offset, len(chunks))
    )


@router.get("/{source:path}", response_model=DocumentText)
async def get_document(
    collection: Name,
    source: Source,
    services: Parts,
    who: Who,
    start: Offset = 0,
    limit: Annotated[int, Query(ge=1, le=200_000, description="Characters.")] = 50_000,
) -> JsonResponse:
    """A document and a part of the text that spans and citations refer to."""
    await asyncio.to_thread(check_readable, services, who, collection)
    browser = services.app.knowledge.browser
    document = await asyncio.to_thread(browser.document, collection, source)
    text = await asyncio.to_thread(browser.text, collection, source, start=start, length=limit)
    shown = _shown(services, document)
    return JsonResponse(DocumentText(document=shown, text=text, start=start, end=start + len(text)))


@router.put("/{name:path}", response_model=IngestResult)
async def put_document(
    collection: Name,
    name: Annotated[str, Path(max_length=200)],
    request: Request,
    services: Parts,
    who: Who,
) -> JsonResponse:
    """Add a document, or replace it: the body is the file, whose kind its name's ending tells."""
    who.need_project(services)
    check_declared(services, collection)
    name = _file_name(name)
    content = await request.body()
    if not content:
        raise InputError("the document is empty", hint="Send the file as the body.")
    place = uploads_of(services.app.project, collection) / name
    await asyncio.to_thread(_check_free, services, collection, name, place)
    await asyncio.to_thread(_keep, place, content)
    app = services.app.acting_as(who.principal)
    return JsonResponse(result_of(await app.ingest([place], collection=collection)))


@router.delete("/{source:path}", response_model=DocumentDeleted)
async def delete_document(collection: Name, source: Source, services: Parts, who: Who) -> JsonResponse:
    """Take a document out, and delete its file if it was sent here; a file of the project's own stays."""
    who.need_project(services)
    base, project = services.app.knowledge, services.app.project
    document = await asyncio.to_thread(base.browser.document, collection, source)
    place = project.folder / document.path
    deleted = _is_sent(services, document) and await asyncio.to_thread(_deleted, place)
    if not await asyncio.to_thread(base.remove, source, collection, by=who.principal.id):
        raise NotFound(f"no document {source!r} in {collection}", hint="List the collection's documents.")
    stays = bool(document.path) and await asyncio.to_thread(place.is_file)
    return JsonResponse(
        DocumentDeleted(source=source, collection=collection, file_deleted=deleted, comes_back=stays)
    )


def _shown(services: Services, info: DocumentInfo) -> DocumentView:
    return DocumentView(
        source=info.source,
        collection=info.collection,
        title=info.title,
        version=info.version,
        date=info.date,
        status=info.status,
        superseded_by=info.superseded_by,
        characters=info.characters,
        passages=info.chunks,
        uploaded=_is_sent(services, info),
        metadata=dict(info.metadata),
    )


def _is_sent(services: Services, info: DocumentInfo) -> bool:
    project = services.app.project
    return (project.folder / info.path).is_relative_to(uploads_of(project, info.collection))


def _file_name(given: str) -> str:
    """A name that means a file and nothing else, in every alphabet.

    Raises:
        InputError: It is none.
    """
    name = unicodedata.normalize("NFC", given)
    plain = all(sign in _SIGNS or unicodedata.category(sign)[0] in "LMN" for sign in name)
    begins = name[:1].isalnum() or name.startswith("_")
    if not (plain and begins and File(name).suffix and len(name.encode()) <= _LONGEST):
        raise InputError(f"{given!r} is no name for a document", hint="Such as returns-policy.md.")
    return name


def _check_free(services: Services, collection: str, name: str, place: File) -> None:
    """Refuse to put a second document beside one that the project itself has.

    Raises:
        Conflict: There is one of that name.
    """
    try:
        known = services.app.knowledge.browser.document(collection, name)
    except NotFound:
        return
    if services.app.project.folder / known.path != place:
        raise Conflict(
            f"{collection} has {name!r} already, read from {known.path}",
            hint="Change that file and ingest, or send this one under another name.",
        )


def _keep(place: File, content: bytes) -> None:
    """Write a document that can be read.

    Raises:
        InputError: It cannot.
    """
    try:
        parse(content, place.name)
    except KnowledgeError as error:
        raise InputError(error.message, hint=error.hint) from None
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_whole(place, content, mode=0o600)


def _deleted(place: File) -> bool:
    with suppress(FileNotFoundError):
        place.unlink()
        return True
    return False
