"""What is stored when a run ends, is called off, or is left to somebody else: one write each."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from podium.core.clock import Clock, to_iso
from podium.runtime.serving.worker import RunEnd
from podium.storage.json_text import dump
from podium.storage.leases import Lease, releasing
from podium.storage.operations import Work
from podium.storage.run_requests import CancelAction, RunRequest, RunRequests, delete_runs, find
from podium.storage.thread_changes import told_interrupts

EndHook: TypeAlias = Callable[[RunRequest, RunEnd], Work[None] | None]
"""What else is stored in the write that ends a run, such as a callback that is to be made."""


@dataclass(frozen=True, slots=True)
class Endings:
    """Makes the writes with which runs end.

    Attributes:
        requests: The stored runs.
        clock: Dates what happens.
        hooks: What else is stored when a run ends.
    """

    requests: RunRequests
    clock: Clock
    hooks: Sequence[EndHook] = ()

    def settling(self, run: RunRequest, end: RunEnd, lease: Lease, *, forgets: bool) -> Work[bool]:
        """What ends a run that was carried out; its value tells whether others wait for the thread.

        Args:
            run: The run.
            end: How it ended.
            lease: Under which it was carried out; it is given back.
            forgets: Whether the run was rolled back, so that it goes too.
        """
        now = to_iso(self.clock.now())
        further = self._further(run, end)

        def work(connection: sqlite3.Connection) -> bool:
            if forgets:
                delete_runs(connection, [run.run_id])
            else:
                self.requests.settle(run.run_id, end.status, end.error)(connection)
            busy = not run.temporary and _is_busy(connection, run.thread_id)
            if not run.temporary:
                _rest_thread(connection, run.thread_id, end, now, busy=busy)
            releasing(lease)(connection)
            for one in further:
                one(connection)
            return busy

        return work

    def _further(self, run: RunRequest, end: RunEnd) -> list[Work[None]]:
        return [one for hook in self.hooks if (one := hook(run, end)) is not None]

    def leaving(self, run: RunRequest, lease: Lease) -> Work[None]:
        """What lets the next start go on with a run; that it had to is not held against the run."""

        def work(connection: sqlite3.Connection) -> None:
            self.requests.hand_over(run)(connection)
            releasing(lease)(connection)

        return work

    def calling_off(self, run_id: str, action: CancelAction) -> Work[None]:
        """What ends a run that has not begun."""
        now = to_iso(self.clock.now())

        def work(connection: sqlite3.Connection) -> None:
            run = find(connection, run_id)
            if run is None or run.status != "pending":
                return
            if action == "rollback":
                delete_runs(connection, [run_id])
            else:
                self.requests.settle(run_id, "interrupted")(connection)
            _calm_thread(connection, run.thread_id, now)
            for one in self._further(run, RunEnd("interrupted", "idle")):
                one(connection)

        return work


def _rest_thread(
    connection: sqlite3.Connection, thread_id: str, end: RunEnd, now: str, *, busy: bool
) -> None:
    """Note how a run has left its thread: busy as long as others have not ended."""
    connection.execute(
        "UPDATE threads SET status=?, interrupts=?, error=?, updated_at=?, state_updated_at=?"
        " WHERE thread_id=?",
        (
            "busy" if busy else end.thread_status,
            told_interrupts(end.thread_status, end.interrupts),
            dump(dict(end.error)) if end.error else None,
            now,
            now,
            thread_id,
        ),
    )


def _calm_thread(connection: sqlite3.Connection, thread_id: str, now: str) -> None:
    """Let a thread be as it was before a run was asked for that never began."""
    if not _is_busy(connection, thread_id):
        connection.execute(
            "UPDATE threads SET status=CASE WHEN interrupts IS NULL THEN 'idle' ELSE 'interrupted' END,"
            " updated_at=? WHERE thread_id=? AND status='busy'",
            (now, thread_id),
        )


def _is_busy(connection: sqlite3.Connection, thread_id: str) -> bool:
    query = "SELECT 1 FROM run_requests WHERE thread_id=? AND status IN ('pending', 'running') LIMIT 1"
    return connection.execute(query, (thread_id,)).fetchone() is not None
