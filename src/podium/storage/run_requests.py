"""Requested runs: what was asked for, in which order, who works on it and what became of it.

This is the queue of the server. A run that is stored here is not forgotten: it ends once, whatever process
carries it out.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, field, fields
from typing import Any, Literal, TypeAlias

from podium.core.clock import Clock, SystemClock, to_iso
from podium.core.errors import NotFound
from podium.core.principal import Access, Principal, principal_in
from podium.storage.database import Database
from podium.storage.json_text import dump, load
from podium.storage.operations import Work

RequestStatus: TypeAlias = Literal["pending", "running", "success", "error", "interrupted", "timeout"]
CancelAction: TypeAlias = Literal["interrupt", "rollback"]

OPEN: tuple[RequestStatus, ...] = ("pending", "running")
"""Of a run that has not ended."""
ROLES = "roles"
"""Among a run's kwargs: the roles of who asked, none for the user of the machine. Clients cannot set it."""
TRACE = "trace"
"""Among a run's kwargs: the span of the request that asked for it, and the request's id."""
ACTS = "acts"
"""Among a run's kwargs: who acts in it, where it is kept with the runs of the thread's owner."""
DECIDES = "decides"
"""Among a run's kwargs: false where who asked for it may not decide what waits for a person."""
ASKER = "asker"
"""Among a run's kwargs: who asked for what it goes on with, where that is not who has it go on."""
LEFT = "left"
"""Among a run's kwargs: how many of its attempts ended because their process stopped in good order."""
_PRIVATE = frozenset({ROLES, TRACE, ACTS, DECIDES, ASKER, LEFT, "goes_on"})
_JSON = ("metadata", "kwargs", "error")


@dataclass(frozen=True, slots=True)
class RunRequest:
    """One requested run.

    Attributes:
        run_id: Unique.
        thread_id: The thread it runs in.
        graph_id: The graph.
        assistant_id: The assistant that names graph and configuration.
        tenant: Whose installation.
        owner: Who asked.
        status: Where it stands.
        created_at: ISO 8601 in UTC; likewise the next ones.
        updated_at: When its status changed last.
        due_at: Not before; empty when at once.
        started_at: When its first attempt began.
        ended_at: When it ended.
        multitask_strategy: What it meant for the runs before it.
        temporary: Whether the thread goes with it.
        attempt: How often it was begun.
        holder: The process that works on it.
        wanted: How it is to be cancelled; empty when it is not.
        metadata: JSON values of the application.
        kwargs: Input, configuration and all else the request said.
        error: Code and message when it failed.
        seq: Its place in the order of requests; 0 until it is stored.
    """

    run_id: str
    thread_id: str
    graph_id: str
    assistant_id: str = ""
    tenant: str = ""
    owner: str = ""
    status: RequestStatus = "pending"
    created_at: str = ""
    updated_at: str = ""
    due_at: str = ""
    started_at: str | None = None
    ended_at: str | None = None
    multitask_strategy: str = "enqueue"
    temporary: bool = False
    attempt: int = 0
    holder: str = ""
    wanted: str = ""
    metadata: Mapping[str, Any] = field(default_factory=dict)
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    error: Mapping[str, Any] | None = None
    seq: int = 0

    @property
    def told_kwargs(self) -> dict[str, Any]:
        """What the request said, without what the server noted beside it."""
        return {name: value for name, value in self.kwargs.items() if name not in _PRIVATE}

    @property
    def breaks(self) -> int:
        """How often its process has ended without a word, if the present one has."""
        return self.attempt - int(self.kwargs.get(LEFT, 0))

    @property
    def principal(self) -> Principal:
        """Whoever it is carried out for, with the roles that they had when they asked."""
        if (acts := self.kwargs.get(ACTS)) is not None:
            return principal_in(acts)
        return Principal(self.owner, self.tenant, frozenset(self.kwargs.get(ROLES) or ()))

    @property
    def asker(self) -> Principal:
        """Who asked for what it does: of a run that only goes on, not always who has it go on."""
        told = self.kwargs.get(ASKER)
        return self.principal if told is None else principal_in(told)


_NAMES = [one.name for one in fields(RunRequest)]
_WRITTEN = _NAMES[:-1]
_SELECT = f"SELECT {', '.join(_NAMES)} FROM run_requests"  # noqa: S608  # the dataclass's own names
_INSERT = f"INSERT INTO run_requests({', '.join(_WRITTEN)}) VALUES ({', '.join('?' * len(_WRITTEN))})"  # noqa: S608
_ACTIVE = f"{_SELECT} WHERE thread_id=? AND status IN ('pending', 'running') ORDER BY seq"
_CLAIM = (
    "UPDATE run_requests SET status='running', holder=?, attempt=attempt+1, updated_at=?,"
    " started_at=coalesce(started_at, ?) WHERE run_id=? AND status='pending'"
)
_SETTLE = (
    "UPDATE run_requests SET status=?, error=?, updated_at=?, ended_at=?, holder=''"
    " WHERE run_id=? AND status IN ('pending', 'running')"
)


class RunRequests:
    """Stores requested runs in the project's database.

    Args:
        database: The open database.
        clock: Dates what happens.
    """

    def __init__(self, database: Database, clock: Clock | None = None) -> None:
        self._database = database
        self._clock = clock or SystemClock()

    def get(self, run_id: str, access: Access, thread_id: str | None = None) -> RunRequest:
        """The run with this id.

        Raises:
            NotFound: There is none, or it is another's or another thread's.
        """
        found = self._database.read(lambda connection: find(connection, run_id))
        if found is None or not is_visible(found, access) or thread_id not in (None, found.thread_id):
            raise unknown_run(run_id)
        return found

    def made(self, run_id: str, access: Access) -> RunRequest | None:
        """The run with this id, if it was requested before and may be seen."""
        found = self._database.read(lambda connection: find(connection, run_id))
        return found if found is not None and is_visible(found, access) else None

    def latest(
        self,
        access: Access,
        *,
        thread_id: str | None = None,
        statuses: Iterable[str] = (),
        limit: int = 10,
        offset: int = 0,
    ) -> list[RunRequest]:
        """Runs, the one requested last first.

        Args:
            access: Whose.
            thread_id: Only of this thread.
            statuses: Only in one of these.
            limit: How many at most.
            offset: How many to leave out.
        """
        terms, values = _seen(access)
        if thread_id is not None:
            terms.append("thread_id=?")
            values.append(thread_id)
        if wanted := list(statuses):
            terms.append(f"status IN ({', '.join('?' * len(wanted))})")
            values.extend(wanted)
        query = f"{_SELECT} WHERE {' AND '.join(terms)} ORDER BY seq DESC LIMIT ? OFFSET ?"
        return self._database.read(
            lambda connection: [_record(row) for row in connection.execute(query, (*values, limit, offset))]
        )

    def count_open(self) -> int:
        """How many runs have not ended, over all tenants."""
        query = "SELECT count(*) FROM run_requests WHERE status IN ('pending', 'running')"
        return int(self._database.read(lambda connection: connection.execute(query).fetchone()[0]))

    def unended(self) -> list[RunRequest]:
        """All runs that have not ended, in the order in which they were requested."""
        query = f"{_SELECT} WHERE status IN ('pending', 'running') ORDER BY seq"
        return self._database.read(lambda connection: [_record(row) for row in connection.execute(query)])

    def held_by(self, holder: str) -> set[str]:
        """The ids of the runs that a process has claimed and not ended."""
        query = "SELECT run_id FROM run_requests WHERE status='running' AND holder=?"
        return self._database.read(
            lambda connection: {row[0] for row in connection.execute(query, (holder,))}
        )

    def active(self, thread_id: str) -> list[RunRequest]:
        """The runs of a thread that have not ended, oldest first."""
        return self._database.read(lambda connection: active_runs(connection, thread_id))

    def claim(self, run_id: str, holder: str) -> Work[RunRequest | None]:
        """What makes a pending run one's own.

        Args:
            run_id: The run.
            holder: Who takes it.

        Returns:
            Work whose value is the run as it is now; None when it is not pending any more.
        """
        now = to_iso(self._clock.now())

        def work(connection: sqlite3.Connection) -> RunRequest | None:
            if not connection.execute(_CLAIM, (holder, now, now, run_id)).rowcount:
                return None
            return find(connection, run_id)

        return work

    def settle(
        self, run_id: str, status: RequestStatus, error: Mapping[str, Any] | None = None
    ) -> Work[bool]:
        """What ends a run; its value tells whether the run had not ended before."""
        now = to_iso(self._clock.now())
        row = (status, dump(dict(error)) if error is not None else None, now, now, run_id)
        return lambda connection: connection.execute(_SETTLE, row).rowcount > 0

    def give_back(self, run_id: str) -> Work[None]:
        """What lets somebody else take a run that its holder does not carry on."""
        now = to_iso(self._clock.now())

        def work(connection: sqlite3.Connection) -> None:
            connection.execute(
                "UPDATE run_requests SET status='pending', holder='', updated_at=?"
                " WHERE run_id=? AND status='running'",
                (now, run_id),
            )

        return work

    def hand_over(self, run: RunRequest) -> Work[None]:
        """What lets the next start go on with a run whose process stops in good order."""
        kwargs = dump({**run.kwargs, LEFT: int(run.kwargs.get(LEFT, 0)) + 1})

        def work(connection: sqlite3.Connection) -> None:
            self.give_back(run.run_id)(connection)
            connection.execute("UPDATE run_requests SET kwargs=? WHERE run_id=?", (kwargs, run.run_id))

        return work

    async def adelete(self, run_id: str) -> None:
        """Forget a run and what it streamed."""
        await self._database.awrite(lambda connection: delete_runs(connection, [run_id]))

    def want(self, run_ids: Sequence[str], action: CancelAction) -> Work[None]:
        """What notes that runs are to be cancelled."""
        return lambda connection: want(connection, run_ids, action)


def want(connection: sqlite3.Connection, run_ids: Iterable[str], action: CancelAction) -> None:
    """Note that runs are to be cancelled, which holds whoever carries them out, and after a restart."""
    connection.executemany(
        "UPDATE run_requests SET wanted=? WHERE run_id=? AND status IN ('pending', 'running')",
        [(action, run_id) for run_id in run_ids],
    )


def insert(connection: sqlite3.Connection, run: RunRequest) -> None:
    """Store a run, inside a write."""
    values = dict(zip(_NAMES, astuple(run), strict=True))
    values.update({name: dump(getattr(run, name)) for name in _JSON})
    connection.execute(_INSERT, [values[name] for name in _WRITTEN])


def find(connection: sqlite3.Connection, run_id: str) -> RunRequest | None:
    """The run with this id, whosever it is."""
    row = connection.execute(f"{_SELECT} WHERE run_id=?", (run_id,)).fetchone()
    return None if row is None else _record(row)


def active_runs(connection: sqlite3.Connection, thread_id: str) -> list[RunRequest]:
    """The runs of a thread that have not ended, oldest first."""
    return [_record(row) for row in connection.execute(_ACTIVE, (thread_id,))]


def runs_of(connection: sqlite3.Connection, thread_id: str) -> Iterator[RunRequest]:
    """The runs of a thread, the one requested last first."""
    rows = connection.execute(f"{_SELECT} WHERE thread_id=? ORDER BY seq DESC", (thread_id,))
    return map(_record, rows)


def delete_runs(connection: sqlite3.Connection, run_ids: Iterable[str]) -> None:
    """Forget runs and what they streamed, inside a write."""
    for run_id in run_ids:
        connection.execute("DELETE FROM stream_events WHERE run_id=?", (run_id,))
        connection.execute("DELETE FROM run_requests WHERE run_id=?", (run_id,))


def is_visible(run: RunRequest, access: Access) -> bool:
    """Whether a run may be seen."""
    return run.tenant == access.tenant and access.owner in (None, run.owner)


def unknown_run(run_id: str) -> NotFound:
    """The error of whoever asks for a run that is not there, or not theirs."""
    return NotFound(f"no run {run_id}", hint="List the runs of the thread to see which there are.")


def _seen(access: Access) -> tuple[list[str], list[Any]]:
    if access.owner is None:
        return ["tenant=?"], [access.tenant]
    return ["tenant=?", "owner=?"], [access.tenant, access.owner]


def _record(row: tuple[Any, ...]) -> RunRequest:
    values = dict(zip(_NAMES, row, strict=True))
    values.update({name: load(values[name]) for name in _JSON})
    values["metadata"] = values["metadata"] or {}
    values["kwargs"] = values["kwargs"] or {}
    values["temporary"] = bool(values["temporary"])
    return RunRequest(**values)
