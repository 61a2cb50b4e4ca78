"""What becomes of a firing when its run has ended: done, tried again, given up, or called off."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from podium.core.clock import to_iso
from podium.runtime.notifications.route import backoff
from podium.storage.firings import Firing, Firings, FiringStatus, of_run
from podium.storage.json_text import load

if TYPE_CHECKING:
    import sqlite3

    from podium.core.clock import Clock
    from podium.runtime.serving.worker import RunEnd
    from podium.storage.operations import Work
    from podium.storage.run_requests import RunRequest

MARKS: Final = frozenset({"cron_id", "trigger_id"})
"""The metadata by which runs of triggers are told from others."""
_FIRST_S: Final = 5.0
_LONGEST_S: Final = 3_600.0


class Outcomes:
    """Notes what becomes of firings.

    Args:
        firings: The stored firings.
        clock: Dates what happens.
    """

    def __init__(self, firings: Firings, clock: Clock) -> None:
        self._firings = firings
        self._clock = clock

    def of_end(self, run: RunRequest, end: RunEnd) -> Work[None] | None:
        """What notes the outcome of a firing in the write that ends its run; None for other runs.

        Args:
            run: The run as it was taken on.
            end: How it ended.
        """
        if not MARKS & run.metadata.keys():
            return None

        def work(connection: sqlite3.Connection) -> None:
            firing = of_run(connection, run.run_id)
            if firing is not None:  # else the metadata is somebody's own
                wanted = connection.execute(
                    "SELECT wanted FROM run_requests WHERE run_id=?", (run.run_id,)
                ).fetchone()
                called_off = wanted is None or bool(wanted[0])
                self.noting(firing, end.status, end.error, called_off=called_off)(connection)

        return work

    def noting(
        self, firing: Firing, status: str | None, error: Mapping[str, Any] | None, *, called_off: bool
    ) -> Work[None]:
        """What notes the outcome of a firing.

        Args:
            firing: As it stands.
            status: Of its run; None where the run has gone.
            error: Of its run.
            called_off: Whether somebody ended it before its time.
        """

        def work(connection: sqlite3.Connection) -> None:
            if status == "success":
                self._firings.settling(firing, "done")(connection)
            elif status == "interrupted" and not called_off:
                self._firings.settling(firing, "done", error="it waits for a person")(connection)
            elif status in (None, "interrupted"):
                self._firings.settling(firing, "cancelled", error="its run was cancelled")(connection)
            else:
                self._failed(firing, _told(error))(connection)

        return work

    def _failed(self, firing: Firing, error: str) -> Work[None]:
        attempts = firing.attempts + 1
        gives_up = attempts >= firing.allowed

        def work(connection: sqlite3.Connection) -> None:
            status: FiringStatus = "dead" if gives_up else "waiting"
            due = None if gives_up else self._again(connection, firing.trigger_id, attempts)
            settling = self._firings.settling(firing, status, attempts=attempts, due_at=due, error=error)
            settling(connection)

        return work

    def _again(self, connection: sqlite3.Connection, trigger_id: str, attempts: int) -> str:
        row = connection.execute("SELECT settings FROM triggers WHERE trigger_id=?", (trigger_id,)).fetchone()
        settings: Mapping[str, Any] = load(row[0]) if row else {}
        jitter = random.random()  # noqa: S311 - no secret
        wait = backoff(
            attempts, settings.get("first_wait", _FIRST_S), settings.get("longest_wait", _LONGEST_S), jitter
        )
        return to_iso(self._clock.now() + timedelta(seconds=wait))


def _told(error: Mapping[str, Any] | None) -> str:
    if not error:
        return "its run failed"
    return f"{error.get('error', 'error')}: {error.get('message', '')}"[:2_000]
