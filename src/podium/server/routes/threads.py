"""Threads: made, found, copied, changed and removed."""

from __future__ import annotations

from typing import Annotated, Any, Final, TypeAlias

from fastapi import APIRouter, Header, Path, Query
from starlette.responses import Response

from podium.core.ids import new_id
from podium.runtime.serving.states import Place
from podium.server.auth import Parts, Who
from podium.server.errors import Problem
from podium.server.governing import check_updates
from podium.server.models.runs import Uuid
from podium.server.models.threads import (
    Minutes,
    Pruned,
    SelectedThread,
    ThreadCreate,
    ThreadFilter,
    ThreadPatch,
    ThreadPrune,
    ThreadSearch,
    ThreadShown,
    Ttl,
)
from podium.server.thread_views import extracted, thread_view
from podium.server.wire import JsonResponse, page_headers
from podium.storage.thread_changes import TimeToLive
from podium.storage.threads import ThreadRecord

router = APIRouter(tags=["Threads"])

Responses: TypeAlias = dict[int | str, dict[str, Any]]
ThreadId = Annotated[Uuid, Path()]
NOT_FOUND: Final[Responses] = {404: {"model": Problem, "description": "It is not there, or it is another's."}}
CONFLICT: Final[Responses] = {
    409: {"model": Problem, "description": "What is there, or what runs, stands in the way."}
}
_MINIMAL: Final[Responses] = {204: {"description": "It was changed; asked for with Prefer: return=minimal."}}


@router.post("/threads", response_model=ThreadShown, responses={**NOT_FOUND, **CONFLICT})
async def create_thread(body: ThreadCreate, services: Parts, who: Who) -> JsonResponse:
    """Make a thread; with supersteps it begins with the states that they make."""
    supersteps = body.replay()
    thread = ThreadRecord(
        body.thread_id or new_id(),
        tenant=who.principal.tenant,
        owner=who.principal.id,
        metadata=body.metadata or {},
    )
    await check_updates(services, who, thread, Place(), [one for step in supersteps for one in step])
    made = await services.threads.create(
        thread,
        who.access,
        ttl=_kept(body.ttl),
        keeps=body.if_exists == "do_nothing",
        supersteps=supersteps,
    )
    return JsonResponse(thread_view(made, await services.threads.states.head(made)))


@router.post("/threads/search", response_model=list[SelectedThread])
async def search_threads(body: ThreadSearch, services: Parts, who: Who) -> JsonResponse:
    """Threads, the one made last first where nothing else is said."""
    found, total = await services.threads.search(
        body.query(),
        who.access,
        values=body.values,
        limit=body.limit,
        offset=body.offset,
        reads_heads=body.reads_heads(),
    )
    rows = []
    for one in found:
        told = thread_view(one.thread, one.head, ttl=True)
        row: dict[str, Any] = told if body.select is None else {name: told[name] for name in body.select}
        if body.extract is not None:
            row["extracted"] = extracted(told, body.extract)
        rows.append(row)
    return JsonResponse(rows, headers=page_headers(total, body.offset, len(rows)))


@router.post("/threads/count", response_model=int)
async def count_threads(body: ThreadFilter, services: Parts, who: Who) -> JsonResponse:
    """How many threads there are."""
    return JsonResponse(await services.threads.count(body.query(), who.access, values=body.values))


@router.post("/threads/prune", response_model=Pruned, responses=CONFLICT)
async def prune_threads(body: ThreadPrune, services: Parts, who: Who) -> JsonResponse:
    """Delete threads, or all but their latest states; those that are not there are left out."""
    count = await services.threads.prune(body.thread_ids, who.access, body.strategy, who.principal.id)
    return JsonResponse({"pruned_count": count})


@router.post("/threads/{thread_id}/copy", response_model=ThreadShown, responses=NOT_FOUND)
async def copy_thread(thread_id: ThreadId, services: Parts, who: Who) -> JsonResponse:
    """Copy a thread with its history; the copy only simulates its actions until a person lets it act."""
    made = await services.threads.copy(thread_id, who.access, who.principal)
    return JsonResponse(thread_view(made, await services.threads.states.head(made)))


@router.get("/threads/{thread_id}", response_model=ThreadShown, responses=NOT_FOUND)
async def get_thread(
    thread_id: ThreadId,
    services: Parts,
    who: Who,
    include: Annotated[str | None, Query(pattern=r"^(ttl)?(,ttl)*$")] = None,
) -> JsonResponse:
    """One thread, with its latest state."""
    thread = services.threads.get(thread_id, who.access)
    head = await services.threads.states.head(thread)
    return JsonResponse(thread_view(thread, head, ttl=bool(include)))


@router.patch(
    "/threads/{thread_id}",
    response_model=ThreadShown,
    responses={**NOT_FOUND, **_MINIMAL},
)
async def change_thread(
    thread_id: ThreadId,
    body: ThreadPatch,
    services: Parts,
    who: Who,
    prefer: Annotated[str | None, Header()] = None,
) -> Response:
    """Merge metadata into a thread's, and set how long it is kept."""
    changed = await services.threads.change(thread_id, who.access, body.metadata or {}, _kept(body.ttl))
    if prefer is not None and "return=minimal" in prefer:
        return Response(status_code=204)
    head = await services.threads.states.head(changed)
    return JsonResponse(thread_view(changed, head, ttl=body.ttl is not None))


@router.delete(
    "/threads/{thread_id}",
    status_code=204,
    response_class=Response,
    responses={**NOT_FOUND, **CONFLICT},
)
async def delete_thread(thread_id: ThreadId, services: Parts, who: Who) -> Response:
    """Delete a thread with all that is its; effects and audit records stay on record."""
    await services.threads.delete([thread_id], who.access, who.principal.id)
    return Response(status_code=204)


def _kept(ttl: Minutes | Ttl | None) -> TimeToLive | None:
    if ttl is None:
        return None
    return ttl.kept() if isinstance(ttl, Ttl) else TimeToLive(ttl)
