"""Triggers of events: what an event has to be, and what is made of it. Schedules are crons with a name."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from podium.core.clock import Clock, SystemClock, to_iso
from podium.core.errors import NotFound
from podium.core.ids import derived_id
from podium.core.principal import Access
from podium.storage.database import Database
from podium.storage.json_text import dump, load
from podium.storage.operations import Work

_COLUMNS: Final = "trigger_id, tenant, owner, name, source, enabled, created_at, updated_at, settings"
_SELECT: Final = f"SELECT {_COLUMNS} FROM triggers"  # noqa: S608  # our own names
_PUT: Final = f"INSERT OR REPLACE INTO triggers({_COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?)"  # noqa: S608


@dataclass(frozen=True, slots=True)
class Trigger:
    """What begins runs when events come.

    Attributes:
        trigger_id: A UUID, the same for a name whenever it is declared.
        name: Unique in the tenant, among schedules too.
        tenant: Whose installation.
        owner: Who made it; its runs are theirs.
        source: `project` where the manifest declares it.
        enabled: Whether it begins runs; else events wait.
        created_at: When it was made, ISO 8601 in UTC.
        updated_at: When it was changed last.
        settings: As `podium.core.trigger_settings` has them.
    """

    trigger_id: str
    name: str
    tenant: str
    owner: str
    source: str = ""
    enabled: bool = True
    created_at: str = ""
    updated_at: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)


class Triggers:
    """Stores triggers in the project's database.

    Args:
        database: The open database.
        clock: Dates what happens.
    """

    def __init__(self, database: Database, clock: Clock | None = None) -> None:
        self._database = database
        self._clock = clock or SystemClock()

    def find(self, name: str, access: Access) -> Trigger | None:
        """The trigger with this name, or this id."""
        seen, values = _seen(access)
        query = f"{_SELECT} WHERE {seen} AND (name=? OR trigger_id=?) LIMIT 1"
        return self._one(query, (*values, name, name))

    def with_id(self, trigger_id: str) -> Trigger | None:
        """The trigger with this id, whosever it is."""
        return self._one(f"{_SELECT} WHERE trigger_id=?", (trigger_id,))

    def list(self, access: Access) -> list[Trigger]:
        """Triggers, by name."""
        seen, values = _seen(access)
        query = f"{_SELECT} WHERE {seen} ORDER BY name"
        return self._database.read(
            lambda connection: [_trigger(row) for row in connection.execute(query, values)]
        )

    def put(self, trigger: Trigger) -> Work[None]:
        """What stores a trigger, in the place of what was there."""
        now = to_iso(self._clock.now())
        row = (
            *(trigger.trigger_id, trigger.tenant, trigger.owner, trigger.name, trigger.source),
            *(int(trigger.enabled), trigger.created_at or now, now, dump(dict(trigger.settings))),
        )

        def work(connection: sqlite3.Connection) -> None:
            connection.execute(_PUT, row)

        return work

    async def aenable(self, trigger_id: str, enabled: bool) -> None:
        """Let a trigger begin runs, or not."""
        statement = "UPDATE triggers SET enabled=?, updated_at=? WHERE trigger_id=?"
        await self._database.aexecute_soon(statement, (int(enabled), to_iso(self._clock.now()), trigger_id))

    def _one(self, query: str, values: Sequence[str]) -> Trigger | None:
        row = self._database.read(lambda connection: connection.execute(query, values).fetchone())
        return None if row is None else _trigger(row)


def trigger_id_of(tenant: str, name: str) -> str:
    """The id of the trigger with a name: the same whenever it is declared."""
    return derived_id("trigger", tenant, name)


def removing(trigger_id: str) -> Work[None]:
    """What deletes a trigger or the cron of one, and its firings; runs that were begun go on."""

    def work(connection: sqlite3.Connection) -> None:
        connection.execute("DELETE FROM triggers WHERE trigger_id=?", (trigger_id,))
        connection.execute("DELETE FROM crons WHERE cron_id=?", (trigger_id,))
        connection.execute("DELETE FROM firings WHERE trigger_id=?", (trigger_id,))

    return work


def withdrawing(trigger_id: str) -> Work[None]:
    """What deletes a trigger or the cron of one; its firings wait for it to be declared again."""

    def work(connection: sqlite3.Connection) -> None:
        connection.execute("DELETE FROM triggers WHERE trigger_id=?", (trigger_id,))
        connection.execute("DELETE FROM crons WHERE cron_id=?", (trigger_id,))

    return work


def unknown_trigger(name: str) -> NotFound:
    """The error of whoever asks for a trigger that is not there, or not theirs."""
    return NotFound(f"no trigger {name}", hint="'podium triggers list' shows those there are.")


def _seen(access: Access) -> tuple[str, list[str]]:
    if access.owner is None:
        return "tenant=?", [access.tenant]
    return "tenant=? AND owner=?", [access.tenant, access.owner]


def _trigger(row: Sequence[Any]) -> Trigger:
    values = dict(zip(_COLUMNS.split(", "), row, strict=True))
    values["enabled"], values["settings"] = bool(values["enabled"]), load(values["settings"]) or {}
    return Trigger(**values)
