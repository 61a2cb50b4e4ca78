"""Threads: one row for each conversation."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from podium.core.clock import Clock, SystemClock, to_iso
from podium.core.errors import NotFound
from podium.storage.database import Database
from podium.storage.json_text import dump, load
from podium.storage.operations import Work

IDLE = "idle"
_COLUMNS = "thread_id, tenant, owner, title, status, created_at, updated_at, metadata"
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
    """

    thread_id: str
    tenant: str = ""
    owner: str = ""
    title: str = ""
    status: str = IDLE
    created_at: str = ""
    updated_at: str = ""
    metadata: Mapping[str, Any] = field(default_factory=dict)


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

    def get(self, thread_id: str) -> ThreadRecord:
        """The thread with this id.

        Raises:
            NotFound: There is none.
        """
        found = self._database.read(lambda connection: _find(connection, thread_id))
        if found is None:
            raise _unknown(thread_id)
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
        query = f"SELECT {_COLUMNS} FROM threads{where} ORDER BY updated_at DESC, rowid DESC LIMIT ? OFFSET ?"  # noqa: S608
        values = [*(value for _, value in terms), limit, offset]
        return self._database.read(
            lambda connection: [_record(row) for row in connection.execute(query, values)]
        )

    def _ensure(
        self, thread_id: str, tenant: str, owner: str, title: str, metadata: Mapping[str, Any] | None
    ) -> Work[ThreadRecord]:
        now = to_iso(self._clock.now())
        row = (thread_id, tenant, owner, title, IDLE, now, now, dump(dict(metadata or {})))

        def work(connection: sqlite3.Connection) -> ThreadRecord:
            connection.execute(_ENSURE, row)
            found = _find(connection, thread_id)
            if found is None:
                raise _unknown(thread_id)
            return found

        return work

    def _touch(
        self, thread_id: str, status: str | None, title: str | None, metadata: Mapping[str, Any] | None
    ) -> Work[None]:
        text = None if metadata is None else dump(dict(metadata))
        row = (to_iso(self._clock.now()), status, title, text, thread_id)

        def work(connection: sqlite3.Connection) -> None:
            if connection.execute(_TOUCH, row).rowcount == 0:
                raise _unknown(thread_id)

        return work


def _find(connection: sqlite3.Connection, thread_id: str) -> ThreadRecord | None:
    query = f"SELECT {_COLUMNS} FROM threads WHERE thread_id=?"  # noqa: S608  # constants
    row = connection.execute(query, (thread_id,)).fetchone()
    return None if row is None else _record(row)


def _record(row: tuple[Any, ...]) -> ThreadRecord:
    thread_id, tenant, owner, title, status, created_at, updated_at, metadata = row
    return ThreadRecord(
        thread_id=thread_id,
        tenant=tenant,
        owner=owner,
        title=title,
        status=status,
        created_at=created_at,
        updated_at=updated_at,
        metadata=load(metadata) or {},
    )


def _unknown(thread_id: str) -> NotFound:
    return NotFound(f"no thread {thread_id}", hint="Run `podium threads list` to see the threads.")
