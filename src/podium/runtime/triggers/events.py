"""Taking events: checked, known again, kept on disk before their sender is answered."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from podium.core.clock import Clock, SystemClock, to_iso
from podium.core.errors import InputError
from podium.core.evidence import EVENT_MARK
from podium.core.ids import derived_id, digest_of
from podium.core.trigger_settings import EventTriggerSettings
from podium.runtime.triggers.schemas import check_event
from podium.runtime.triggers.templates import part_of, render, text_of
from podium.storage.firings import Firing, Firings

if TYPE_CHECKING:
    from podium.core.evidence import Trust
    from podium.core.model import JsonObject, JsonValue
    from podium.storage.triggers import Trigger

_KEPT: Final = 256
"""Of how many triggers the settings are kept ready."""
_LONGEST_LANE: Final = 200
_USER: Final = ("user", "human")


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened.

    Attributes:
        id: What its sender knows it by: the same when it is sent again.
        data: What it says.
        time: When it happened; None where its sender does not say.
        version: Of the schema that it follows; empty for the present one.
    """

    id: str
    data: JsonValue
    time: datetime | None = None
    version: str = ""


class EventDesk:
    """Takes events on.

    Args:
        firings: Keeps them.
        clock: Tells what is too old.
    """

    def __init__(self, firings: Firings, clock: Clock | None = None) -> None:
        self._firings = firings
        self._clock = clock or SystemClock()
        self._settings: dict[tuple[str, str], EventTriggerSettings] = {}

    async def take(self, trigger: Trigger, event: Event) -> tuple[Firing, bool]:
        """Keep an event, on disk before this returns; its firing, and whether it is new.

        The same event gets the same firing, whoever sends it, and however often.

        Args:
            trigger: Whose event.
            event: The event.

        Raises:
            InputError: It does not follow its schema, is too old, or lacks what the trigger needs.
            Conflict: Its id is known from another event.
            Overloaded: Too many wait already.
        """
        settings = self.settings_of(trigger)
        firing = self._firing(trigger, settings, event)
        known = self._firings.find(trigger.trigger_id, event.id)
        if known is None:
            firing = self._checked(settings, trigger, event, firing)
        return await self._firings.atake(firing, settings.max_waiting)

    def mended(self, trigger: Trigger, firing: Firing, data: JsonValue) -> Mapping[str, Any]:
        """What an event says from now on, checked as a new one is, except for its age.

        Args:
            trigger: Whose event.
            firing: Its firing.
            data: What it says from now on.

        Raises:
            InputError: It does not follow its schema, or lacks what the trigger needs.
        """
        settings = self.settings_of(trigger)
        version = check_event(_schemas(settings), firing.version, data)
        event = {**firing.event, "data": data, "version": version}
        input_of(trigger.name, settings, event)
        return event

    def settings_of(self, trigger: Trigger) -> EventTriggerSettings:
        """A trigger's settings, read once for as long as they do not change."""
        place = (trigger.trigger_id, trigger.updated_at)
        found = self._settings.get(place)
        if found is None:
            if len(self._settings) >= _KEPT:
                self._settings.clear()
            found = self._settings[place] = EventTriggerSettings.model_validate(trigger.settings)
        return found

    def _firing(self, trigger: Trigger, settings: EventTriggerSettings, event: Event) -> Firing:
        said = {"data": event.data, "version": event.version}
        told = {
            "id": event.id,
            "time": to_iso(event.time or self._clock.now()),
            "version": event.version,
            "data": event.data,
        }
        return Firing(
            trigger_id=trigger.trigger_id,
            event_id=event.id,
            tenant=trigger.tenant,
            owner=trigger.owner,
            kind="event",
            digest=digest_of(json.dumps(said, sort_keys=True).encode()),
            allowed=settings.attempts,
            thread_id=derived_id("firing", trigger.trigger_id, event.id, "thread"),
            event=told,
        )

    def _checked(
        self, settings: EventTriggerSettings, trigger: Trigger, event: Event, firing: Firing
    ) -> Firing:
        self._check_age(settings, event)
        version = check_event(_schemas(settings), event.version, event.data)
        told = {**firing.event, "version": version}
        input_of(trigger.name, settings, told)
        lane = text_of(part_of(told, settings.key)) if settings.key else None
        if lane is not None and len(lane) > _LONGEST_LANE:
            raise InputError(
                f"{settings.key} is too long to order events by", hint=f"Up to {_LONGEST_LANE} characters."
            )
        return replace(firing, event=told, version=version, lane=lane)

    def _check_age(self, settings: EventTriggerSettings, event: Event) -> None:
        if event.time is None:
            return
        age = self._clock.now() - event.time
        if age > timedelta(seconds=settings.max_age):
            raise InputError(
                f"time: the event is older than the {settings.max_age:g} seconds that this trigger allows",
                hint="See max_age of the trigger.",
            )
        if -age > timedelta(seconds=settings.max_ahead):
            raise InputError(
                "time: the event is from the future", hint="Check the sender's clock, and this machine's."
            )


def input_of(name: str, settings: Any, event: Mapping[str, Any]) -> JsonValue:
    """What the graph is given for an event.

    Args:
        name: The trigger's.
        settings: What its input is to be like.
        event: Its id, time, version and data.

    Raises:
        InputError: The event lacks a part of it.
    """
    if settings.input is not None:
        return render(settings.input, {**event, "trigger": name})
    data: JsonValue = event.get("data")
    return data if isinstance(data, dict) else {"event": data}


def marked(given: JsonValue, trigger: str, trust: Trust) -> JsonValue:
    """What a graph is given, the messages in it marked as the words of an event and not of a user.

    Args:
        given: What the graph is given.
        trigger: The trigger's name.
        trust: How far its events are trusted; where they are, their words count as a user's.
    """
    if trust == "trusted" or not isinstance(given, dict) or "messages" not in given:
        return given
    mark: JsonObject = {EVENT_MARK: {"trigger": trigger, "trust": trust}}
    messages = given["messages"]
    several = messages if isinstance(messages, list) else [messages]
    return {**given, "messages": [_marked(one, mark) for one in several]}


def _marked(message: JsonValue, mark: JsonObject) -> JsonValue:
    match message:
        case str():
            return {"role": "user", "content": message, "additional_kwargs": mark}
        case [str() as role, content] if role in _USER:
            return {"role": "user", "content": content, "additional_kwargs": mark}
        case dict() if message.get("role", message.get("type")) in _USER:
            known = message.get("additional_kwargs")
            return {**message, "additional_kwargs": {**(known if isinstance(known, dict) else {}), **mark}}
        case _:
            return message


def _schemas(settings: EventTriggerSettings) -> Mapping[str, Mapping[str, Any]]:
    return {version: schema for version, schema in settings.schemas.items() if isinstance(schema, dict)}
