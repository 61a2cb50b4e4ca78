"""Events as they come in: sent with a key, or signed by whoever tells of them."""

from __future__ import annotations

import os

import orjson
from fastapi import APIRouter, Request

from podium.core.clock import SystemClock
from podium.core.errors import InputError
from podium.core.principal import Access
from podium.runtime.triggers.events import Event
from podium.runtime.triggers.signatures import refused, verified_id
from podium.server.auth import Parts, Who
from podium.server.models.triggers import EventBody, FiringShown, firing_shown
from podium.server.routes.podium.triggers import Name
from podium.server.services import Services
from podium.server.wire import JsonResponse
from podium.storage.triggers import Trigger

router = APIRouter(prefix="/triggers", tags=["Triggers"])


@router.post("/{name}/events", response_model=FiringShown, status_code=202)
async def send_event(name: Name, body: EventBody, services: Parts, who: Who) -> JsonResponse:
    """Take an event; it is on disk before this answers. One that is known tells what became of it."""
    trigger = services.triggers.directory.event_trigger(name, who.access)
    return await _taken(services, trigger, Event(body.id, body.data, body.time, body.version))


@router.post("/{name}/webhook", response_model=FiringShown, status_code=202)
async def take_webhook(name: Name, request: Request, services: Parts, version: str = "") -> JsonResponse:
    """Take an event that is signed, after Standard Webhooks or as GitHub does; it needs no key."""
    trigger = services.triggers.stored.find(name, Access(services.app.principal.tenant))
    settings = services.triggers.events.settings_of(trigger) if trigger else None
    if trigger is None or settings is None or settings.webhook is None:
        raise refused()
    body = await request.body()
    secrets = os.environ.get(settings.webhook.secret_env, "")
    headers = {key.lower(): value for key, value in request.headers.items()}
    event_id = verified_id(settings.webhook, secrets, headers, body, SystemClock().now())
    try:
        data = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise InputError("the body is not valid JSON", hint="Send one JSON value.") from None
    checked = EventBody(id=event_id, data=data, version=version)
    return await _taken(services, trigger, Event(checked.id, checked.data, None, checked.version))


async def _taken(services: Services, trigger: Trigger, event: Event) -> JsonResponse:
    firing, is_new = await services.triggers.events.take(trigger, event)
    if is_new:
        services.triggers.engine.nudge()
    shown = firing_shown(trigger.name, firing, duplicate=not is_new)
    return JsonResponse(shown, 202)
