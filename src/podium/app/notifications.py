"""The channels that a project names, and the notifications that wait for them."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Final, Self

from podium.app.channels import channel_of, routes_of
from podium.app.encryption import open_database
from podium.app.project import Project
from podium.core.clock import Clock, SystemClock, to_iso
from podium.core.errors import InputError, NotDelivered, NotFound, UnknownName
from podium.core.ids import new_id
from podium.runtime.notifications.channel import Notification
from podium.runtime.notifications.courier import Courier, Settled
from podium.runtime.notifications.wording import notification_of, said
from podium.storage.abandoned import settle_waiting
from podium.storage.database import Database
from podium.storage.outbox import LETTER_STATUSES, Letter, LetterStatus, Occasion, Outbox, occasion_id

if TYPE_CHECKING:
    from podium.core.audit_check import Fault
    from podium.core.crashpoints import CrashPoints
    from podium.core.notification_settings import NotificationEvent

_BROKEN_AGAIN: Final = timedelta(days=1)
"""A chain that stays broken is told of again after so long."""
_MOST: Final = 100_000


def status_of(given: str) -> tuple[LetterStatus, ...]:
    """The statuses that are wanted, from what a user wrote; none for any.

    Raises:
        InputError: It is none.
    """
    if not given:
        return ()
    for status in LETTER_STATUSES:
        if status == given:
            return (status,)
    raise InputError(f"no notification is {given}", hint=f"There are: {', '.join(LETTER_STATUSES)}.")


class Notifications:
    """How the people of a project are told. Without channels in the manifest nobody is.

    Args:
        project: The project.
        database: Its open database.
        clock: Dates what is told, and decides what is due.
        environ: The environment, for secrets and for commands.
    """

    def __init__(
        self,
        project: Project,
        database: Database,
        *,
        clock: Clock | None = None,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        self._project = project
        self._channels = project.manifest.notifications
        self._clock = clock or SystemClock()
        self._environ = os.environ if environ is None else environ
        self._database = database
        self._outbox = Outbox(database)

    @classmethod
    @contextmanager
    def opened(cls, project: Project) -> Iterator[Self]:
        """The notifications of a project, closed at the end of the block."""
        with open_database(project) as database:
            yield cls(project, database)

    def courier(self, *, settled: Settled | None = None, crash_points: CrashPoints | None = None) -> Courier:
        """What delivers; not started. It also tells of threads whose process ended before it could say so.

        Args:
            settled: Told of the outcome of each attempt.
            crash_points: Told before and after each delivery; for tests.
        """
        return Courier(
            routes_of(self._project, self._environ),
            self._outbox,
            self._project.manifest.project.name,
            clock=self._clock,
            before=partial(settle_waiting, self._database, self._clock),
            settled=settled,
            crash_points=crash_points,
        )

    def post(self, notification: Notification, channels: Collection[str]) -> None:
        """Keep a notification for some channels until it is delivered; a nudge of the courier sends it.

        One that is there already, by its id, is left alone: what is told twice arrives once.

        Args:
            notification: What to tell; secrets, control characters and excess are taken out.
            channels: Names of channels.

        Raises:
            UnknownName: The manifest names no such channel.
        """
        for name in channels:
            self._known(name)
        self._outbox.post(channels, notification.event, said(notification).as_json())

    def chain_broken(self, fault: Fault) -> None:
        """Keep word of a broken audit chain for every channel that wants it; once a day for one fault.

        Args:
            fault: What is wrong.
        """
        now = self._clock.now()
        day = int(now.timestamp() // _BROKEN_AGAIN.total_seconds())
        event: NotificationEvent = "chain_broken"
        broken = Occasion(occasion_id(event, fault.kind, fault.seq, day), event, to_iso(now), fault.seq)
        wanted = [name for name, settings in self._channels.items() if event in settings.events]
        if wanted:
            self.post(notification_of(broken, self._project.manifest.project.name), wanted)

    def collect(self) -> None:
        """Keep what the audit chain tells and nobody has read from it yet."""
        if self._channels:
            self.courier().collect()

    def deliver(self, patience: float = 3.0) -> None:
        """Deliver what is due now, as far as that goes in a moment; for who has no courier at work.

        Args:
            patience: Seconds at most; what is left is delivered by the next one that opens the project.
        """
        courier = self.courier()
        courier.start()
        courier.close(patience)

    def letters(self, *, status: Collection[LetterStatus] = (), limit: int = 100) -> list[Letter]:
        """Notifications by channel, the latest first, in one of these statuses or in any."""
        return self._outbox.letters(status=status, limit=limit)

    async def retry(
        self, ids: Sequence[str] = (), *, channel: str | None = None, patience: float = 30.0
    ) -> list[Letter]:
        """Try at once what waits or has failed, and tell what became of it.

        Args:
            ids: Notifications, by the start of their ids; all when empty.
            channel: Only over this channel.
            patience: Seconds for all of it.

        Raises:
            NotFound: No such notification waits or has failed.
            UnknownName: The manifest names no such channel.
        """
        if channel is not None:
            self._known(channel)
        courier = self.courier()
        await asyncio.to_thread(courier.collect)
        chosen = await asyncio.to_thread(self._open, ids, channel)
        now = to_iso(self._clock.now())
        await asyncio.to_thread(self._outbox.revive, chosen, now=now)
        names = {letter.channel for letter in chosen}
        tasks = [asyncio.create_task(courier.deliver(name)) for name in names]
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=patience)
            for task in late:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        keys = {(letter.id, letter.channel) for letter in chosen}
        found = await asyncio.to_thread(self._outbox.letters, limit=_MOST)
        return [letter for letter in found if (letter.id, letter.channel) in keys]

    async def test(self, channel: str) -> Notification:
        """Send a notification that says that it is a test, at once and without keeping it.

        Args:
            channel: The name of a channel.

        Raises:
            UnknownName: The manifest names no such channel.
            NotDelivered: It did not get through.
        """
        self._known(channel)
        name = self._project.manifest.project.name
        notification = said(
            Notification(
                id=f"test_{new_id()}",
                event="test",
                at=to_iso(self._clock.now()),
                project=name,
                subject=f"{name}: a test of the channel {channel}",
                text=f"Podium reaches you over the channel {channel}. Nothing waits for you.",
            )
        )
        made = channel_of(channel, self._channels[channel], self._project.folder, self._environ)
        try:
            await made.deliver(notification)
        except NotDelivered as error:
            hint = error.hint or f"Look at [notifications.{channel}] in podium.toml, and at the other side."
            raise NotDelivered(error.message, hint=hint, retryable=error.retryable) from None
        return notification

    def _open(self, ids: Sequence[str], channel: str | None) -> list[Letter]:
        """What waits or has failed, over channels that there still are."""
        found = [
            letter
            for letter in self._outbox.letters(status=("waiting", "failed"), channel=channel, limit=_MOST)
            if letter.channel in self._channels
        ]
        for start in ids:
            if not any(letter.id.startswith(start) for letter in found):
                raise NotFound(
                    f"no notification {start} waits or has failed",
                    hint="See 'podium notifications list'.",
                )
        return [letter for letter in found if not ids or letter.id.startswith(tuple(ids))]

    def _known(self, channel: str) -> None:
        if not self._channels:
            raise InputError(
                "podium.toml names no channel",
                hint="Add one, such as [notifications.ops]: see docs/notifications.md.",
            )
        if channel not in self._channels:
            raise UnknownName(
                f"there is no channel {channel}", hint=f"There are: {', '.join(self._channels)}."
            )
