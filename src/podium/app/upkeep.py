"""What goes on beside the runs of an open app: the audit chain is signed, and people are told."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from podium.app.notifications import Notifications
from podium.app.vouching import Vouching

if TYPE_CHECKING:
    from podium.app.project import Project
    from podium.core.clock import Clock
    from podium.core.crashpoints import CrashPoints
    from podium.runtime.notifications.channel import Notification
    from podium.storage.database import Database
    from podium.storage.outbox import Letter, LetterStatus
    from podium.telemetry.telemetry import Telemetry


class Upkeep:
    """Works on threads of its own, and only where the manifest names a key or channels.

    Args:
        project: The project.
        database: Its open database.
        clock: Dates signatures, and decides what is due.
        telemetry: Told of what became of each attempt to tell people.
        crash_points: Told of every step of a delivery; for tests.

    Raises:
        ConfigError: The key is missing, or is none.
    """

    def __init__(
        self,
        project: Project,
        database: Database,
        clock: Clock,
        telemetry: Telemetry,
        crash_points: CrashPoints,
    ) -> None:
        self._vouching = Vouching(project, database, clock)
        self._notifications = Notifications(project, database, clock=clock)
        self._telemetry = telemetry
        self._courier = self._notifications.courier(settled=self._told, crash_points=crash_points)

    def start(self) -> None:
        """Begin to tell people."""
        self._courier.start()

    def nudge(self) -> None:
        """Something was put on record that may have to be signed or told; returns at once."""
        self._vouching.nudge()
        self._courier.nudge()

    def tell(self, notification: Notification, channels: Collection[str]) -> None:
        """Keep a notification until it is delivered, and begin at once; returns once it is kept.

        Args:
            notification: What to tell; one with a known id is not told again.
            channels: Names of channels.

        Raises:
            UnknownName: The manifest names no such channel.
        """
        self._notifications.post(notification, channels)
        self._courier.nudge()

    def close(self) -> None:
        """Sign what nobody vouches for yet, and give what is due a moment."""
        self._vouching.close()
        self._courier.close()

    def _told(self, letter: Letter, status: LetterStatus, error: str) -> None:
        self._telemetry.notified(letter.channel, letter.event, status, error)
