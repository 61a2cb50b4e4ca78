"""The triggers of a project, as commands need them: with the database alone, beside a server or without."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

import orjson

from podium.app.encryption import open_database
from podium.core.clock import SystemClock
from podium.core.errors import InputError
from podium.core.ids import new_id
from podium.core.principal import Access, local_principal
from podium.runtime.triggers.directory import AnyTrigger, id_of, name_of
from podium.runtime.triggers.due import upcoming
from podium.runtime.triggers.events import Event
from podium.runtime.triggers.service import TriggerService
from podium.storage.triggers import Trigger

if TYPE_CHECKING:
    from podium.app.project import Project
    from podium.storage.firings import Firing, FiringStatus


class ProjectTriggers:
    """What may be done with the triggers of a project without a server.

    What is sent or let run is kept; a server carries it out within a second, or when it starts.

    Args:
        service: Serves them.
        tenant: Whose.
    """

    def __init__(self, service: TriggerService, tenant: str) -> None:
        self._service = service
        self._access = Access(tenant)

    @classmethod
    @asynccontextmanager
    async def opened(cls, project: Project) -> AsyncIterator[ProjectTriggers]:
        """The triggers of a project, those of its manifest as it declares them now."""
        principal = local_principal()
        with open_database(project) as database:
            service = TriggerService.of(database, SystemClock())
            await service.directory.sync(project.manifest.triggers, principal, project.folder)
            yield cls(service, principal.tenant)

    def all(self) -> list[tuple[AnyTrigger, dict[str, int]]]:
        """All triggers, with how many of their firings wait, have started or are dead."""
        found = self._service.directory.list(self._access)
        counts = self._service.firings.counts([id_of(one) for one in found])
        return [(one, counts.get(id_of(one), {})) for one in found]

    def get(self, name: str) -> tuple[AnyTrigger, dict[str, int]]:
        """One trigger, likewise."""
        found = self._service.directory.get(name, self._access)
        return found, self._service.firings.counts([id_of(found)]).get(id_of(found), {})

    def next_times(self, name: str, number: int) -> tuple[str, list[datetime]]:
        """In which time zone a schedule is read, and when it fires next, in UTC."""
        found = self._service.directory.schedule(name, self._access)
        return found.timezone, upcoming(found, SystemClock().now(), number)

    async def run(self, name: str) -> tuple[str, Firing]:
        """Let a schedule fire now; its name and the firing."""
        cron = self._service.directory.schedule(name, self._access)
        firing, _ = await self._service.directory.run_now(cron, new_id())
        return name_of(cron), firing

    async def enable(self, name: str, enabled: bool) -> AnyTrigger:
        """Pause a trigger, or let it go on."""
        directory = self._service.directory
        return await directory.enable(directory.get(name, self._access), enabled)

    def history(
        self, name: str, status: FiringStatus | None = None, limit: int = 20
    ) -> tuple[str, list[Firing]]:
        """What a trigger fired, the latest first; its name before it."""
        found = self._service.directory.get(name, self._access)
        statuses = [status] if status else []
        return name_of(found), self._service.firings.latest(id_of(found), statuses=statuses, limit=limit)

    def dead(self, limit: int = 20) -> list[tuple[str, Firing]]:
        """What was given up of all triggers, each after its trigger's name, the latest first."""
        found: list[tuple[str, Firing]] = []
        for trigger, counts in self.all():
            if counts.get("dead"):
                name, firings = self.history(id_of(trigger), "dead", limit)
                found += [(name, firing) for firing in firings]
        return sorted(found, key=lambda one: one[1].at, reverse=True)[:limit]

    async def send(self, name: str, data: Any, event_id: str = "", version: str = "") -> tuple[Firing, bool]:
        """Send an event; its firing, and whether it is new."""
        trigger = self._service.directory.event_trigger(name, self._access)
        return await self._service.events.take(trigger, Event(event_id or new_id(), data, None, version))

    async def replay(self, name: str, event_id: str, data: str | None) -> tuple[str, Firing]:
        """Carry a dead letter out again; what it says from now on, as JSON, where that is not None."""
        found = self._service.directory.get(name, self._access)
        firing = self._service.firings.get(id_of(found), event_id)
        event = None
        if data is not None:
            if not isinstance(found, Trigger):
                raise InputError("the firing of a schedule says nothing", hint="Leave --data out.")
            event = self._service.events.mended(found, firing, json_of(data))
        return name_of(found), await self._service.firings.areplay(firing, event)


def json_of(text: str) -> Any:
    """The JSON value in a text.

    Raises:
        InputError: It is none.
    """
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise InputError(f"this is not valid JSON: {error.msg}", hint="Such as '{\"order\": 7}'.") from None
