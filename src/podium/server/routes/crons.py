"""Crons: runs that begin by the clock."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Path
from starlette.responses import Response

from podium.core.clock import SystemClock, to_iso
from podium.core.errors import InputError, NotFound
from podium.runtime.schedules import Schedule
from podium.runtime.triggers.due import next_run_at
from podium.server.auth import Caller, Parts, Who
from podium.server.firing import caller_of
from podium.server.governing import check_ending
from podium.server.models.crons import (
    CronCreate,
    CronFilter,
    CronPatch,
    CronSearch,
    CronShown,
    SelectedCron,
    StatelessCronCreate,
    moment_of,
    payload_of,
    query_of,
)
from podium.server.models.runs import Uuid
from podium.server.routes.threads import NOT_FOUND
from podium.server.services import Services
from podium.server.wire import JsonResponse, page_headers
from podium.storage.crons import Cron

router = APIRouter(tags=["Crons"])

CronId = Annotated[Uuid, Path()]


@router.post("/runs/crons", response_model=CronShown, responses=NOT_FOUND)
async def create_cron(body: StatelessCronCreate, services: Parts, who: Who) -> JsonResponse:
    """Have runs begin by the clock, each in a thread of its own."""
    return await _created(services, who, body, None, body.on_run_completed)


@router.post("/threads/{thread_id}/runs/crons", response_model=CronShown, responses=NOT_FOUND)
async def create_thread_cron(
    thread_id: Annotated[Uuid, Path()], body: CronCreate, services: Parts, who: Who
) -> JsonResponse:
    """Have runs begin by the clock in a thread."""
    check_ending(who, body.multitask_strategy)
    services.threads.get(thread_id, who.access)
    return await _created(services, who, body, thread_id, "")


@router.post("/runs/crons/search", response_model=list[SelectedCron])
async def search_crons(body: CronSearch, services: Parts, who: Who) -> JsonResponse:
    """Crons."""
    found, total = services.crons.search(query_of(body, _assistant(services, who, body)), who.access)
    rows = [shown(one) for one in found]
    if body.select is not None:
        now = to_iso(SystemClock().now())
        rows = [{name: {**row, "now": now}[name] for name in body.select} for row in rows]
    return JsonResponse(rows, headers=page_headers(total, body.offset, len(rows)))


@router.post("/runs/crons/count", response_model=int)
async def count_crons(body: CronFilter, services: Parts, who: Who) -> JsonResponse:
    """How many crons there are."""
    return JsonResponse(services.crons.search(query_of(body, _assistant(services, who, body)), who.access)[1])


@router.patch("/runs/crons/{cron_id}", response_model=CronShown, responses=NOT_FOUND)
async def change_cron(cron_id: CronId, body: CronPatch, services: Parts, who: Who) -> JsonResponse:
    """Change a cron; what the request leaves out stays as it is."""
    held = services.crons.get(cron_id, who.access)
    if held.thread_id is not None:
        check_ending(who, held.payload.get("multitask_strategy"))
    if body.on_run_completed and held.thread_id is not None:
        raise InputError(
            "body.on_run_completed: the cron runs in a thread, which stays", hint="Leave it out."
        )
    _check_webhook(services, body.webhook)
    changed = replace(
        held,
        schedule=body.schedule or held.schedule,
        timezone=body.timezone or held.timezone,
        enabled=held.enabled if body.enabled is None else body.enabled,
        end_time=moment_of(body.end_time) if "end_time" in body.model_fields_set else held.end_time,
        on_run_completed=body.on_run_completed or held.on_run_completed,
        payload={**held.payload, **payload_of(body)},
        metadata=held.metadata if body.metadata is None else body.metadata,
    )
    changed = await services.crons.achange(_scheduled(changed))
    services.triggers.engine.nudge()
    return JsonResponse(shown(changed))


@router.delete("/runs/crons/{cron_id}", status_code=204, response_class=Response, responses=NOT_FOUND)
async def delete_cron(cron_id: CronId, services: Parts, who: Who) -> Response:
    """Delete a cron; runs that it began go on."""
    await services.crons.adelete(cron_id, who.access)
    return Response(status_code=204)


def shown(cron: Cron) -> dict[str, Any]:
    """A cron as it is told."""
    return {
        "cron_id": cron.cron_id,
        "assistant_id": cron.assistant_id,
        "thread_id": cron.thread_id,
        "schedule": cron.schedule,
        "timezone": cron.timezone,
        "enabled": cron.enabled,
        "on_run_completed": cron.on_run_completed or None,
        "end_time": cron.end_time,
        "next_run_date": cron.next_run_at if cron.enabled else None,
        "created_at": cron.created_at,
        "updated_at": cron.updated_at,
        "user_id": cron.owner or None,
        "payload": cron.payload,
        "metadata": cron.metadata,
    }


async def _created(
    services: Services, who: Caller, body: CronCreate, thread_id: str | None, on_run_completed: str
) -> JsonResponse:
    assistant = services.assistants.resolve(body.assistant_id, who.access)
    _check_webhook(services, body.webhook)
    made = Cron(
        cron_id=who.id_of("cron"),
        assistant_id=assistant.assistant_id,
        schedule=body.schedule,
        timezone=body.timezone or "UTC",
        tenant=who.principal.tenant,
        owner=who.principal.id,
        thread_id=thread_id,
        enabled=body.enabled,
        on_run_completed=on_run_completed,
        end_time=moment_of(body.end_time),
        payload=payload_of(body),
        metadata=body.metadata or {},
    )
    as_later = caller_of(made).access  # with a narrower view than an admin has now
    services.assistants.resolve(assistant.assistant_id, as_later)
    if thread_id is not None:
        services.threads.get(thread_id, as_later)
    stored = await services.crons.acreate(_scheduled(made))
    services.triggers.engine.nudge()
    return JsonResponse(shown(stored))


def _scheduled(cron: Cron) -> Cron:
    schedule = Schedule.of(cron.schedule, cron.timezone)
    return replace(cron, next_run_at=next_run_at(schedule, SystemClock().now(), cron.end_time))


def _check_webhook(services: Services, webhook: str | None) -> None:
    if webhook:
        services.callbacks.targets.check(webhook)


def _assistant(services: Services, who: Caller, body: CronFilter) -> str | None:
    """The id of the assistant that is asked for; what is not there has no crons."""
    if body.assistant_id is None:
        return None
    try:
        return services.assistants.resolve(body.assistant_id, who.access).assistant_id
    except NotFound:
        return body.assistant_id
