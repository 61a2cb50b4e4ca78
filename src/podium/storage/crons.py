"""Crons: runs that begin by the clock, and when each of them is due next."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final, Literal, TypeAlias

from podium.core.clock import Clock, SystemClock, to_iso
from podium.core.errors import NotFound
from podium.core.principal import Access
from podium.storage.database import Database
from podium.storage.json_filters import holding
from podium.storage.json_text import dump, load
from podium.storage.operations import Work

OnRunCompleted: TypeAlias = Literal["delete", "keep"]
Missed: TypeAlias = Literal["skip", "once", "all"]
Overlap: TypeAlias = Literal["allow", "skip", "queue", "cancel"]
CronSortBy: TypeAlias = Literal[
    "cron_id", "assistant_id", "thread_id", "created_at", "updated_at", "next_run_date", "end_time"
]

_NAMES: Final = (
    *("cron_id", "tenant", "owner", "assistant_id", "thread_id", "schedule", "timezone", "enabled"),
    *("on_run_completed", "end_time", "next_run_at", "created_at", "updated_at", "payload", "metadata"),
    *("name", "source", "missed", "window_s", "overlap"),
)
_COLUMNS: Final = ", ".join(_NAMES)
_SELECT: Final = f"SELECT {_COLUMNS} FROM crons"  # noqa: S608  # our own names
_INSERT: Final = f"INSERT INTO crons({_COLUMNS}) VALUES ({', '.join('?' * len(_NAMES))})"  # noqa: S608
_UPDATE: Final = f"UPDATE crons SET {', '.join(f'{name}=?' for name in _NAMES)} WHERE cron_id=?"  # noqa: S608
_SOON: Final = "enabled=1 AND next_run_at IS NOT NULL"


@dataclass(frozen=True, slots=True)
class Cron:
    """A run that begins by the clock, again and again.

    Attributes:
        cron_id: A UUID.
        assistant_id: Whose run it is.
        schedule: When, in the five fields of cron.
        timezone: In whose time the schedule is read, by its IANA name.
        tenant: Whose installation.
        owner: Who made it; its runs are theirs.
        thread_id: The thread that it runs in; None for one of its own each time.
        enabled: Whether it begins runs.
        on_run_completed: What becomes of threads of its own; empty where it has a thread.
        end_time: It begins no run after this moment, ISO 8601 in UTC; likewise the next ones.
        next_run_at: When it is due; None for never again.
        created_at: When it was made.
        updated_at: When it was changed last.
        payload: What the runs are asked for with.
        metadata: JSON values of the application.
        name: As a trigger; empty for one that was made by the protocol.
        source: `project` where the manifest declares it.
        missed: What becomes of firings that nobody was there for.
        window_s: Up to how many seconds ago they are made up for, where all are.
        overlap: What happens when the one before has not ended.
    """

    cron_id: str
    assistant_id: str
    schedule: str
    timezone: str = "UTC"
    tenant: str = ""
    owner: str = ""
    thread_id: str | None = None
    enabled: bool = True
    on_run_completed: str = ""
    end_time: str | None = None
    next_run_at: str | None = None
    created_at: str = ""
    updated_at: str = ""
    payload: Mapping[str, Any] = field(default_factory=dict)
    metadata: Mapping[str, Any] = field(default_factory=dict)
    name: str = ""
    source: str = ""
    missed: Missed = "once"
    window_s: float = 86_400.0
    overlap: Overlap = "allow"


@dataclass(frozen=True, slots=True)
class CronQuery:
    """Which crons, in which order.

    Attributes:
        assistant_id: Of this assistant.
        thread_id: In this thread.
        enabled: Whether they begin runs.
        metadata: They have these values.
        sort_by: What they are ordered by.
        sort_order: Downwards or upwards.
        limit: How many at most.
        offset: How many to leave out.
    """

    assistant_id: str | None = None
    thread_id: str | None = None
    enabled: bool | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    sort_by: CronSortBy = "created_at"
    sort_order: Literal["asc", "desc"] = "desc"
    limit: int = 10
    offset: int = 0


class Crons:
    """Stores crons in the project's database.

    Args:
        database: The open database.
        clock: Dates what happens.
    """

    def __init__(self, database: Database, clock: Clock | None = None) -> None:
        self._database = database
        self._clock = clock or SystemClock()

    def get(self, cron_id: str, access: Access) -> Cron:
        """The cron with this id.

        Raises:
            NotFound: There is none, or it is another's.
        """
        seen, values = _seen(access)
        query = f"{_SELECT} WHERE cron_id=? AND {seen}"
        row = self._database.read(lambda connection: connection.execute(query, (cron_id, *values)).fetchone())
        if row is None:
            raise unknown_cron(cron_id)
        return _cron(row)

    def with_id(self, cron_id: str) -> Cron:
        """The cron with this id, whosever it is.

        Raises:
            NotFound: There is none.
        """
        query = f"{_SELECT} WHERE cron_id=?"
        row = self._database.read(lambda connection: connection.execute(query, (cron_id,)).fetchone())
        if row is None:
            raise unknown_cron(cron_id)
        return _cron(row)

    def named(self, name: str, access: Access) -> Cron | None:
        """The cron that has this name as a trigger, or this id."""
        seen, values = _seen(access)
        query = f"{_SELECT} WHERE {seen} AND (name=? OR cron_id=?) LIMIT 1"
        row = self._database.read(
            lambda connection: connection.execute(query, (*values, name, name)).fetchone()
        )
        return None if row is None else _cron(row)

    def put(self, cron: Cron) -> Work[None]:
        """What stores a cron that is a trigger, in the place of what was there."""
        row = _row(replace(cron, updated_at=to_iso(self._clock.now())))

        def work(connection: sqlite3.Connection) -> None:
            connection.execute("DELETE FROM crons WHERE cron_id=?", (cron.cron_id,))
            connection.execute(_INSERT, row)

        return work

    async def acreate(self, cron: Cron) -> Cron:
        """Store a new cron; one with its id that is there already is given back as it is."""
        now = to_iso(self._clock.now())
        made = replace(cron, created_at=now, updated_at=now)

        def work(connection: sqlite3.Connection) -> Cron:
            row = connection.execute(f"{_SELECT} WHERE cron_id=?", (made.cron_id,)).fetchone()
            if row is not None:
                return _cron(row)
            connection.execute(_INSERT, _row(made))
            return made

        return await self._database.awrite(work, durable=True)

    async def achange(self, cron: Cron) -> Cron:
        """Store a cron as it is now.

        Raises:
            NotFound: It has gone.
        """
        changed = replace(cron, updated_at=to_iso(self._clock.now()))
        if not await self._database.aexecute_soon(_UPDATE, (*_row(changed), cron.cron_id)):
            raise unknown_cron(cron.cron_id)
        return changed

    async def adelete(self, cron_id: str, access: Access) -> None:
        """Delete a cron.

        Raises:
            NotFound: There is none, or it is another's.
        """
        seen, values = _seen(access)
        query = f"DELETE FROM crons WHERE cron_id=? AND {seen}"  # noqa: S608  # constants
        if not await self._database.aexecute_soon(query, (cron_id, *values)):
            raise unknown_cron(cron_id)

    def search(self, query: CronQuery, access: Access) -> tuple[list[Cron], int]:
        """One page of crons, and how many there are in all."""
        seen, values = _seen(access)
        terms, bound = _terms(query)
        where = " AND ".join([seen, *terms])
        order = "next_run_at" if query.sort_by == "next_run_date" else query.sort_by
        direction = "ASC" if query.sort_order == "asc" else "DESC"
        page = f"{_SELECT} WHERE {where} ORDER BY {order} {direction}, cron_id LIMIT ? OFFSET ?"
        count = f"SELECT count(*) FROM crons WHERE {where}"  # noqa: S608  # constants

        def work(connection: sqlite3.Connection) -> tuple[list[Cron], int]:
            rows = connection.execute(page, (*values, *bound, query.limit, query.offset)).fetchall()
            total = connection.execute(count, (*values, *bound)).fetchone()[0]
            return [_cron(row) for row in rows], int(total)

        return self._database.read(work)

    # --- when they are due -----------------------------------------------------------------------

    def due(self, now: str, limit: int = 100) -> list[Cron]:
        """The crons of all tenants that are due, the one that has waited longest first."""
        query = f"{_SELECT} WHERE {_SOON} AND next_run_at<=? ORDER BY next_run_at LIMIT ?"
        return self._database.read(
            lambda connection: [_cron(row) for row in connection.execute(query, (now, limit))]
        )

    def waiting(self) -> list[Cron]:
        """All crons that are due some day, of all tenants."""
        query = f"{_SELECT} WHERE {_SOON}"
        return self._database.read(lambda connection: [_cron(row) for row in connection.execute(query)])

    def next_due(self) -> str | None:
        """When a cron is due next; None while none is."""
        query = f"SELECT min(next_run_at) FROM crons WHERE {_SOON}"  # noqa: S608  # constants
        found: str | None = self._database.read(lambda connection: connection.execute(query).fetchone()[0])
        return found

    def advance(self, cron: Cron, next_run_at: str | None) -> Work[bool]:
        """What notes when a cron is due after this firing; its value tells whether nobody did so before.

        Args:
            cron: As it was when it was due.
            next_run_at: When it is due next; None for never again.
        """
        statement = "UPDATE crons SET next_run_at=? WHERE cron_id=? AND next_run_at=? AND enabled=1"
        values = (next_run_at, cron.cron_id, cron.next_run_at)
        return lambda connection: connection.execute(statement, values).rowcount > 0

    async def areschedule(self, cron: Cron, next_run_at: str | None) -> bool:
        """Have a cron be due at another moment; whether it was still due when it was thought to be."""
        return await self._database.awrite(self.advance(cron, next_run_at))

    async def adisable(self, cron_id: str) -> None:
        """Begin no runs of a cron any more, since what it needs is gone."""
        statement = "UPDATE crons SET enabled=0, updated_at=? WHERE cron_id=? AND enabled=1"
        await self._database.aexecute_soon(statement, (to_iso(self._clock.now()), cron_id))


def unknown_cron(cron_id: str) -> NotFound:
    """The error of whoever asks for a cron that is not there, or not theirs."""
    return NotFound(f"no cron {cron_id}", hint="POST /runs/crons/search lists those there are.")


def _seen(access: Access) -> tuple[str, list[str]]:
    if access.owner is None:
        return "tenant=?", [access.tenant]
    return "tenant=? AND owner=?", [access.tenant, access.owner]


def _terms(query: CronQuery) -> tuple[list[str], list[Any]]:
    terms, values = holding("metadata", query.metadata)
    wanted = {
        "assistant_id": query.assistant_id,
        "thread_id": query.thread_id,
        "enabled": None if query.enabled is None else int(query.enabled),
    }
    for name, value in wanted.items():
        if value is not None:
            terms.append(f"{name}=?")
            values.append(value)
    return terms, values


def _row(cron: Cron) -> tuple[Any, ...]:
    values = asdict(cron)
    values["enabled"] = int(cron.enabled)
    values["payload"], values["metadata"] = dump(dict(cron.payload)), dump(dict(cron.metadata))
    return tuple(values[name] for name in _NAMES)


def _cron(row: Sequence[Any]) -> Cron:
    values = dict(zip(_NAMES, row, strict=True))
    values["enabled"] = bool(values["enabled"])
    values["payload"], values["metadata"] = load(values["payload"]) or {}, load(values["metadata"]) or {}
    return Cron(**values)
