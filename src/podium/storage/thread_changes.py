"""Making, changing and removing threads: what a caller may do with their own."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal, TypeAlias

from podium.core.audit import AuditEntry
from podium.core.clock import Clock, to_iso
from podium.core.errors import Conflict
from podium.core.principal import Access
from podium.storage.audit_rows import append
from podium.storage.checkpoint_cleanup import delete_threads
from podium.storage.json_text import dump
from podium.storage.leases import Lease, ThreadLeases, releasing
from podium.storage.operations import Work
from podium.storage.threads import IDLE, ThreadRecord, find, unknown_thread

TtlStrategy: TypeAlias = Literal["delete", "keep_latest"]

_INSERT = (
    "INSERT INTO threads(thread_id, tenant, owner, title, status, created_at, updated_at, metadata, config,"
    " interrupts, error, state_updated_at, ttl, expires_at) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)"
)
_OF_A_THREAD = (
    "stream_events",
    "run_requests",
    "runs",
    "events",
    "decisions",
    "feedback",
    "interrupt_tickets",
    "crons",
)
"""What goes with a thread; effects, grants and audit records stay, and so does its lease, whose token must
never be given out again."""
_OPEN_RUN = "SELECT 1 FROM run_requests WHERE thread_id=? AND status IN ('pending', 'running') LIMIT 1"


@dataclass(frozen=True, slots=True)
class TimeToLive:
    """How long a thread is kept.

    Attributes:
        minutes: From when it is set.
        strategy: Whether the thread goes then, or only its history.
    """

    minutes: float
    strategy: TtlStrategy = "delete"


@dataclass(frozen=True, slots=True)
class ThreadSettlement:
    """How a thread stands after its state was changed.

    Attributes:
        status: Its status.
        interrupts: What waits for a person, by task.
    """

    status: str = IDLE
    interrupts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ThreadChanges:
    """Makes work that changes threads, for `Database.write`.

    Attributes:
        leases: Who may work on which thread.
        clock: Dates what happens.
    """

    leases: ThreadLeases
    clock: Clock

    def creating(
        self, thread: ThreadRecord, access: Access, *, ttl: TimeToLive | None = None, keeps: bool = False
    ) -> Work[tuple[ThreadRecord, bool]]:
        """What stores a new thread; its value tells the thread, and whether it is new.

        Args:
            thread: The thread.
            access: What the caller may see.
            ttl: How long it is kept.
            keeps: Whether one that is there already is given back as it is.

        Raises:
            Conflict: There is one with this id.
        """
        now = to_iso(self.clock.now())
        row = (
            *(thread.thread_id, thread.tenant, thread.owner, thread.title, thread.status, now, now),
            *(dump(dict(thread.metadata)), dump(dict(thread.config) or None), _told(thread.interrupts)),
            *(_told(thread.error), thread.state_updated_at, *self._life(ttl)),
        )

        def work(connection: sqlite3.Connection) -> tuple[ThreadRecord, bool]:
            taken = connection.execute("SELECT 1 FROM threads WHERE thread_id=?", (thread.thread_id,))
            is_new = taken.fetchone() is None
            if is_new:
                connection.execute(_INSERT, row)
            found = find(connection, thread.thread_id, access) if is_new or keeps else None
            if found is None:
                raise Conflict(
                    f"there is a thread {thread.thread_id} already",
                    hint="Leave the id out, or ask with if_exists 'do_nothing'.",
                )
            return found, is_new

        return work

    def changing(
        self, thread_id: str, access: Access, metadata: Mapping[str, Any], ttl: TimeToLive | None = None
    ) -> Work[ThreadRecord]:
        """What merges metadata into a thread's, and sets how long it is kept.

        Raises:
            NotFound: There is no such thread, or it is another's.
        """
        now, life = to_iso(self.clock.now()), self._life(ttl)

        def work(connection: sqlite3.Connection) -> ThreadRecord:
            held = _found(connection, thread_id, access)
            connection.execute(
                "UPDATE threads SET metadata=?, updated_at=? WHERE thread_id=?",
                (dump({**held.metadata, **metadata}), now, thread_id),
            )
            if ttl is not None:
                connection.execute(
                    "UPDATE threads SET ttl=?, expires_at=? WHERE thread_id=?", (*life, thread_id)
                )
            return _found(connection, thread_id, access)

        return work

    def holding(self, thread_ids: Iterable[str], access: Access | None) -> Work[list[Lease]]:
        """What makes sure that nobody works on threads, until `resting` or `forgetting_history` lets go.

        Raises:
            NotFound: There is no such thread, or it is another's.
            Conflict: A run of one has not ended.
            ThreadBusy: Another process works on one.
        """
        ids = list(dict.fromkeys(thread_ids))

        def work(connection: sqlite3.Connection) -> list[Lease]:
            for thread_id in ids:
                _found(connection, thread_id, access)
                if connection.execute(_OPEN_RUN, (thread_id,)).fetchone() is not None:
                    raise Conflict(
                        f"thread {thread_id} has a run that has not ended", hint="Wait for it, or cancel it."
                    )
            return [self.leases.acquiring(thread_id)(connection) for thread_id in ids]

        return work

    def resting(self, leases: Iterable[Lease], settlement: ThreadSettlement | None = None) -> Work[None]:
        """What lets go of threads, and notes how they stand when that changed."""
        now, held = to_iso(self.clock.now()), list(leases)

        def work(connection: sqlite3.Connection) -> None:
            for lease in held:
                if settlement is not None:
                    _settle(connection, lease.thread_id, settlement, now)
                releasing(lease)(connection)

        return work

    def removing(self, thread_ids: Iterable[str], access: Access | None, by: str = "clock") -> Work[None]:
        """What deletes threads with everything that goes with them, and puts on record that it did.

        Args:
            thread_ids: The threads.
            access: What the caller may see; None for everything.
            by: Who deletes them.

        Raises:
            NotFound: There is no such thread, or it is another's.
            Conflict: A run of one has not ended.
            ThreadBusy: Another process works on one.
        """
        ids = list(dict.fromkeys(thread_ids))
        now = to_iso(self.clock.now())

        def work(connection: sqlite3.Connection) -> None:
            leases = self.holding(ids, access)(connection)
            query = "SELECT tenant FROM threads WHERE thread_id=?"
            append(
                connection,
                [
                    AuditEntry("deleted", now, by, thread_id=one, tenant=tenant)
                    for one in ids
                    for (tenant,) in connection.execute(query, (one,))
                ],
            )
            delete_threads(ids)(connection)
            for table in (*_OF_A_THREAD, "threads"):
                statement = f"DELETE FROM {table} WHERE thread_id=?"  # noqa: S608  # constants
                connection.executemany(statement, [(thread_id,) for thread_id in ids])
            for lease in leases:
                releasing(lease)(connection)

        return work

    def forgetting_history(self, leases: Iterable[Lease]) -> Work[None]:
        """What deletes what ended runs of held threads streamed, and lets go of the threads."""
        held = list(leases)

        def work(connection: sqlite3.Connection) -> None:
            for lease in held:
                connection.execute(
                    "DELETE FROM stream_events WHERE thread_id=? AND run_id NOT IN (SELECT run_id FROM"
                    " run_requests WHERE thread_id=? AND status IN ('pending', 'running'))",
                    (lease.thread_id, lease.thread_id),
                )
                releasing(lease)(connection)

        return work

    def _life(self, ttl: TimeToLive | None) -> tuple[str | None, str | None]:
        if ttl is None:
            return None, None
        until = to_iso(self.clock.now() + timedelta(minutes=ttl.minutes))
        return dump({"strategy": ttl.strategy, "ttl_minutes": ttl.minutes}), until


def _found(connection: sqlite3.Connection, thread_id: str, access: Access | None) -> ThreadRecord:
    found = find(connection, thread_id, access)
    if found is None:
        raise unknown_thread(thread_id)
    return found


def _settle(connection: sqlite3.Connection, thread_id: str, settlement: ThreadSettlement, now: str) -> None:
    waited_for = connection.execute(_OPEN_RUN, (thread_id,)).fetchone() is not None
    status = "busy" if waited_for else settlement.status
    connection.execute(
        "UPDATE threads SET status=?, interrupts=?, error=NULL, updated_at=?, state_updated_at=?"
        " WHERE thread_id=?",
        (status, told_interrupts(settlement.status, settlement.interrupts), now, now, thread_id),
    )


def told_interrupts(status: str, interrupts: Mapping[str, Any] | None) -> str | None:
    """What of a thread waits for a person, as it is stored.

    That nothing does is told where steps are left, as in a thread that was stopped; None means that only the
    state tells.
    """
    if interrupts is None or (not interrupts and status != "interrupted"):
        return None
    return dump(dict(interrupts))


def _told(values: Mapping[str, Any] | None) -> str | None:
    return dump(dict(values)) if values else None
