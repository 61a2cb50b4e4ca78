"""Deleting what is old, in small writes, so that nobody who writes has to wait.

Effects, grants and audit records are never deleted here.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Final

from podium.core.effects import NEEDS_PERSON
from podium.storage.operations import Work
from podium.storage.run_requests import delete_runs

BATCH: Final = 500
"""Rows that one write deletes at most."""
_FEW_RUNS: Final = 50

_OPEN: Final = (
    "SELECT 1 FROM run_requests o WHERE o.thread_id=t.thread_id AND o.status IN ('pending', 'running')"
)
_UNSETTLED: Final = ", ".join(f"'{status}'" for status in sorted(NEEDS_PERSON | {"started", "proposed"}))
_RESTING: Final = (
    "FROM threads t WHERE t.status IN ('idle', 'error') AND t.updated_at<?"  # noqa: S608  # constants
    f" AND NOT EXISTS ({_OPEN})"
    f" AND NOT EXISTS (SELECT 1 FROM effects e WHERE e.thread_id=t.thread_id AND e.status IN ({_UNSETTLED}))"
)
_UNTIMED: Final = " AND NOT EXISTS (SELECT 1 FROM crons c WHERE c.thread_id=t.thread_id)"
_ENDED: Final = "FROM run_requests WHERE ended_at<? AND status NOT IN ('pending', 'running')"
_STREAMED: Final = f"{_ENDED} AND run_id IN (SELECT run_id FROM stream_events)"  # noqa: S608  # constants


def resting_threads(
    connection: sqlite3.Connection, before: str, *, since: str = "", whole: bool = True
) -> list[str]:
    """Threads in which nothing has happened since a moment, and nothing waits, runs or is unclear.

    Args:
        connection: To read with.
        before: ISO 8601 in UTC.
        since: Only those in which something happened not before this.
        whole: Without those in which something begins by the clock, which would go with them.
    """
    query = (
        f"SELECT t.thread_id {_RESTING} AND t.updated_at>=?{_UNTIMED if whole else ''} ORDER BY t.updated_at"
    )
    return [row[0] for row in connection.execute(query, (before, since))]


def old_events(connection: sqlite3.Connection, before: str) -> int:
    """How many events are older than a moment."""
    return int(connection.execute("SELECT count(*) FROM events WHERE at<?", (before,)).fetchone()[0])


def streamed_runs(connection: sqlite3.Connection, before: str) -> list[str]:
    """Runs that ended before a moment and of which there is what they streamed."""
    return [row[0] for row in connection.execute(f"SELECT run_id {_STREAMED}", (before,))]


def ended_runs(connection: sqlite3.Connection, before: str) -> list[str]:
    """Runs of the server that ended before a moment."""
    return [row[0] for row in connection.execute(f"SELECT run_id {_ENDED}", (before,))]


def first_event(connection: sqlite3.Connection) -> str | None:
    """When the oldest event was."""
    row = connection.execute("SELECT at FROM events ORDER BY seq LIMIT 1").fetchone()
    return None if row is None else str(row[0])


def first_rest(connection: sqlite3.Connection) -> str | None:
    """When something last happened in the thread that has rested longest."""
    found = connection.execute(f"SELECT min(t.updated_at) {_RESTING}", ("9999",)).fetchone()[0]
    return None if found is None else str(found)


def first_end(connection: sqlite3.Connection) -> str | None:
    """When the first run ended that is still known."""
    found = connection.execute("SELECT min(ended_at) FROM run_requests").fetchone()[0]
    return None if found is None else str(found)


def delete_events(before: str) -> Work[int]:
    """What deletes some of the oldest events; how many it were, 0 once the oldest is younger.

    They are taken in their order, so that what is kept need not be looked at.
    """

    def work(connection: sqlite3.Connection) -> int:
        rows = connection.execute("SELECT seq, at FROM events ORDER BY seq LIMIT ?", (BATCH,)).fetchall()
        old = [(seq,) for seq, at in rows if at < before]
        connection.executemany("DELETE FROM events WHERE seq=?", old)
        return len(old)

    return work


def delete_streamed(run_id: str) -> Work[int]:
    """What deletes some of what a run streamed; how many parts it were."""

    def work(connection: sqlite3.Connection) -> int:
        return connection.execute(
            "DELETE FROM stream_events WHERE seq IN (SELECT seq FROM stream_events WHERE run_id=? LIMIT ?)",
            (run_id, BATCH),
        ).rowcount

    return work


def delete_requests(run_ids: Sequence[str]) -> Work[int]:
    """What deletes runs whose streams are deleted already."""

    def work(connection: sqlite3.Connection) -> int:
        delete_runs(connection, list(run_ids))
        return len(run_ids)

    return work


def in_parts(run_ids: Sequence[str]) -> list[Sequence[str]]:
    """Runs, as many as one write deletes."""
    return [run_ids[place : place + _FEW_RUNS] for place in range(0, len(run_ids), _FEW_RUNS)]


def free_bytes(connection: sqlite3.Connection) -> int:
    """Bytes of the file that hold nothing, and are written to before it grows."""
    pages: int = connection.execute("PRAGMA freelist_count").fetchone()[0]
    size: int = connection.execute("PRAGMA page_size").fetchone()[0]
    return pages * size
