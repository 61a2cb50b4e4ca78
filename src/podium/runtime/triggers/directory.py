"""The triggers of a project: those of events, and schedules, which are crons with a name."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from podium.core.clock import Clock, SystemClock, to_iso
from podium.core.errors import ConfigError, Conflict, InputError
from podium.core.principal import Access, Principal
from podium.core.trigger_settings import EventTriggerSettings, ScheduleTriggerSettings
from podium.runtime.schedules import Schedule
from podium.runtime.triggers.due import next_run_at
from podium.runtime.triggers.engine import keep_schedule, scheduled
from podium.runtime.triggers.schemas import check_schema
from podium.storage.crons import Cron, CronQuery, Crons
from podium.storage.firings import Firing, Firings, find
from podium.storage.triggers import (
    Trigger,
    Triggers,
    removing,
    trigger_id_of,
    unknown_trigger,
    withdrawing,
)

if TYPE_CHECKING:
    from podium.core.trigger_settings import TriggerSettings
    from podium.storage.database import Database

AnyTrigger: TypeAlias = Trigger | Cron

PROJECT: Final = "project"
"""The source of what the manifest declares."""
_MOST: Final = 10_000


@dataclass(frozen=True, slots=True)
class Declaration:
    """A trigger that somebody declares.

    Attributes:
        name: Its name.
        settings: What it is to be like.
        principal: Who declares it.
        source: `project` for the manifest.
        access: What they may see.
    """

    name: str
    settings: TriggerSettings
    principal: Principal
    source: str
    access: Access


class TriggerDirectory:
    """Finds, makes and changes triggers.

    Args:
        database: The open database.
        clock: Dates what happens.
    """

    def __init__(self, database: Database, clock: Clock | None = None) -> None:
        self._database = database
        self._clock = clock or SystemClock()
        self._triggers = Triggers(database, self._clock)
        self._crons = Crons(database, self._clock)
        self.firings = Firings(database, self._clock)

    # --- finding them ----------------------------------------------------------------------------

    def get(self, name: str, access: Access) -> AnyTrigger:
        """The trigger with this name or id.

        Raises:
            NotFound: There is none, or it is another's.
        """
        found = self._triggers.find(name, access) or self._crons.named(name, access)
        if found is None:
            raise unknown_trigger(name)
        return found

    def event_trigger(self, name: str, access: Access) -> Trigger:
        """The trigger of events with this name or id.

        Raises:
            NotFound: There is none, or it is another's.
            InputError: It is a schedule.
        """
        found = self.get(name, access)
        if isinstance(found, Cron):
            raise InputError(f"{name} is a schedule: it takes no events", hint="Let it run now instead.")
        return found

    def schedule(self, name: str, access: Access) -> Cron:
        """The schedule with this name or id.

        Raises:
            NotFound: There is none, or it is another's.
            InputError: It is no schedule.
        """
        found = self.get(name, access)
        if isinstance(found, Trigger):
            raise InputError(f"{name} begins with events: it is no schedule", hint="Send it an event.")
        return found

    def list(self, access: Access) -> list[AnyTrigger]:
        """All triggers, by name: the crons of the protocol are among them, under their ids."""
        crons, _ = self._crons.search(CronQuery(limit=_MOST), access)
        return sorted([*self._triggers.list(access), *crons], key=name_of)

    # --- making and changing them ----------------------------------------------------------------

    async def put(self, declared: Declaration) -> AnyTrigger:
        """Make a trigger, or put it in the place of the one with its name; its events stay.

        Args:
            declared: The trigger.

        Raises:
            Conflict: The name is another's, or the manifest declares it.
            InputError: There is no such schedule or zone.
            ConfigError: A schema is none.
        """
        tenant = declared.principal.tenant
        held = self._held(declared.name, tenant)
        if held is not None and declared.source != PROJECT:
            _check_held(held, declared)
        trigger_id = trigger_id_of(tenant, declared.name)
        settings = declared.settings
        made: AnyTrigger
        if isinstance(settings, ScheduleTriggerSettings):
            before = held if isinstance(held, Cron) else None
            made = self._cron(trigger_id, declared, settings, before)
        else:
            made = self._trigger(trigger_id, declared, settings, held)

        def work(connection: sqlite3.Connection) -> None:
            withdrawing(trigger_id)(connection)
            if isinstance(made, Cron):
                self._crons.put(made)(connection)
            else:
                self._triggers.put(made)(connection)

        await self._database.awrite(work, durable=True)
        return self.get(declared.name, Access(tenant))

    async def sync(self, declared: Mapping[str, TriggerSettings], principal: Principal, folder: Path) -> None:
        """Have the triggers of the manifest be as it declares them, and no others of its.

        What is left out goes; events that came for it wait until it is declared again.

        Args:
            declared: Settings by name.
            principal: As whom they run.
            folder: The project's, where files of schemas are.

        Raises:
            ConfigError: One of them is wrong.
        """
        everything = Access(principal.tenant)
        for name, settings in declared.items():
            try:
                whole = _with_schemas(name, settings, folder)
                await self.put(Declaration(name, whole, principal, PROJECT, everything))
            except InputError as error:
                raise ConfigError(f"[triggers.{name}] {error.message}", hint=error.hint) from None
        for held in self.list(everything):
            if held.source == PROJECT and name_of(held) not in declared:
                await self._database.awrite(withdrawing(id_of(held)), durable=True)

    async def delete(self, trigger: AnyTrigger) -> None:
        """Delete a trigger and what waits for it; runs that were begun go on.

        Raises:
            Conflict: The manifest declares it.
        """
        if trigger.source == PROJECT:
            raise Conflict(
                f"{name_of(trigger)} is declared in podium.toml", hint="Take it out there, or pause it."
            )
        await self._database.awrite(removing(id_of(trigger)), durable=True)

    async def enable(self, trigger: AnyTrigger, enabled: bool) -> AnyTrigger:
        """Pause a trigger, or let it go on: events that came meanwhile are carried out, times are not.

        Args:
            trigger: The trigger.
            enabled: Whether it is to begin runs.
        """
        if isinstance(trigger, Trigger):
            await self._triggers.aenable(trigger.trigger_id, enabled)
            return replace(trigger, enabled=enabled)
        changed = replace(trigger, enabled=enabled)
        if enabled and not trigger.enabled:
            changed = replace(changed, next_run_at=self._next(changed))
        return await self._crons.achange(changed)

    async def run_now(self, cron: Cron, identifier: str) -> tuple[Firing, Sequence[str]]:
        """Have a schedule fire now, beside its times; the firing, and the runs to be cancelled for it.

        Args:
            cron: The schedule.
            identifier: Of this firing: the same when it is asked for again.
        """
        event_id = f"now:{identifier}"
        now = to_iso(self._clock.now())

        def work(connection: sqlite3.Connection) -> tuple[Firing, Sequence[str]]:
            known = find(connection, cron.cron_id, event_id)
            if known is not None:
                return known, []
            calls_off = keep_schedule(connection, scheduled(cron, event_id, now), cron, self.firings)
            made = find(connection, cron.cron_id, event_id)
            if made is None:
                raise RuntimeError("a firing that was just stored is not there")
            return made, calls_off

        return await self._database.awrite(work, durable=True)

    # --- what they become ------------------------------------------------------------------------

    def _held(self, name: str, tenant: str) -> AnyTrigger | None:
        everything = Access(tenant)
        return self._triggers.find(name, everything) or self._crons.named(name, everything)

    def _trigger(
        self, trigger_id: str, declared: Declaration, settings: EventTriggerSettings, held: AnyTrigger | None
    ) -> Trigger:
        for version, schema in settings.schemas.items():
            if isinstance(schema, str):
                raise InputError(
                    f"schemas.{version}: files are the manifest's to name", hint="Send the schema itself."
                )
            check_schema(schema, f"schemas.{version} of the trigger {declared.name}")
        return Trigger(
            trigger_id=trigger_id,
            name=declared.name,
            tenant=declared.principal.tenant,
            owner=settings.owner or declared.principal.id,
            source=declared.source,
            enabled=not settings.paused and (held is None or held.enabled),
            created_at=held.created_at if held else "",
            settings=settings.model_dump(mode="json", exclude={"owner", "paused"}),
        )

    def _cron(
        self, cron_id: str, declared: Declaration, settings: ScheduleTriggerSettings, held: Cron | None
    ) -> Cron:
        schedule = Schedule.of(settings.schedule, settings.timezone)
        now = self._clock.now()
        enabled = not settings.paused and (held is None or held.enabled)
        as_before = held is not None and (held.schedule, held.timezone) == (
            settings.schedule,
            settings.timezone,
        )
        goes_on = as_before and held is not None and held.enabled and held.next_run_at
        return Cron(
            cron_id=cron_id,
            assistant_id=settings.graph,
            schedule=settings.schedule,
            timezone=settings.timezone,
            tenant=declared.principal.tenant,
            owner=settings.owner or declared.principal.id,
            enabled=enabled,
            on_run_completed="keep",
            next_run_at=goes_on or next_run_at(schedule, now, None),
            created_at=held.created_at if held else to_iso(now),
            payload={} if settings.input is None else {"input": settings.input},
            metadata=settings.metadata,
            name=declared.name,
            source=declared.source,
            missed=settings.missed,
            window_s=settings.window,
            overlap=settings.overlap,
        )

    def _next(self, cron: Cron) -> str | None:
        return next_run_at(Schedule.of(cron.schedule, cron.timezone), self._clock.now(), cron.end_time)


def name_of(trigger: AnyTrigger) -> str:
    """What a trigger is called: a cron of the protocol by its id."""
    return trigger.name or id_of(trigger)


def id_of(trigger: AnyTrigger) -> str:
    """A trigger's id."""
    return trigger.cron_id if isinstance(trigger, Cron) else trigger.trigger_id


def settings_of(trigger: AnyTrigger) -> dict[str, Any]:
    """A trigger's settings, as they are declared."""
    if isinstance(trigger, Trigger):
        return dict(trigger.settings)
    return {
        "kind": "schedule",
        "graph": trigger.assistant_id,
        "input": trigger.payload.get("input"),
        "metadata": dict(trigger.metadata),
        "schedule": trigger.schedule,
        "timezone": trigger.timezone,
        "missed": trigger.missed,
        "window": trigger.window_s,
        "overlap": trigger.overlap,
    }


def _check_held(held: AnyTrigger, declared: Declaration) -> None:
    if held.source == PROJECT:
        raise Conflict(
            f"{declared.name} is declared in podium.toml", hint="Change it there, or take another name."
        )
    if declared.access.owner not in (None, held.owner):
        raise Conflict(f"the name {declared.name} is taken", hint="Take another one.")


def _with_schemas(name: str, settings: TriggerSettings, folder: Path) -> TriggerSettings:
    """Settings with the schemas themselves in the places of the files that hold them."""
    if isinstance(settings, ScheduleTriggerSettings):
        return settings
    read = {
        version: _read(name, folder / schema) if isinstance(schema, str) else schema
        for version, schema in settings.schemas.items()
    }
    return settings.model_copy(update={"schemas": read})


def _read(name: str, path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not JSON"
        raise ConfigError(
            f"[triggers.{name}] the schema {path} cannot be read: {reason}",
            hint="Mend the path or the file.",
        ) from None
    if not isinstance(found, dict):
        raise ConfigError(f"[triggers.{name}] the schema {path} is no JSON object", hint="Mend the file.")
    return found
