"""How things stand: what waits, what was given up, and how the runs of some time went. Only reads."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Final

from podium.core.effects import NEEDS_PERSON
from podium.storage.turns import turns

_UNCLEAR: Final = ", ".join(f"'{status}'" for status in sorted(NEEDS_PERSON))
_COUNTS: Final = {
    "pending": "SELECT count(*) FROM run_requests WHERE status='pending'",
    "running": "SELECT count(*) FROM run_requests WHERE status='running'",
    "waiting": "SELECT count(*) FROM threads WHERE status='interrupted' AND interrupts IS NOT '{}'",
    "unclear": f"SELECT count(*) FROM effects WHERE status IN ({_UNCLEAR})",  # noqa: S608  # constants
    "dead_firings": "SELECT count(*) FROM firings WHERE status='dead'",
    "failed_callbacks": "SELECT count(*) FROM callbacks WHERE status='failed'",
    "failed_notifications": "SELECT count(*) FROM notifications WHERE status='failed'",
}
_SECONDS: Final = "(julianday(ended_at)-julianday(started_at))*86400.0"
_RUNS: Final = (
    f"SELECT {_SECONDS} AS seconds, status='failed' AS failed,"  # noqa: S608  # constants
    " status='interrupted' OR EXISTS (SELECT 1 FROM decisions d WHERE d.run_id=runs.run_id AND d.kind='route'"
    " AND d.route='escalate') AS escalated"
    " FROM runs WHERE started_at>=? AND status IN ('completed', 'interrupted', 'failed')"
    f" UNION ALL SELECT {_SECONDS}, status IN ('error', 'timeout'), status='interrupted'"
    " FROM run_requests WHERE created_at>=? AND graph_id<>? AND started_at IS NOT NULL"
    " AND status IN ('success', 'interrupted', 'error', 'timeout')"
)
_SUMS: Final = (
    "SELECT count(*), coalesce(sum(failed), 0), coalesce(sum(escalated), 0),"  # noqa: S608  # constants
    f" coalesce(sum(seconds>?), 0) FROM ({_RUNS})"
)
_P95: Final = f"SELECT seconds FROM ({_RUNS}) ORDER BY seconds LIMIT 1 OFFSET ?"  # noqa: S608  # constants
_COST: Final = (
    "SELECT coalesce(sum(cost), 0.0), coalesce(sum(good), 0)"  # noqa: S608  # constants
    f" FROM ({turns('started_at>=?')})"
)
_REVIEWS: Final = (
    "SELECT count(*), coalesce(sum(json_extract(body, '$.data.kind')<>'approve'), 0) FROM audit"
    " WHERE json_extract(body, '$.kind')='review' AND json_extract(body, '$.at')>=?"
)


@dataclass(frozen=True, slots=True)
class Standing:
    """What is there at a moment.

    Attributes:
        pending: Runs that wait for their turn.
        running: Runs under way.
        waiting: Threads that wait for a person.
        unclear: Effects that a person has to look at.
        dead_firings: Events and firings that were given up.
        failed_callbacks: Callbacks that were given up.
        failed_notifications: Notifications that were given up.
    """

    pending: int
    running: int
    waiting: int
    unclear: int
    dead_firings: int
    failed_callbacks: int
    failed_notifications: int

    @property
    def dead_letters(self) -> int:
        """All that was given up until a person looks."""
        return self.dead_firings + self.failed_callbacks + self.failed_notifications


@dataclass(frozen=True, slots=True)
class Tally:
    """How the runs of some time went; those that were cancelled or have not ended do not count.

    Attributes:
        runs: How many.
        failed: How many failed.
        escalated: How many went to a person.
        slow: How many took longer than asked about.
        p95: Seconds within which 95 of 100 ended (nearest rank); None without runs.
        cost: What the turns cost that began in it, as far as it is known.
        succeeded: How many of those turns came to their end.
        reviews: How many decisions people took.
        overridden: How many of those rejected or changed what was proposed.
    """

    runs: int
    failed: int
    escalated: int
    slow: int
    p95: float | None
    cost: float
    succeeded: int
    reviews: int
    overridden: int


def standing(connection: sqlite3.Connection) -> Standing:
    """What is there now."""
    return Standing(**{name: int(connection.execute(query).fetchone()[0]) for name, query in _COUNTS.items()})


def tally(connection: sqlite3.Connection, since: str, own: str, slow: float) -> Tally:
    """How the runs went that began since a moment.

    Args:
        connection: To read with.
        since: ISO 8601 in UTC.
        own: The project's own graph, whose runs are known as turns.
        slow: Seconds beyond which a run is slow.
    """
    given = (since, since, own)
    runs, failed, escalated, late = connection.execute(_SUMS, (slow, *given)).fetchone()
    p95 = None
    if runs:
        rank = -(-runs * 95 // 100) - 1
        p95 = float(connection.execute(_P95, (*given, rank)).fetchone()[0])
    cost, succeeded = connection.execute(_COST, (since,)).fetchone()
    reviews, overridden = connection.execute(_REVIEWS, (since,)).fetchone()
    return Tally(runs, failed, escalated, late, p95, cost, succeeded, reviews, overridden)
