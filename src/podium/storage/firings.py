"""Firings: every event that was taken and every time that was due, once, and what became of it.

A firing that is stored here is carried out once, whoever is killed in between: what begins its run notes so
in the write that takes the run on, and what ends the run notes its outcome in the write that ends it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, Final, Literal, TypeAlias

from podium.core.clock import Clock, SystemClock, to_iso
from podium.core.errors import Conflict, NotFound, Overloaded
from podium.core.ids import derived_id
from podium.storage.database import Database
from podium.storage.json_text import dump, load
from podium.storage.operations import Work

FiringStatus: TypeAlias = Literal["waiting", "started", "done", "dead", "skipped", "cancelled"]
FiringKind: TypeAlias = Literal["event", "schedule"]

SETTLED: Final[tuple[FiringStatus, ...]] = ("done", "skipped", "cancelled")
"""Of what is over and may be forgotten some day; what is dead waits for a person."""


@dataclass(frozen=True, slots=True)
class Firing:
    """One time that a trigger fires.

    Attributes:
        trigger_id: Whose firing; of a schedule the cron's id.
        event_id: Which one; of a schedule when it was due.
        tenant: Whose installation.
        owner: As whom it is carried out.
        kind: Whether an event or the clock is behind it.
        status: `waiting` to begin, `started`, `done`, `dead` (given up until a person looks), `skipped`, or
            `cancelled`.
        at: When it was taken on, ISO 8601 in UTC; likewise the next ones.
        due_at: Not before.
        digest: Of what the event says.
        version: Of the schema that it follows.
        lane: Those of a trigger with the same one go one after another; None for side by side.
        attempts: How many attempts have failed.
        allowed: How many may.
        thread_id: The thread it runs in; empty where each attempt has its own.
        run_id: The last attempt's run.
        started_at: When that began.
        ended_at: When the firing ended.
        error: Why the last attempt failed, or why there was none.
        event: What the event says.
        seq: Its place in the order; 0 until it is stored.
    """

    trigger_id: str
    event_id: str
    tenant: str
    owner: str
    kind: FiringKind
    status: FiringStatus = "waiting"
    at: str = ""
    due_at: str = ""
    digest: str = ""
    version: str = ""
    lane: str | None = None
    attempts: int = 0
    allowed: int = 1
    thread_id: str = ""
    run_id: str = ""
    started_at: str | None = None
    ended_at: str | None = None
    error: str = ""
    event: Mapping[str, Any] = field(default_factory=dict)
    seq: int = 0

    @property
    def next_run_id(self) -> str:
        """The id of the next attempt's run: the same whoever begins it."""
        return self.run_id_of(self.attempts)

    def run_id_of(self, attempt: int) -> str:
        """The id of an attempt's run, counted from 0."""
        return derived_id("firing", self.trigger_id, self.event_id, str(attempt))


_NAMES: Final = [one.name for one in fields(Firing)]
_WRITTEN: Final = _NAMES[:-1]
_SELECT: Final = f"SELECT {', '.join(_NAMES)} FROM firings"  # noqa: S608  # the dataclass's own names
_INSERT: Final = f"INSERT INTO firings({', '.join(_WRITTEN)}) VALUES ({', '.join('?' * len(_WRITTEN))})"  # noqa: S608
_PREFIXED: Final = ", ".join(f"f.{name}" for name in _NAMES)
_READY: Final = (
    f"SELECT {_PREFIXED} FROM firings f"  # noqa: S608  # constants
    " LEFT JOIN triggers t ON t.trigger_id=f.trigger_id LEFT JOIN crons c ON c.cron_id=f.trigger_id"
    " WHERE f.status='waiting' AND f.due_at<=? AND (t.enabled=1 OR c.cron_id IS NOT NULL)"
    " AND (f.lane IS NULL OR NOT EXISTS (SELECT 1 FROM firings b WHERE b.trigger_id=f.trigger_id"
    " AND b.lane=f.lane AND b.seq<f.seq AND b.status IN ('waiting', 'started')))"
    " ORDER BY f.seq LIMIT ?"
)
_WAITING: Final = (
    "SELECT count(*) FROM (SELECT 1 FROM firings WHERE trigger_id=? AND status IN ('waiting', 'started')"
    " AND status='waiting' LIMIT ?)"
)
_NEXT_DUE: Final = "SELECT min(due_at) FROM firings WHERE status='waiting' AND due_at>?"
_BEGIN: Final = (
    "UPDATE firings SET status='started', run_id=?, thread_id=?, started_at=?, error=''"
    " WHERE trigger_id=? AND event_id=? AND status='waiting' AND attempts=?"
)
_SETTLE: Final = (
    "UPDATE firings SET status=?, attempts=?, due_at=?, error=?, ended_at=?"
    " WHERE seq=? AND status IN ('waiting', 'started')"
)
_LOST: Final = (
    f"SELECT {_PREFIXED}, r.status, r.error, r.wanted FROM firings f"  # noqa: S608  # constants
    " LEFT JOIN run_requests r ON r.run_id=f.run_id WHERE f.status='started'"
    " AND (r.run_id IS NULL OR r.status NOT IN ('pending', 'running')) LIMIT 100"
)


@dataclass(frozen=True, slots=True)
class Ready:
    """What is to begin.

    Attributes:
        firings: These, the one that was taken first in front.
        next_due: When more may be; None while nothing waits for its time.
    """

    firings: Sequence[Firing]
    next_due: str | None


class Firings:
    """Stores firings in the project's database.

    Args:
        database: The open database.
        clock: Dates what happens.
    """

    def __init__(self, database: Database, clock: Clock | None = None) -> None:
        self.database = database
        self._clock = clock or SystemClock()
        self._room: dict[str, int] = {}

    # --- taking them on --------------------------------------------------------------------------

    async def atake(self, firing: Firing, max_waiting: int) -> tuple[Firing, bool]:
        """Keep a firing, on disk before this returns; as it is stored, and whether it is new.

        Args:
            firing: What is to be carried out.
            max_waiting: How many of its trigger may wait.

        Raises:
            Conflict: Its id is known from another event.
            Overloaded: Too many wait already.
        """
        known = self.find(firing.trigger_id, firing.event_id)
        if known is not None:
            return _same(known, firing), False
        return await self.database.awrite(self._taking(firing, max_waiting), durable=True)

    def _taking(self, firing: Firing, max_waiting: int) -> Work[tuple[Firing, bool]]:
        now = to_iso(self._clock.now())
        made = replace(firing, at=now, due_at=firing.due_at or now)

        def work(connection: sqlite3.Connection) -> tuple[Firing, bool]:
            known = find(connection, made.trigger_id, made.event_id)
            if known is not None:
                return _same(known, made), False
            self._make_room(connection, made.trigger_id, max_waiting)
            insert(connection, made)
            return made, True

        return work

    def _make_room(self, connection: sqlite3.Connection, trigger_id: str, max_waiting: int) -> None:
        """Make sure that one more may wait, counting those that do only now and then.

        Of the room that was counted, half is given without counting again: others may take from it too.
        """
        left = self._room.get(trigger_id, 0)
        if left <= 0:
            waiting = connection.execute(_WAITING, (trigger_id, max_waiting)).fetchone()[0]
            if waiting >= max_waiting:
                raise Overloaded(
                    f"{waiting} events of this trigger wait already",
                    hint="Send it again in a moment, with the same id; see max_waiting of the trigger.",
                )
            left = (max_waiting - waiting + 1) // 2
        self._room[trigger_id] = left - 1

    def find(self, trigger_id: str, event_id: str) -> Firing | None:
        """The firing of a trigger for an event."""
        return self.database.read(lambda connection: find(connection, trigger_id, event_id))

    def get(self, trigger_id: str, event_id: str) -> Firing:
        """The firing of a trigger for an event.

        Raises:
            NotFound: There is none.
        """
        found = self.find(trigger_id, event_id)
        if found is None:
            raise NotFound(f"no event {event_id}", hint="List the trigger's events to see which there are.")
        return found

    def latest(
        self, trigger_id: str, *, statuses: Sequence[str] = (), limit: int = 20, before: int | None = None
    ) -> list[Firing]:
        """Firings of a trigger, the one taken last first.

        Args:
            trigger_id: The trigger, or the cron.
            statuses: Only these; all when empty.
            limit: How many at most.
            before: Only those before this place in the order.
        """
        terms, values = ["trigger_id=?"], [trigger_id, *statuses]
        if statuses:
            terms.append(f"status IN ({', '.join('?' * len(statuses))})")
        query = f"{_SELECT} WHERE {' AND '.join(terms)} AND seq<? ORDER BY seq DESC LIMIT ?"
        bound = (*values, before if before is not None else 2**62, limit)
        return self.database.read(
            lambda connection: [_firing(row) for row in connection.execute(query, bound)]
        )

    def counts(self, trigger_ids: Sequence[str]) -> dict[str, dict[str, int]]:
        """How many firings of triggers have not ended or are dead, by trigger and status."""
        marks = ", ".join("?" * len(trigger_ids))
        query = (
            "SELECT trigger_id, status, count(*) FROM firings"  # noqa: S608  # constants
            f" WHERE status IN ('waiting', 'started', 'dead') AND trigger_id IN ({marks}) GROUP BY 1, 2"
        )
        found: dict[str, dict[str, int]] = {}
        rows = self.database.read(lambda connection: connection.execute(query, trigger_ids).fetchall())
        for trigger_id, status, number in rows:
            found.setdefault(trigger_id, {})[status] = number
        return found

    # --- carrying them out -----------------------------------------------------------------------

    async def aready(self, now: str, limit: int) -> Ready:
        """What is to begin now.

        Args:
            now: The moment.
            limit: How many at most.
        """

        def work(connection: sqlite3.Connection) -> Ready:
            found = [_firing(row) for row in connection.execute(_READY, (now, limit))]
            return Ready(found, connection.execute(_NEXT_DUE, (now,)).fetchone()[0])

        # A write, though it changes nothing: by then, what was noted before it was asked for is committed.
        return await self.database.awrite(work)

    def beginning(self, firing: Firing, run_id: str, thread_id: str) -> Work[None]:
        """What notes that a firing has begun, in the write that takes its run on.

        Raises:
            AlreadyBegun: It has, or was called off meanwhile; nothing of the write is kept.
        """
        now = to_iso(self._clock.now())
        values = (run_id, thread_id, now, firing.trigger_id, firing.event_id, firing.attempts)

        def work(connection: sqlite3.Connection) -> None:
            if not connection.execute(_BEGIN, values).rowcount:
                raise AlreadyBegun(f"the firing {firing.event_id} has begun already")

        return work

    def settling(
        self,
        firing: Firing,
        status: FiringStatus,
        *,
        attempts: int | None = None,
        due_at: str | None = None,
        error: str = "",
    ) -> Work[bool]:
        """What notes what became of a firing; its value tells whether it had not ended before.

        Args:
            firing: As it stands.
            status: How it stands from now on.
            attempts: How many have failed.
            due_at: When it is tried again.
            error: What was wrong.
        """
        ended = None if status == "waiting" else to_iso(self._clock.now())
        failed = firing.attempts if attempts is None else attempts
        row = (status, failed, due_at or firing.due_at, error, ended, firing.seq)
        return lambda connection: connection.execute(_SETTLE, row).rowcount > 0

    def lost(self) -> list[tuple[Firing, str | None, Mapping[str, Any] | None, str]]:
        """Firings whose run has ended unseen, with its status, its error and how it was cancelled."""
        rows = self.database.read(lambda connection: connection.execute(_LOST).fetchall())
        return [(_firing(row[:-3]), row[-3], load(row[-2]), row[-1] or "") for row in rows]

    async def areplay(self, firing: Firing, event: Mapping[str, Any] | None = None) -> Firing:
        """Have a firing that was given up be carried out again.

        Args:
            firing: The firing.
            event: What it says from now on; None for what it said. It then begins anew, in another thread.

        Raises:
            Conflict: It is not dead.
        """
        allowed = firing.attempts + max(firing.allowed, 1)
        made = replace(
            firing, status="waiting", allowed=allowed, due_at=to_iso(self._clock.now()), ended_at=None
        )
        if event is not None:
            thread = derived_id("firing", firing.trigger_id, firing.event_id, f"mended {firing.attempts}")
            made = replace(made, event=event, thread_id=thread if firing.thread_id else "")

        def work(connection: sqlite3.Connection) -> Firing:
            changed = connection.execute(
                "UPDATE firings SET status='waiting', allowed=?, due_at=?, ended_at=NULL, event=?,"
                " thread_id=? WHERE seq=? AND status='dead'",
                (made.allowed, made.due_at, dump(dict(made.event)), made.thread_id, made.seq),
            )
            if not changed.rowcount:
                raise Conflict(
                    f"the event {firing.event_id} was not given up", hint="Only dead letters are replayed."
                )
            return made

        return await self.database.awrite(work, durable=True)

    def longest_age(self) -> float:
        """Seconds up to which an event may be old when it comes, of all triggers."""
        query = "SELECT max(json_extract(settings, '$.max_age')) FROM triggers"
        return float(self.database.read(lambda connection: connection.execute(query).fetchone()[0]) or 0.0)

    async def aforget(self, before: str) -> int:
        """Drop what is over and ended before a moment; how many."""
        statement = (
            f"DELETE FROM firings WHERE (status IN ({', '.join('?' * len(SETTLED))})"  # noqa: S608
            " OR (status='dead' AND kind='schedule')) AND ended_at<?"
        )
        return await self.database.aexecute_soon(statement, (*SETTLED, before))


class AlreadyBegun(Exception):
    """Somebody else was faster; nothing has to be done."""


def insert(connection: sqlite3.Connection, firing: Firing) -> None:
    """Store a new firing, inside a write."""
    values = {name: getattr(firing, name) for name in _WRITTEN}
    values["event"] = dump(dict(firing.event)) if firing.event else None
    connection.execute(_INSERT, list(values.values()))


def find(connection: sqlite3.Connection, trigger_id: str, event_id: str) -> Firing | None:
    """The firing of a trigger for an event."""
    query = f"{_SELECT} WHERE trigger_id=? AND event_id=?"
    row = connection.execute(query, (trigger_id, event_id)).fetchone()
    return None if row is None else _firing(row)


def of_run(connection: sqlite3.Connection, run_id: str) -> Firing | None:
    """The firing that a run carries out."""
    row = connection.execute(f"{_SELECT} WHERE run_id=? AND status='started'", (run_id,)).fetchone()
    return None if row is None else _firing(row)


def under_way(connection: sqlite3.Connection, trigger_id: str) -> list[Firing]:
    """The firings of a trigger that have not ended, inside a write."""
    query = f"{_SELECT} WHERE trigger_id=? AND status IN ('waiting', 'started') ORDER BY seq"
    return [_firing(row) for row in connection.execute(query, (trigger_id,))]


def _same(known: Firing, firing: Firing) -> Firing:
    if known.digest != firing.digest:
        raise Conflict(
            f"the event {firing.event_id} is known, and said something else",
            hint="Give every event an id of its own, and the same one only to the same event.",
        )
    return known


def _firing(row: Sequence[Any]) -> Firing:
    values = dict(zip(_NAMES, row, strict=True))
    values["event"] = load(values["event"]) or {}
    return Firing(**values)
