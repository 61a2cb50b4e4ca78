"""Triggers: what begins by events and by the clock, what was fired, and what was given up."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from pydantic import StringConstraints

from podium.core.clock import SystemClock, to_iso
from podium.core.errors import InputError
from podium.core.trigger_settings import EventTriggerSettings, TriggerName
from podium.runtime.schedules import zone_of
from podium.runtime.triggers.directory import AnyTrigger, Declaration, id_of, name_of
from podium.runtime.triggers.due import upcoming
from podium.server.auth import Parts, Who
from podium.server.firing import call_off, caller_of
from podium.server.models.crons import Zone
from podium.server.models.triggers import (
    FiringList,
    FiringShown,
    NextTimes,
    ReplayBody,
    TriggerBody,
    TriggerList,
    TriggerShown,
    firing_shown,
    trigger_shown,
)
from podium.server.services import Services
from podium.server.wire import JsonResponse
from podium.storage.firings import Firing, FiringStatus
from podium.storage.triggers import Trigger

router = APIRouter(prefix="/triggers", tags=["Triggers"])

Name = Annotated[str, StringConstraints(max_length=64), Path(description="The trigger's name, or its id.")]
EventPath = Annotated[str, StringConstraints(max_length=250), Path()]
Limit = Annotated[int, Query(ge=1, le=1000)]
Before = Annotated[int | None, Query(ge=0, le=2**62)]


@router.get("", response_model=TriggerList)
async def list_triggers(services: Parts, who: Who) -> JsonResponse:
    """All triggers, by name; crons of the Agent Server protocol are schedules too."""
    found = services.triggers.directory.list(who.access)
    return JsonResponse({"triggers": _shown(services, found)})


@router.get("/{name}", response_model=TriggerShown)
async def get_trigger(name: Name, services: Parts, who: Who) -> JsonResponse:
    """One trigger."""
    return JsonResponse(_shown(services, [services.triggers.directory.get(name, who.access)])[0])


@router.put("/{name}", response_model=TriggerShown)
async def put_trigger(
    name: Annotated[TriggerName, Path()], body: TriggerBody, services: Parts, who: Who
) -> JsonResponse:
    """Make a trigger, or change the one with this name; its events stay."""
    settings = body.root
    if settings.owner not in ("", who.principal.id):
        who.need("admin")
    if isinstance(settings, EventTriggerSettings) and settings.webhook is not None:
        who.need_project(services)  # it names a secret of the server's environment
    services.assistants.resolve(settings.graph, who.access)
    made = await services.triggers.directory.put(Declaration(name, settings, who.principal, "", who.access))
    services.assistants.resolve(settings.graph, caller_of(made).access)
    services.triggers.engine.nudge()
    return JsonResponse(_shown(services, [made])[0])


@router.delete("/{name}", response_model=TriggerShown)
async def delete_trigger(name: Name, services: Parts, who: Who) -> JsonResponse:
    """Delete a trigger and what waits for it; runs that were begun go on."""
    found = services.triggers.directory.get(name, who.access)
    last = _shown(services, [found])[0]
    await services.triggers.directory.delete(found)
    return JsonResponse(last)


@router.post("/{name}/pause", response_model=TriggerShown)
async def pause_trigger(name: Name, services: Parts, who: Who) -> JsonResponse:
    """Begin nothing until it is resumed: events wait, times pass."""
    return await _enabled(services, services.triggers.directory.get(name, who.access), False)


@router.post("/{name}/resume", response_model=TriggerShown)
async def resume_trigger(name: Name, services: Parts, who: Who) -> JsonResponse:
    """Let a trigger go on."""
    return await _enabled(services, services.triggers.directory.get(name, who.access), True)


@router.get("/{name}/next", response_model=NextTimes)
async def next_times(
    name: Name,
    services: Parts,
    who: Who,
    limit: Annotated[int, Query(ge=1, le=366)] = 10,
    zone: Zone | None = None,
) -> JsonResponse:
    """When a schedule fires next, whether or not it is paused: in UTC, or by the clocks of a zone."""
    cron = services.triggers.directory.schedule(name, who.access)
    times = upcoming(cron, SystemClock().now(), limit)
    if zone is None:
        return JsonResponse({"times": [to_iso(one) for one in times]})
    there = zone_of(zone)
    return JsonResponse({"times": [one.astimezone(there).isoformat() for one in times]})


@router.post("/{name}/run", response_model=FiringShown, status_code=202)
async def run_now(name: Name, services: Parts, who: Who) -> JsonResponse:
    """Let a schedule fire now, beside its times; paused or not."""
    cron = services.triggers.directory.schedule(name, who.access)
    firing, calls_off = await services.triggers.directory.run_now(cron, who.id_of("firing"))
    for run_id in calls_off:
        await call_off(services, run_id)
    services.triggers.engine.nudge()
    return JsonResponse(firing_shown(name_of(cron), firing), 202)


# --- events --------------------------------------------------------------------------------------


@router.get("/{name}/events", response_model=FiringList)
async def list_events(
    name: Name,
    services: Parts,
    who: Who,
    status: FiringStatus | None = None,
    limit: Limit = 20,
    before: Before = None,
) -> JsonResponse:
    """What a trigger fired, the latest first."""
    trigger = services.triggers.directory.get(name, who.access)
    return _page(services, trigger, [status] if status else [], limit, before)


@router.get("/{name}/dead-letters", response_model=FiringList)
async def list_dead_letters(
    name: Name, services: Parts, who: Who, limit: Limit = 20, before: Before = None
) -> JsonResponse:
    """What was given up and waits for a person, the latest first."""
    return _page(services, services.triggers.directory.get(name, who.access), ["dead"], limit, before)


@router.get("/{name}/events/{event_id}", response_model=FiringShown)
async def get_event(name: Name, event_id: EventPath, services: Parts, who: Who) -> JsonResponse:
    """What became of an event."""
    trigger = services.triggers.directory.get(name, who.access)
    return JsonResponse(
        firing_shown(name_of(trigger), services.triggers.firings.get(id_of(trigger), event_id))
    )


@router.post("/{name}/dead-letters/{event_id}/replay", response_model=FiringShown, status_code=202)
async def replay_event(
    name: Name, event_id: EventPath, services: Parts, who: Who, body: ReplayBody | None = None
) -> JsonResponse:
    """Carry a dead letter out again: from where it failed, or anew where it says something else now."""
    trigger = services.triggers.directory.get(name, who.access)
    firing = services.triggers.firings.get(id_of(trigger), event_id)
    event = None
    if body is not None and "data" in body.model_fields_set:
        if not isinstance(trigger, Trigger):
            raise InputError("the firing of a schedule says nothing", hint="Leave the body out.")
        event = services.triggers.events.mended(trigger, firing, body.data)
    again = await services.triggers.firings.areplay(firing, event)
    services.triggers.engine.nudge()
    return JsonResponse(firing_shown(name_of(trigger), again), 202)


# --- what they share -----------------------------------------------------------------------------


async def _enabled(services: Services, trigger: AnyTrigger, enabled: bool) -> JsonResponse:
    changed = await services.triggers.directory.enable(trigger, enabled)
    services.triggers.engine.nudge()
    return JsonResponse(_shown(services, [changed])[0])


def _shown(services: Services, triggers: list[AnyTrigger]) -> list[dict[str, Any]]:
    counts = services.triggers.firings.counts([id_of(one) for one in triggers])
    return [trigger_shown(one, counts.get(id_of(one), {})) for one in triggers]


def _page(
    services: Services, trigger: AnyTrigger, statuses: list[FiringStatus], limit: int, before: int | None
) -> JsonResponse:
    found: list[Firing] = services.triggers.firings.latest(
        id_of(trigger), statuses=statuses, limit=limit, before=before
    )
    shown = [firing_shown(name_of(trigger), one) for one in found]
    return JsonResponse({"events": shown, "next": found[-1].seq if len(found) == limit else None})
