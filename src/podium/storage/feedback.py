"""What people said about answers and decisions: ratings and corrections."""

from __future__ import annotations

import sqlite3
from dataclasses import astuple, dataclass, field, fields, replace

from podium.core.clock import Clock, SystemClock, to_iso
from podium.core.ids import new_id
from podium.storage.database import Database
from podium.storage.operations import Work


@dataclass(frozen=True, slots=True)
class FeedbackRecord:
    """One piece of feedback.

    Attributes:
        thread_id: The thread it is about.
        kind: rating, correction, decision, …
        run_id: The run it is about, if one.
        principal: Who gave it.
        rating: A number of the application's choice.
        correction: What it should have been.
        reason: Why.
        tenant: Whose installation.
        owner: Whose thread.
        feedback_id: Unique.
        at: ISO 8601 in UTC; filled in when empty.
    """

    thread_id: str
    kind: str
    run_id: str = ""
    principal: str = ""
    rating: float | None = None
    correction: str = ""
    reason: str = ""
    tenant: str = ""
    owner: str = ""
    feedback_id: str = field(default_factory=new_id)
    at: str = ""


_NAMES = ", ".join(item.name for item in fields(FeedbackRecord))
_MARKS = ", ".join("?" * len(fields(FeedbackRecord)))
_INSERT = f"INSERT INTO feedback({_NAMES}) VALUES ({_MARKS})"  # noqa: S608  # the dataclass's own names
_SELECT = f"SELECT {_NAMES} FROM feedback"  # noqa: S608  # the dataclass's own names


class FeedbackRecords:
    """Stores feedback in the project's database.

    Args:
        database: The open database.
        clock: Dates feedback that carries no date.
    """

    def __init__(self, database: Database, clock: Clock | None = None) -> None:
        self._database = database
        self._clock = clock or SystemClock()

    def add(self, feedback: FeedbackRecord) -> FeedbackRecord:
        """Store it; what was stored, dated."""
        dated = self._dated(feedback)
        self._database.write(_insert(dated))
        return dated

    async def aadd(self, feedback: FeedbackRecord) -> FeedbackRecord:
        """Async twin of `add`."""
        dated = self._dated(feedback)
        await self._database.awrite_soon(_insert(dated))
        return dated

    def list(self, thread_id: str, *, run_id: str | None = None) -> list[FeedbackRecord]:
        """Feedback on a thread, and on one run of it when given, oldest first."""
        query, values = f"{_SELECT} WHERE thread_id=?", [thread_id]
        if run_id is not None:
            query, values = f"{query} AND run_id=?", [thread_id, run_id]
        ordered = f"{query} ORDER BY at, rowid"
        return self._database.read(
            lambda connection: [FeedbackRecord(*row) for row in connection.execute(ordered, values)]
        )

    def _dated(self, feedback: FeedbackRecord) -> FeedbackRecord:
        return feedback if feedback.at else replace(feedback, at=to_iso(self._clock.now()))


def _insert(feedback: FeedbackRecord) -> Work[None]:
    row = astuple(feedback)

    def work(connection: sqlite3.Connection) -> None:
        connection.execute(_INSERT, row)

    return work
