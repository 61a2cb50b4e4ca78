"""Crons on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final, Literal

from pydantic import Field, StringConstraints

from podium.core.clock import to_iso
from podium.core.model import JsonObject, JsonValue, Model
from podium.runtime.serving.modes import Mode
from podium.server.models.assistants import Limit, Offset
from podium.server.models.runs import Nodes, RunConfig, RunCreate, Uuid
from podium.server.wire import Body, Moment
from podium.storage.crons import CronQuery, CronSortBy, OnRunCompleted

Line = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Zone = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Webhook = Annotated[str, StringConstraints(max_length=2_000)]
CronField = Literal[
    "cron_id",
    "assistant_id",
    "thread_id",
    "end_time",
    "schedule",
    "timezone",
    "created_at",
    "updated_at",
    "user_id",
    "payload",
    "next_run_date",
    "metadata",
    "now",
    "on_run_completed",
    "enabled",
]


class CronRun(Body):
    """What the runs of a cron are asked for with."""

    input: JsonValue = None
    config: RunConfig | None = None
    context: JsonObject | None = None
    interrupt_before: Nodes | None = None
    interrupt_after: Nodes | None = None
    webhook: Webhook | None = None
    stream_mode: Mode | list[Mode] | None = None
    stream_subgraphs: bool | None = None
    stream_resumable: bool | None = None
    durability: Literal["sync", "async", "exit"] | None = None


class CronCreate(CronRun):
    """A new cron in a thread."""

    assistant_id: str
    """An assistant's id, or a graph's name."""
    schedule: Line
    """Minute, hour, day of the month, month and day of the week."""
    timezone: Zone | None = None
    """In whose time the schedule is read, by its IANA name; UTC when there is none."""
    end_time: Moment | None = None
    enabled: bool = True
    metadata: JsonObject | None = None
    multitask_strategy: Literal["reject", "enqueue", "interrupt", "rollback"] | None = None
    checkpoint_during: bool | None = None
    """The older name of `durability`: true is `async`, false is `exit`."""


class StatelessCronCreate(CronCreate):
    """A new cron whose runs have threads of their own."""

    on_run_completed: OnRunCompleted = "delete"


class CronPatch(CronRun):
    """What a cron has different."""

    schedule: Line | None = None
    timezone: Zone | None = None
    end_time: Moment | None = None
    """Null for no end."""
    enabled: bool | None = None
    metadata: JsonObject | None = None
    on_run_completed: OnRunCompleted | None = None


class CronFilter(Body):
    """Which crons are meant."""

    assistant_id: str | None = None
    thread_id: Uuid | None = None
    enabled: bool | None = None
    metadata: JsonObject | None = None


class CronSearch(CronFilter):
    """Which crons are wanted, and how they are shown."""

    limit: Limit = 10
    offset: Offset = 0
    sort_by: CronSortBy | None = None
    sort_order: Literal["asc", "desc"] | None = None
    select: list[CronField] | None = None


class CronShown(Model):
    """A cron as it is told."""

    cron_id: str
    assistant_id: str
    thread_id: str | None
    schedule: str
    timezone: str
    enabled: bool
    on_run_completed: str | None
    end_time: str | None
    next_run_date: str | None
    created_at: str
    updated_at: str
    user_id: str | None
    payload: JsonObject
    metadata: JsonObject


class SelectedCron(Model):
    """A cron as it is told in a list; the fields that were selected, else all."""

    cron_id: str = ""
    assistant_id: str = ""
    thread_id: str | None = None
    schedule: str = ""
    timezone: str = ""
    enabled: bool = True
    on_run_completed: str | None = None
    end_time: str | None = None
    next_run_date: str | None = None
    created_at: str = ""
    updated_at: str = ""
    user_id: str | None = None
    payload: JsonObject = {}
    metadata: JsonObject = {}
    now: Annotated[str, Field(description="When this was told.")] = ""


_RUN_FIELDS: Final = (*CronRun.model_fields, "multitask_strategy", "checkpoint_during")


def payload_of(body: CronCreate | CronPatch) -> dict[str, Any]:
    """What of a request the runs are asked for with."""
    told = body.model_dump(mode="json", exclude_none=True, include=set(_RUN_FIELDS))
    return {name: value for name, value in told.items() if name in body.model_fields_set}


def moment_of(end_time: datetime | None) -> str | None:
    """A moment as it is stored."""
    return None if end_time is None else to_iso(end_time)


def query_of(body: CronFilter, assistant_id: str | None) -> CronQuery:
    """A search, for the repository."""
    page = body if isinstance(body, CronSearch) else CronSearch(limit=1)
    return CronQuery(
        assistant_id=assistant_id,
        thread_id=body.thread_id,
        enabled=body.enabled,
        metadata=body.metadata or {},
        sort_by=page.sort_by or "created_at",
        sort_order=page.sort_order or "desc",
        limit=page.limit,
        offset=page.offset,
    )


def run_of(
    payload: dict[str, Any], assistant_id: str, metadata: dict[str, Any], on_completion: str
) -> RunCreate:
    """The run that a firing asks for."""
    told = {**payload, "assistant_id": assistant_id, "metadata": metadata}
    if on_completion:
        told["on_completion"] = on_completion
    return RunCreate.model_validate(told)
