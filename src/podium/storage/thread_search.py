"""Finding threads: which a caller may see and wants, in which order, one page at a time."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeAlias

from podium.core.principal import Access
from podium.storage.database import Database
from podium.storage.json_filters import holding
from podium.storage.threads import COLUMNS, ThreadRecord, record, seen

ThreadStatus: TypeAlias = Literal["idle", "busy", "interrupted", "error"]
SortBy: TypeAlias = Literal["thread_id", "status", "created_at", "updated_at", "state_updated_at"]
SortOrder: TypeAlias = Literal["asc", "desc"]

_ORDERS: Final[dict[SortBy, str]] = {
    "thread_id": "thread_id",
    "status": "status",
    "created_at": "created_at",
    "updated_at": "updated_at",
    "state_updated_at": "coalesce(state_updated_at, created_at)",
}


@dataclass(frozen=True, slots=True)
class ThreadQuery:
    """Which threads, in which order.

    Attributes:
        metadata: They have these values.
        status: They stand so.
        ids: Only these; None for all.
        sort_by: What they are ordered by; threads that are equal in it keep the order of their making.
        sort_order: Downwards or upwards.
    """

    metadata: Mapping[str, Any] = field(default_factory=dict)
    status: ThreadStatus | None = None
    ids: Sequence[str] | None = None
    sort_by: SortBy = "created_at"
    sort_order: SortOrder = "desc"


class ThreadSearch:
    """Finds threads in the project's database.

    Args:
        database: The open database.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(
        self, query: ThreadQuery, access: Access, limit: int, offset: int
    ) -> tuple[list[ThreadRecord], int]:
        """One page of threads, and how many there are in all.

        Args:
            query: Which, in which order.
            access: What the caller may see.
            limit: How many at most.
            offset: How many to leave out.
        """
        where, values = _where(query, access)
        page = f"SELECT {COLUMNS} FROM threads{where}{_order(query)} LIMIT ? OFFSET ?"  # noqa: S608  # constants

        def work(connection: sqlite3.Connection) -> tuple[list[ThreadRecord], int]:
            rows = connection.execute(page, (*values, limit, offset)).fetchall()
            return [record(row) for row in rows], _count(connection, where, values)

        return await self._database.aread(work)

    async def count(self, query: ThreadQuery, access: Access) -> int:
        """How many threads there are.

        Args:
            query: Which.
            access: What the caller may see.
        """
        where, values = _where(query, access)
        return await self._database.aread(lambda connection: _count(connection, where, values))

    async def ids(self, query: ThreadQuery, access: Access) -> list[str]:
        """The ids of all of them, in order.

        Args:
            query: Which, in which order.
            access: What the caller may see.
        """
        where, values = _where(query, access)
        statement = f"SELECT thread_id FROM threads{where}{_order(query)}"  # noqa: S608  # constants
        return await self._database.aread(
            lambda connection: [row[0] for row in connection.execute(statement, values)]
        )


def _count(connection: sqlite3.Connection, where: str, values: Sequence[Any]) -> int:
    statement = f"SELECT count(*) FROM threads{where}"  # noqa: S608  # constants
    return int(connection.execute(statement, values).fetchone()[0])


def _where(query: ThreadQuery, access: Access) -> tuple[str, list[Any]]:
    terms, values = seen(access)
    found: list[Any] = list(values)
    if query.status is not None:
        terms.append("status=?")
        found.append(query.status)
    if query.ids is not None:
        terms.append("thread_id IN (SELECT value FROM json_each(?))")
        found.append(json.dumps(list(query.ids)))
    held, bound = holding("metadata", query.metadata)
    return f" WHERE {' AND '.join([*terms, *held])}", [*found, *bound]


def _order(query: ThreadQuery) -> str:
    direction = "ASC" if query.sort_order == "asc" else "DESC"
    return f" ORDER BY {_ORDERS[query.sort_by]} {direction}, rowid {direction}"
