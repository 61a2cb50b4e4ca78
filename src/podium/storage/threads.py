"""Threads: one row for each conversation."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from podium.core.clock import Clock, SystemClock, to_iso
from podium.core.errors import NotFound
from podium.core.principal import Access
from podium.storage.database import Database
from podium.storage.json_text import dump, load
from podium.storage.operations import Work

IDLE = "idle"
COLUMNS = (
    "thread_id, tenant, owner, title, status, created_at, updated_at, metadata, config, interrupts, error,"
    " state_updated_at, ttl, expires_at"
)
_ENSURE = (
    "INSERT INTO threads(thread_id, tenant, owner, title, status, created_at, updated_at, metadata)"
    " VALUES (?,?,?,?,?,?,?,?) ON CONFLICT DO NOTHING"
)
_TOUCH = (
    "UPDATE threads SET updated_at=?, status=coalesce(?, status), title=coalesce(?, title),"
    " metadata=coalesce(?, metadata) WHERE thread_id=?"
)


@dataclass(frozen=True, slots=True)
class ThreadRecord:
    """One thread.

    Attributes:
        thread_id: Unique.
        tenant: Whose installation.
        owner: Whose thread.
        title: A short name for lists.
        status: idle, busy, interrupted or error, as LangGraph's servers say it.
        created_at: ISO 8601 in UTC.
        updated_at: The same.
        metadata: JSON values of the application.
        config: What its runs are configured with.
        interrupts: What waits for a person, by task; None where only the state tells.
        error: What failed last: name and message.
        state_updated_at: When its state changed last; None before the first change that a server saw.
        ttl: How it is done away with, and after how many minutes: `{"strategy", "ttl_minutes"}`.
        expires_at: When that is.
    """

    thread_id: str
    tenant: str = ""
    owner: str = ""
    title: str = ""
    status: str = IDLE
    created_at: str = ""
    updated_at: str = ""
    metadata: Mapping[str, Any] = field(default_factory=dict)
    config: Mapping[str, Any] = field(default_factory=dict)
    interrupts: Mapping[str, Any] | None = None
    error: Mapping[str, Any] | None = None
    state_updated_at: str | None = None
    ttl: Mapping[str, Any] | None = None
    expires_at: str | None = None


class ThreadRecords:
    """Stores threads in the project's database.

    Args:
        database: The open database.
        clock: Dates creations and changes.
    """

    def __init__(self, database: Database, clock: Clock | None = None) -> None:
        self._database = database
        self._clock = clock or SystemClock()

    def ensure(
        self,
        thread_id: str,
        *,
        tenant: str = "",
        owner: str = "",
        title: str = "",
        metadata: Mapping[str, Any] | None = None,
    ) -> ThreadRecord:
        """The thread, created when it does not exist; an existing one stays as it is."""
        return self._database.write(self._ensure(thread_id, tenant, owner, title, metadata))

    async def aensure(
        self,
        thread_id: str,
        *,
        tenant: str = "",
        owner: str = "",
        title: str = "",
        metadata: Mapping[str, Any] | None = None,
    ) -> ThreadRecord:
        """Async twin of `ensure`."""
        return await self._database.awrite_soon(self._ensure(thread_id, tenant, owner, title, metadata))

    def touch(
        self,
        thread_id: str,
        *,
        status: str | None = None,
        title: str | None = None,
        metadata: Mapping[str, Any] | None = None,
    ) -> None:
        """Note that the thread changed now, and set what is given.

        Raises:
            NotFound: There is no such thread.
        """
        self._database.write(self._touch(thread_id, status, title, metadata))

    async def atouch(
        self,
        thread_id: str,
        *,
        status: str | None = None,
        title: str | None = None,
        metadata: Mapping[str, Any] | None = None,
    ) -> None:
        """Async twin of `touch`."""
        await self._database.awrite_soon(self._touch(thread_id, status, title, metadata))

    def get(self, thread_id: str, access: Access | None = None) -> ThreadRecord:
        """The thread with this id.

        Args:
            thread_id: The thread.
            access: What the caller may see; None for everything.

        Raises:
            NotFound: There is none, or it is another's.
        """
        found = self._database.read(lambda connection: find(connection, thread_id, access))
        if found is None:
            raise unknown_thread(thread_id)
        return found

    def starting(self, prefix: str, limit: int = 2) -> list[str]:
        """Ids that start so, an exact match first.

        Args:
            prefix: The start of an id.
            limit: How many at most.
        """
        query = (
            "SELECT thread_id FROM threads WHERE thread_id >= :prefix"
            " AND thread_id < :prefix || char(1114111) ORDER BY thread_id LIMIT :limit"
        )
        values = {"prefix": prefix, "limit": limit}
        return self._database.read(lambda connection: [row[0] for row in connection.execute(query, values)])

    def unsettled(self) -> list[str]:
        """Ids of the threads that are not idle, the one changed last first."""
        query = "SELECT thread_id FROM threads WHERE status <> ? ORDER BY updated_at DESC, rowid DESC"
        return self._database.read(lambda connection: [row[0] for row in connection.execute(query, (IDLE,))])

    def list(
        self, *, tenant: str | None = None, owner: str | None = None, limit: int = 100, offset: int = 0
    ) -> list[ThreadRecord]:
        """Threads, the one changed last first, of a tenant and an owner when these are given."""
        terms = [(name, value) for name, value in (("tenant", tenant), ("owner", owner)) if value is not None]
        where = f" WHERE {' AND '.join(f'{name}=?' for name, _ in terms)}" if terms else ""
        query = f"SELECT {COLUMNS} FROM threads{where} ORDER BY updated_at DESC, rowid DESC LIMIT ? OFFSET ?"  # noqa: S608
        values = [*(value for _, value in terms), limit, offset]
        return self._database.read(
            lambda connection: [record(row) for row in connection.execute(query, values)]
        )

    def _ensure(
        self, thread_id: str, tenant: str, owner: str, title: str, metadata: Mapping[str, Any] | None
    ) -> Work[ThreadRecord]:
        now = to_iso(self._clock.now())
        row = (thread_id, tenant, owner, title, IDLE, now, now, dump(dict(metadata or {})))

        def work(connection: sqlite3.Connection) -> ThreadRecord:
            connection.execute(_ENSURE, row)
            found = find(connection, thread_id)
            if found is None:
                raise unknown_thread(thread_id)
            return found

        return work

    def _touch(
        self, thread_id: str, status: str | None, title: str | None, metadata: Mapping[str, Any] | None
    ) -> Work[None]:
        text = None if metadata is None else dump(dict(metadata))
        row = (to_iso(self._clock.now()), status, title, text, thread_id)

        def work(connection: sqlite3.Connection) -> None:
            if connection.execute(_TOUCH, row).rowcount == 0:
                raise unknown_thread(thread_id)

        return work


def find(connection: sqlite3.Connection, thread_id: str, access: Access | None = None) -> ThreadRecord | None:
    """The thread with this id; None when there is none, or it is another's."""
    terms, values = seen(access)
    query = f"SELECT {COLUMNS} FROM threads WHERE {' AND '.join(['thread_id=?', *terms])}"  # noqa: S608  # constants
    row = connection.execute(query, (thread_id, *values)).fetchone()
    return None if row is None else record(row)


def seen(access: Access | None) -> tuple[list[str], list[str]]:
    """The conditions on what a caller may see, and what is bound to their places."""
    if access is None:
        return [], []
    if access.owner is None:
        return ["tenant=?"], [access.tenant]
    return ["tenant=?", "owner=?"], [access.tenant, access.owner]


def record(row: Sequence[Any]) -> ThreadRecord:
    """The thread of a row of `COLUMNS`."""
    thread_id, tenant, owner, title, status, created_at, updated_at, *rest = row
    metadata, config, interrupts, error, state_updated_at, ttl, expires_at = rest
    return ThreadRecord(
        thread_id=thread_id,
        tenant=tenant,
        owner=owner,
        title=title,
        status=status,
        created_at=created_at,
        updated_at=updated_at,
        metadata=load(metadata) or {},
        config=load(config) or {},
        interrupts=load(interrupts),
        error=load(error),
        state_updated_at=state_updated_at,
        ttl=load(ttl),
        expires_at=expires_at,
    )


def unknown_thread(thread_id: str) -> NotFound:
    """The error of whoever asks for a thread that is not there, or not theirs."""
    return NotFound(f"no thread {thread_id}", hint="Run `podium threads list` to see the threads.")
