"""Telling people when a project leaves its bounds, once, and once when it is back."""

from __future__ import annotations

import asyncio
import json
import logging
import sqlite3
from collections.abc import AsyncIterator, Callable, Collection, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from podium.app.audit import AuditTrail
from podium.app.objectives import measure
from podium.app.status import own_graph
from podium.core.clock import Clock, to_iso
from podium.core.errors import PodiumError, UnknownName
from podium.runtime.notifications.channel import Notification
from podium.storage.files import write_whole
from podium.storage.outbox import occasion_id
from podium.storage.standing import standing

if TYPE_CHECKING:
    from pathlib import Path

    from podium.app.project import Project
    from podium.storage.database import Database

Tell: TypeAlias = Callable[[Notification, Collection[str]], None]
"""Keeps a notification until it is delivered; one with a known id is not told again."""

ALERTS: Final = "alerts.json"
"""In the project's data: which rules are broken, and since when."""
_CALM: Final = 0.8
"""A rule holds again once the value is so far below its bound, so that it does not come and go."""
_SETTLED_S: Final = 60.0
"""After so many seconds a server has taken up its work."""
_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a rule looks at.

    Attributes:
        rule: The rule's name, such as `queue` or `burn:success`.
        value: What was found.
        bound: From where on people are told.
        words: What the value is, for a sentence.
        command: What shows more of it.
    """

    rule: str
    value: float
    bound: float
    words: str
    command: str = "podium status"


class Alerts:
    """The rules of `[alerts]` in the manifest.

    What is broken is written down before it is told, and told again under the same id when a process was
    killed in between, so that each change of a rule arrives once.

    Args:
        project: The project.
        database: Its open database.
        tell: Keeps a notification until it is delivered.
        clock: Dates what happens.

    Raises:
        UnknownName: The manifest names a channel that nobody declared.
    """

    def __init__(self, project: Project, database: Database, tell: Tell, clock: Clock) -> None:
        self._project = project
        self._database = database
        self._tell = tell
        self._clock = clock
        self._settings = project.manifest.alerts
        self._since = _known(project.data / ALERTS)
        self._audit: Reading | None = None
        for name in self._settings.channels:
            if name not in project.manifest.notifications:
                raise UnknownName(
                    f"[alerts] names the channel {name}, which nobody declares",
                    hint=f"Declare it in podium.toml: [notifications.{name}].",
                )

    @asynccontextmanager
    async def watching(self) -> AsyncIterator[None]:
        """Look at the rules again and again until the block ends; never where nobody is told."""
        if not self._settings.channels:
            yield
            return
        tasks = [asyncio.create_task(self._watch(), name="alerts")]
        if self._settings.audit_hours:
            tasks.append(asyncio.create_task(self._watch_audit(), name="alerts-audit"))
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _watch(self) -> None:
        while True:
            try:
                await self.look()
            except (PodiumError, OSError) as error:
                _logger.warning("the alert rules could not be looked at: %s", error)
            await asyncio.sleep(self._settings.seconds)

    async def _watch_audit(self) -> None:
        pause = self._settings.audit_hours * 3_600.0
        await asyncio.sleep(min(_SETTLED_S, pause))
        while True:
            try:
                await self.check_audit()
            except (PodiumError, OSError) as error:
                _logger.warning("the audit chain could not be checked: %s", error)
            await asyncio.sleep(pause)

    async def check_audit(self) -> None:
        """Check the whole audit chain, beside all else; the next look at the rules tells what was found."""
        trail = AuditTrail(self._project, self._database, clock=self._clock)
        fault = (await asyncio.to_thread(trail.check)).fault
        words = "faults in the audit chain" + ("" if fault is None else f" ({fault.message})")
        self._audit = Reading("audit", float(fault is not None), 1.0, words, "podium audit verify")

    async def look(self) -> list[str]:
        """Look at every rule and tell what changed; the rules that are broken now."""
        readings = await self._database.aread(self._read)
        now = to_iso(self._clock.now())
        for reading in readings:
            since = self._since.get(reading.rule)
            if since is None and reading.value >= reading.bound:
                await self._note({**self._since, reading.rule: now})
            elif since is not None and reading.value < reading.bound * _CALM:
                await self._say(reading, since, over=True)
                await self._note({rule: at for rule, at in self._since.items() if rule != reading.rule})
        for reading in readings:
            if (since := self._since.get(reading.rule)) is not None:
                await self._say(reading, since, over=False)
        return sorted(self._since)

    def _read(self, connection: sqlite3.Connection) -> list[Reading]:
        return list(self._readings(connection))

    def _readings(self, connection: sqlite3.Connection) -> Iterator[Reading]:
        settings, found = self._settings, standing(connection)
        yield Reading("queue", found.pending, settings.queue, "runs wait")
        yield Reading("dead_letters", found.dead_letters, settings.dead_letters, "letters were given up")
        if self._audit is not None:
            yield self._audit
        aims, now = self._project.manifest.objectives, self._clock.now()
        for one in measure(connection, aims, own_graph(self._project), now):
            words = f"times too fast is the budget of {one.name} being spent"
            yield Reading(f"burn:{one.name}", one.burn_rate, settings.burn_rate, words)

    async def _note(self, since: dict[str, str]) -> None:
        self._since = since
        text = json.dumps(since).encode()
        await asyncio.to_thread(write_whole, self._project.data / ALERTS, text)

    async def _say(self, reading: Reading, since: str, *, over: bool) -> None:
        name = self._project.manifest.project.name
        what = f"{reading.rule} is back within its bound" if over else f"{reading.rule} is out of bounds"
        data: dict[str, Any] = {"rule": reading.rule, "bound": reading.bound, "since": since, "over": over}
        notification = Notification(
            id=occasion_id("alert", name, reading.rule, since, over),
            event="alert",
            at=to_iso(self._clock.now()),
            project=name,
            subject=f"{name}: {what}",
            text=f"{reading.value:g} {reading.words}; the bound is {reading.bound:g}.\n{reading.command}",
            data=data,
        )
        await asyncio.to_thread(self._tell, notification, self._settings.channels)


def _known(path: Path) -> dict[str, str]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(rule): str(at) for rule, at in found.items()} if isinstance(found, dict) else {}
