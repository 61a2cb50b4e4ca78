"""What runs streamed, in the order in which it happened: durable before it is sent to anyone."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Literal, NamedTuple, TypeAlias

from podium.storage.database import Database
from podium.storage.operations import Work

Form: TypeAlias = Literal["json", "patch"]
"""`json`: the data as it is sent; `patch`: what changed since the run's last event of the same name."""

_INSERT = "INSERT INTO stream_events(thread_id, run_id, event, form, data) VALUES (?,?,?,?,?)"
_SELECT = "SELECT seq, thread_id, run_id, event, form, data FROM stream_events"

_LEANING = f"""{_SELECT} WHERE run_id=? AND seq<=? AND event IN
 (SELECT event FROM stream_events WHERE run_id=? AND form='patch') ORDER BY seq"""  # noqa: S608  # constants


class StreamEvent(NamedTuple):
    """One event of a run.

    Attributes:
        seq: Its place in the log, rising in each run and in each thread; 0 until it is stored.
        thread_id: The thread.
        run_id: The run.
        event: Its name on the wire: the mode, and the path of subgraphs after a bar.
        form: How `data` is to be read.
        data: JSON.
    """

    seq: int
    thread_id: str
    run_id: str
    event: str
    form: Form
    data: bytes


def appending(events: Sequence[StreamEvent]) -> Work[list[int]]:
    """What stores events together; its value is their seqs."""
    rows = [event[1:] for event in events]

    def work(connection: sqlite3.Connection) -> list[int]:
        return [connection.execute(_INSERT, row).lastrowid or 0 for row in rows]

    return work


class StreamEvents:
    """Reads stored events.

    Args:
        database: The open database.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of_run(self, run_id: str, after: int, limit: int) -> list[StreamEvent]:
        """Events of a run with a seq above `after`, oldest first."""
        return await self._page("run_id", run_id, after, limit)

    async def of_thread(self, thread_id: str, after: int, limit: int) -> list[StreamEvent]:
        """Events of all runs of a thread with a seq above `after`, oldest first."""
        return await self._page("thread_id", thread_id, after, limit)

    def before(self, run_id: str, until: int) -> list[StreamEvent]:
        """The events of a run up to a seq whose names have events that are patches, oldest first."""
        values = (run_id, until, run_id)
        return self._database.read(
            lambda connection: [StreamEvent(*row) for row in connection.execute(_LEANING, values)]
        )

    def last_seq(self, *, run_id: str = "", thread_id: str = "") -> int:
        """The seq of the latest event of a run or a thread; 0 when there is none."""
        column, value = ("run_id", run_id) if run_id else ("thread_id", thread_id)
        query = f"SELECT max(seq) FROM stream_events WHERE {column}=?"  # noqa: S608  # one of two constants
        return int(
            self._database.read(lambda connection: connection.execute(query, (value,)).fetchone()[0]) or 0
        )

    async def _page(self, column: str, value: str, after: int, limit: int) -> list[StreamEvent]:
        query = f"{_SELECT} WHERE {column}=? AND seq>? ORDER BY seq LIMIT ?"
        return await self._database.aread(
            lambda connection: [StreamEvent(*row) for row in connection.execute(query, (value, after, limit))]
        )
