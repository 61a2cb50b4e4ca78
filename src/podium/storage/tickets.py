"""Who is to decide what waits for a person, and until when."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from podium.core.clock import Clock, SystemClock, to_iso
from podium.core.principal import Access
from podium.storage.database import Database
from podium.storage.threads import COLUMNS, ThreadRecord, record

_COLUMNS = "thread_id, interrupt_id, assignee, expires_at, at"
_PUT = (
    "INSERT INTO interrupt_tickets(thread_id, interrupt_id, tenant, owner, assignee, expires_at, at)"
    " VALUES (?,?,?,?,?,?,?) ON CONFLICT(thread_id, interrupt_id)"
    " DO UPDATE SET assignee=excluded.assignee, expires_at=excluded.expires_at, at=excluded.at"
)
_ASSIGNED = (
    "EXISTS (SELECT 1 FROM interrupt_tickets k WHERE k.thread_id=threads.thread_id"
    " AND k.tenant=threads.tenant AND k.assignee=?)"
)


@dataclass(frozen=True, slots=True)
class Ticket:
    """What was arranged about an interrupt.

    Attributes:
        thread_id: The thread that waits.
        interrupt_id: What it waits for.
        assignee: The principal who is to decide; empty for anybody who may.
        expires_at: Until when a decision is taken, ISO 8601 in UTC; None for good.
        at: When this was arranged.
    """

    thread_id: str
    interrupt_id: str
    assignee: str = ""
    expires_at: str | None = None
    at: str = ""


class Tickets:
    """Stores tickets in the project's database.

    Args:
        database: The open database.
        clock: Dates them.
    """

    def __init__(self, database: Database, clock: Clock | None = None) -> None:
        self._database = database
        self._clock = clock or SystemClock()

    async def put(self, ticket: Ticket, thread: ThreadRecord) -> Ticket:
        """Store what was arranged about an interrupt of a thread, in place of what was before."""
        at = to_iso(self._clock.now())
        row = (
            ticket.thread_id,
            ticket.interrupt_id,
            thread.tenant,
            thread.owner,
            ticket.assignee,
            ticket.expires_at,
            at,
        )
        await self._database.awrite_soon(lambda connection: connection.execute(_PUT, row))
        return Ticket(ticket.thread_id, ticket.interrupt_id, ticket.assignee, ticket.expires_at, at)

    def of_thread(self, thread_id: str) -> dict[str, Ticket]:
        """The tickets of a thread, by what it waits for."""
        query = f"SELECT {_COLUMNS} FROM interrupt_tickets WHERE thread_id=?"  # noqa: S608  # constants
        rows = self._database.read(lambda connection: connection.execute(query, (thread_id,)).fetchall())
        return {row[1]: Ticket(*row) for row in rows}

    async def waiting(
        self, access: Access, who: str, *, limit: int, offset: int
    ) -> tuple[list[ThreadRecord], int]:
        """One page of the threads that wait for a person, the one changed last first, and how many there are.

        Args:
            access: Whose threads.
            who: What is assigned to this principal counts too, in the same tenant.
            limit: How many at most.
            offset: How many to leave out.
        """
        where, values = _seen(access, who)
        page = f"SELECT {COLUMNS} FROM threads WHERE {where} ORDER BY updated_at DESC, rowid DESC LIMIT ? OFFSET ?"  # noqa: S608, E501
        count = f"SELECT count(*) FROM threads WHERE {where}"  # noqa: S608  # constants

        def work(connection: sqlite3.Connection) -> tuple[list[ThreadRecord], int]:
            rows = connection.execute(page, (*values, limit, offset)).fetchall()
            return [record(row) for row in rows], connection.execute(count, values).fetchone()[0]

        return await self._database.aread(work)


def _seen(access: Access, who: str) -> tuple[str, tuple[str, ...]]:
    if access.owner is None:
        return "status='interrupted' AND tenant=?", (access.tenant,)
    return (
        f"status='interrupted' AND tenant=? AND (owner=? OR {_ASSIGNED})",
        (access.tenant, access.owner, who),
    )
