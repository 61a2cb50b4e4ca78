"""How the threads stand that somebody may see, told shortly enough to be compared again and again."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from podium.core.principal import Access
from podium.storage.database import Database

LOOKED_AT: Final = 200
"""The threads that changed last are compared; who lists more of them reads them anew anyway."""

Mark: TypeAlias = tuple[str | int | None, ...]

_TICKET: Final = "(SELECT max(k.at) FROM interrupt_tickets k WHERE k.thread_id=threads.thread_id)"
_CONSENTS: Final = (
    "(SELECT count(*) FROM consents c JOIN effects e ON e.effect_id=c.effect_id"
    " WHERE e.thread_id=threads.thread_id)"
)
_MARKS: Final = (
    f"SELECT thread_id, updated_at, status, {_TICKET},"  # noqa: S608  # constants
    f" CASE status WHEN 'interrupted' THEN {_CONSENTS} END FROM threads WHERE "
)
_WAITS: Final = "status='interrupted' AND interrupts IS NOT '{}'"
"""A thread that was stopped has steps left, but asks nobody anything."""
_ASSIGNED: Final = (
    "threads.status='interrupted' AND EXISTS (SELECT 1 FROM interrupt_tickets k"  # noqa: S608  # as above
    " WHERE k.thread_id=threads.thread_id AND k.tenant=threads.tenant AND k.assignee=?"
    f" AND (k.at>=coalesce(threads.state_updated_at, '') OR {_CONSENTS}>0))"
)
"""What was assigned is another's thread, and theirs alone to follow once it is decided; where one of several
people has approved, what was arranged before holds on."""


@dataclass(frozen=True, slots=True)
class Marks:
    """How threads stand.

    Attributes:
        by_thread: What is another value as soon as a thread has changed, by its id.
        waiting: How many threads wait for a person.
    """

    by_thread: Mapping[str, Mark] = field(default_factory=dict)
    waiting: int = 0

    def changed_since(self, before: Marks) -> list[str]:
        """The ids of the threads that came, went or changed."""
        ids = {*self.by_thread, *before.by_thread}
        return sorted(one for one in ids if self.by_thread.get(one) != before.by_thread.get(one))


class ThreadMarks:
    """Looks how threads stand.

    Args:
        database: The open database.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def look(self, access: Access, who: str) -> Marks:
        """How those threads stand that changed last.

        Args:
            access: Whose threads.
            who: What waits and is assigned to this principal counts too, in the same tenant.
        """
        where, values = _seen(access, who)
        page = f"{_MARKS}{where} ORDER BY updated_at DESC, rowid DESC LIMIT {LOOKED_AT}"
        count = f"SELECT count(*) FROM threads WHERE {_WAITS} AND {where}"  # noqa: S608  # as above

        def work(connection: sqlite3.Connection) -> Marks:
            marks = {row[0]: tuple(row[1:]) for row in connection.execute(page, values)}
            return Marks(marks, connection.execute(count, values).fetchone()[0])

        return await self._database.aread(work)


def _seen(access: Access, who: str) -> tuple[str, tuple[str, ...]]:
    if access.owner is None:
        return "tenant=?", (access.tenant,)
    return f"tenant=? AND (owner=? OR {_ASSIGNED})", (access.tenant, access.owner, who)
