"""What threads have done to the world: looking, undoing, settling doubts."""

from __future__ import annotations

from contextlib import suppress
from typing import Annotated

from fastapi import APIRouter, Path

from podium.app.results import EffectView, ReconcileReport, RollbackReport
from podium.core.errors import Conflict, NotFound, ThreadBusy
from podium.server.auth import Caller, Parts, Who
from podium.server.models.podium import EffectList, ReconcileBody, ResolutionBody, RollbackBody
from podium.server.models.runs import Uuid
from podium.server.services import Services
from podium.server.wire import JsonResponse

router = APIRouter(tags=["Effects"])
ThreadId = Annotated[Uuid, Path()]


@router.get("/threads/{thread_id}/effects", response_model=EffectList)
async def list_effects(thread_id: ThreadId, services: Parts, who: Who) -> JsonResponse:
    """The ledger of a thread, oldest first."""
    services.threads.get(thread_id, who.access)
    return JsonResponse(EffectList(effects=await services.app.effects(thread_id)))


@router.post("/threads/{thread_id}/rollback/preview", response_model=RollbackReport)
async def preview_rollback(
    thread_id: ThreadId, body: RollbackBody, services: Parts, who: Who
) -> JsonResponse:
    """What going back to a checkpoint would undo; nothing is changed."""
    return JsonResponse(await _roll_back(services, who, thread_id, body, dry_run=True))


@router.post("/threads/{thread_id}/rollback", response_model=RollbackReport)
async def roll_back(thread_id: ThreadId, body: RollbackBody, services: Parts, who: Who) -> JsonResponse:
    """Undo the effects after a checkpoint, newest first, and go back to it; tells what could not be."""
    report = await _roll_back(services, who, thread_id, body, dry_run=False)
    with suppress(Conflict, ThreadBusy):  # a run that has begun meanwhile notes how the thread stands
        await services.threads.settle(thread_id, who.access)
    return JsonResponse(report)


@router.post("/reconcile", response_model=ReconcileReport)
async def reconcile(body: ReconcileBody, services: Parts, who: Who) -> JsonResponse:
    """Find out what became of effects that broke off or are in doubt."""
    if body.thread_id is None:
        who.need_project(services)
    else:
        services.threads.get(body.thread_id, who.access)
    return JsonResponse(await services.app.acting_as(who.principal).reconcile(body.thread_id))


@router.post("/threads/{thread_id}/effects/{digest}/resolution", response_model=EffectView)
async def resolve_effect(
    thread_id: ThreadId,
    digest: Annotated[str, Path(min_length=1, max_length=200)],
    body: ResolutionBody,
    services: Parts,
    who: Who,
) -> JsonResponse:
    """Record what a person found out about an effect that is in doubt."""
    services.threads.get(thread_id, who.access)
    known = [effect.digest for effect in await services.app.effects(thread_id)]
    if digest not in known:
        raise NotFound(f"no effect {digest} in thread {thread_id}", hint="List the effects of the thread.")
    app = services.app.acting_as(who.principal)
    return JsonResponse(await app.resolve(digest, happened=body.happened, result=body.result))


async def _roll_back(
    services: Services, who: Caller, thread_id: str, body: RollbackBody, *, dry_run: bool
) -> RollbackReport:
    services.threads.get(thread_id, who.access)
    app = services.app.acting_as(who.principal)
    return await app.rollback(thread_id, to=body.to, dry_run=dry_run, only=body.only)
