"""The states of threads: the latest, earlier ones, and changes as if a node had run."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from podium.runtime.serving.states import Update
from podium.server.asking import check_thread
from podium.server.auth import Parts, Who
from podium.server.governing import check_updates
from podium.server.models.thread_states import (
    CheckpointId,
    HistorySearch,
    StateAt,
    StateField,
    StateUpdate,
    StateUpdated,
    ThreadState,
    place_of,
)
from podium.server.models.threads import Limit, MetadataPatch
from podium.server.routes.threads import CONFLICT, NOT_FOUND, ThreadId
from podium.server.services import Services
from podium.server.thread_views import state_view
from podium.server.wire import JsonResponse, json_list

router = APIRouter(tags=["Threads"])

Select = Annotated[list[StateField] | None, Query()]
_STATE_AT = "/threads/{thread_id}/state/{checkpoint_id}"


@router.get("/threads/{thread_id}/state", response_model=ThreadState, responses=NOT_FOUND)
async def get_state(
    thread_id: ThreadId, services: Parts, who: Who, subgraphs: bool = False, select: Select = None
) -> JsonResponse:
    """The latest state of a thread; an empty one where it has none yet."""
    thread = services.threads.get(thread_id, who.access)
    told = await services.threads.states.state(thread, place_of(None), subgraphs=subgraphs)
    return JsonResponse(state_view(told, select))


@router.post("/threads/{thread_id}/state/checkpoint", response_model=ThreadState, responses=NOT_FOUND)
async def get_state_at(thread_id: ThreadId, body: StateAt, services: Parts, who: Who) -> JsonResponse:
    """The state at a checkpoint, or of a subgraph."""
    thread = services.threads.get(thread_id, who.access)
    check_thread(body.checkpoint, thread_id)
    told = await services.threads.states.state(thread, place_of(body.checkpoint), subgraphs=body.subgraphs)
    return JsonResponse(state_view(told, body.select))


@router.get(_STATE_AT, response_model=ThreadState, responses=NOT_FOUND)
async def get_state_by_id(
    thread_id: ThreadId,
    checkpoint_id: Annotated[CheckpointId, Path()],
    services: Parts,
    who: Who,
    subgraphs: bool = False,
    select: Select = None,
) -> JsonResponse:
    """The state at a checkpoint."""
    thread = services.threads.get(thread_id, who.access)
    told = await services.threads.states.state(thread, place_of(None, checkpoint_id), subgraphs=subgraphs)
    return JsonResponse(state_view(told, select))


@router.post("/threads/{thread_id}/state", response_model=StateUpdated, responses={**NOT_FOUND, **CONFLICT})
async def update_state(thread_id: ThreadId, body: StateUpdate, services: Parts, who: Who) -> JsonResponse:
    """Change a thread's state as if a node had run; values may be null to go on as they are."""
    check_thread(body.checkpoint, thread_id)
    place = place_of(body.checkpoint, body.checkpoint_id)
    update = Update(body.values, as_node=body.as_node)
    thread = services.threads.get(thread_id, who.access)
    await check_updates(services, who, thread, place, [update])
    told = await services.threads.update_state(thread_id, who.access, place, update)
    return JsonResponse({"checkpoint": told, "configurable": told, "checkpoint_id": told["checkpoint_id"]})


@router.patch("/threads/{thread_id}/state", status_code=204, response_class=Response, responses=NOT_FOUND)
async def change_metadata(thread_id: ThreadId, body: MetadataPatch, services: Parts, who: Who) -> Response:
    """Merge metadata into a thread's, as the JavaScript client's `patchState` asks."""
    await services.threads.change(thread_id, who.access, body.metadata)
    return Response(status_code=204)


@router.post("/threads/{thread_id}/history", response_model=list[ThreadState], responses=NOT_FOUND)
async def search_history(thread_id: ThreadId, body: HistorySearch, services: Parts, who: Who) -> Response:
    """The states of a thread, newest first."""
    return await _history(thread_id, body, services, who)


@router.get("/threads/{thread_id}/history", response_model=list[ThreadState], responses=NOT_FOUND)
async def get_history(
    thread_id: ThreadId,
    services: Parts,
    who: Who,
    limit: Annotated[Limit, Query()] = 10,
    before: Annotated[CheckpointId | None, Query()] = None,
    select: Select = None,
) -> Response:
    """The states of a thread, newest first."""
    return await _history(thread_id, HistorySearch(limit=limit, before=before, select=select), services, who)


async def _history(thread_id: str, body: HistorySearch, services: Services, who: Who) -> Response:
    thread = services.threads.get(thread_id, who.access)
    check_thread(body.checkpoint, thread_id)
    found = services.threads.states.history(
        thread,
        place_of(body.checkpoint),
        limit=body.limit,
        before=body.until(),
        metadata=body.metadata,
    )
    return await json_list(state_view(one, body.select) async for one in found)
