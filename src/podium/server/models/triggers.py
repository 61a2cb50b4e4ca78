"""Triggers on the wire."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, RootModel, StringConstraints

from podium.core.model import JsonObject, JsonValue, Model
from podium.core.trigger_settings import SchemaVersion, TriggerSettings
from podium.runtime.triggers.directory import AnyTrigger, id_of, name_of, settings_of
from podium.server.wire import Body, Moment
from podium.storage.crons import Cron
from podium.storage.firings import Firing, FiringStatus

EventId = Annotated[str, StringConstraints(pattern=r"^[^\s/?#\x00-\x1f\x7f]{1,200}$")]
"""What a sender knows an event by."""


class TriggerBody(RootModel[TriggerSettings]):
    """What a trigger is to be like."""


class EventBody(Body):
    """Something that happened."""

    id: EventId
    """The same when the event is sent again."""
    data: JsonValue = None
    """What it says."""
    time: Moment | None = None
    """When it happened; in UTC where it names no zone."""
    version: SchemaVersion | Literal[""] = ""
    """Of the schema that it follows; the present one when it is left out."""


class ReplayBody(Body):
    """How a dead letter is to be carried out again."""

    data: JsonValue = None
    """What the event says from now on; what it said when this is left out."""


class TriggerShown(Model):
    """A trigger as it is told."""

    name: str
    trigger_id: str
    kind: Literal["event", "schedule"]
    source: str
    owner: str
    paused: bool
    next_at: str | None
    waiting: int
    started: int
    dead: int
    created_at: str
    updated_at: str
    settings: JsonObject


class TriggerList(Model):
    """Triggers, by name."""

    triggers: list[TriggerShown]


class FiringShown(Model):
    """What became of an event, or of a time that was due."""

    trigger: str
    event_id: str
    kind: Literal["event", "schedule"]
    status: FiringStatus
    duplicate: Annotated[bool, Field(description="Whether it was known already.")] = False
    at: str
    due_at: str
    started_at: str | None
    ended_at: str | None
    attempts: int
    version: str
    key: str | None
    thread_id: str | None
    run_id: str | None
    error: str
    event: JsonObject


class FiringList(Model):
    """Firings, the latest first."""

    events: list[FiringShown]
    next: Annotated[int | None, Field(description="What `before` is for the next page.")] = None


class NextTimes(Model):
    """When a schedule fires next."""

    times: list[str]


def trigger_shown(trigger: AnyTrigger, counts: dict[str, int]) -> dict[str, Any]:
    """A trigger as it is told.

    Args:
        trigger: The trigger.
        counts: How many of its firings wait, have started, or are dead.
    """
    schedule = trigger if isinstance(trigger, Cron) else None
    return {
        "name": name_of(trigger),
        "trigger_id": id_of(trigger),
        "kind": "schedule" if schedule else "event",
        "source": trigger.source or "api",
        "owner": trigger.owner,
        "paused": not trigger.enabled,
        "next_at": schedule.next_run_at if schedule and schedule.enabled else None,
        **{status: counts.get(status, 0) for status in ("waiting", "started", "dead")},
        "created_at": trigger.created_at,
        "updated_at": trigger.updated_at,
        "settings": settings_of(trigger),
    }


def firing_shown(name: str, firing: Firing, *, duplicate: bool = False) -> dict[str, Any]:
    """A firing as it is told.

    Args:
        name: The trigger's.
        firing: The firing.
        duplicate: Whether it was known already.
    """
    return {
        "trigger": name,
        "event_id": firing.event_id,
        "kind": firing.kind,
        "status": firing.status,
        "duplicate": duplicate,
        "at": firing.at,
        "due_at": firing.due_at,
        "started_at": firing.started_at,
        "ended_at": firing.ended_at,
        "attempts": firing.attempts,
        "version": firing.version,
        "key": firing.lane if firing.kind == "event" else None,
        "thread_id": firing.thread_id or None,
        "run_id": firing.run_id or None,
        "error": firing.error,
        "event": dict(firing.event),
    }
