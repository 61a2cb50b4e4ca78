"""What goes on beside the runs of an open app: the audit chain is signed, and people are told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from podium.app.notifications import Notifications
from podium.app.vouching import Vouching

if TYPE_CHECKING:
    from podium.app.project import Project
    from podium.core.clock import Clock
    from podium.core.crashpoints import CrashPoints
    from podium.storage.database import Database


class Upkeep:
    """Works on threads of its own, and only where the manifest names a key or channels.

    Args:
        project: The project.
        database: Its open database.
        clock: Dates signatures, and decides what is due.
        crash_points: Told of every step of a delivery; for tests.

    Raises:
        ConfigError: The key is missing, or is none.
    """

    def __init__(self, project: Project, database: Database, clock: Clock, crash_points: CrashPoints) -> None:
        self._vouching = Vouching(project, database, clock)
        self._courier = Notifications(project, database, clock=clock).courier(crash_points)

    def start(self) -> None:
        """Begin to tell people."""
        self._courier.start()

    def nudge(self) -> None:
        """Something was put on record that may have to be signed or told; returns at once."""
        self._vouching.nudge()
        self._courier.nudge()

    def close(self) -> None:
        """Sign what nobody vouches for yet, and give what is due a moment."""
        self._vouching.close()
        self._courier.close()
