"""How the runs of some time went, counted by the database, so that little is held at once."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from podium.core.clock import to_iso
from podium.core.principal import Access
from podium.storage.dashboard_sql import (
    ESCALATED,
    JUDGED,
    REVIEWS,
    RUNS,
    RUNS_BY_PART,
    SPENT,
    SURE,
    VERDICTS,
)
from podium.storage.database import Database


@dataclass(frozen=True, slots=True)
class Span:
    """Which time, cut into how many parts of the same length.

    Attributes:
        since: An aware moment.
        until: A later one.
        parts: How many.
    """

    since: datetime
    until: datetime
    parts: int

    @property
    def width(self) -> float:
        """Seconds of one part."""
        return (self.until - self.since).total_seconds() / self.parts


@dataclass(frozen=True, slots=True)
class RunCounts:
    """How runs went.

    Attributes:
        runs: How many.
        succeeded: How many came to their end.
        failed: How many failed.
        cancelled: How many were called off.
        interrupted: How many went to a person.
        open: How many have not ended.
        timed: How many the times are of: all but the last two kinds and those called off.
        p50: Seconds that half of them took at most, without those for which they waited; likewise the next.
        p90: The same for 90 of 100.
        p95: The same for 95 of 100.
        p99: The same for 99 of 100.
        longest: The longest.
    """

    runs: int = 0
    succeeded: int = 0
    failed: int = 0
    cancelled: int = 0
    interrupted: int = 0
    open: int = 0
    timed: int = 0
    p50: float | None = None
    p90: float | None = None
    p95: float | None = None
    p99: float | None = None
    longest: float | None = None


@dataclass(frozen=True, slots=True)
class Spent:
    """What turns have spent, counted in the part in which each began.

    Attributes:
        turns: How many.
        succeeded: How many of them came to their end.
        cost: As far as it is known.
        unpriced: How many have calls whose cost is not known.
        model_calls: Exchanges with models.
        input_tokens: As the models counted them.
        output_tokens: The same.
    """

    turns: int = 0
    succeeded: int = 0
    cost: float = 0.0
    unpriced: int = 0
    model_calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0


@dataclass(frozen=True, slots=True)
class SureBin:
    """The turns of one tenth of the confidence.

    Attributes:
        n: How many.
        confidence: The sum of their confidences.
        right: How many were right.
        squares: The sum of squared differences of confidence and truth.
        felt: Of how many people said what they think of the answer; of the others, whether they approved.
    """

    n: int = 0
    confidence: float = 0.0
    right: int = 0
    squares: float = 0.0
    felt: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    """All that a dashboard shows.

    Attributes:
        whole: How the runs went.
        parts: The same by part, for those in which there was one.
        spent: What turns spent, by part.
        escalated: How many turns went to a person, by part.
        reviews: What people said, by kind.
        sure: How sure the turns were, by tenth.
        judged: Those of them of which people said whether they were right.
        verdicts: Rule, stage, outcome and how often, the most frequent first.
    """

    whole: RunCounts
    parts: Mapping[int, RunCounts]
    spent: Mapping[int, Spent]
    escalated: Mapping[int, int]
    reviews: Mapping[str, int]
    sure: Mapping[int, SureBin]
    judged: Mapping[int, SureBin]
    verdicts: list[tuple[str, str, str, int]] = field(default_factory=list)


class Dashboard:
    """Counts how runs went.

    Args:
        database: The open database.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, access: Access, span: Span, *, own: str, graph: str = "") -> Found:
        """How the runs of some time went.

        Args:
            access: Whose.
            span: Which time.
            own: The project's own graph, whose runs are known as turns.
            graph: Only of this graph; empty for all.
        """
        given: dict[str, Any] = {
            "tenant": access.tenant,
            "owner": access.owner,
            "since": to_iso(span.since),
            "until": to_iso(span.until),
            "parts": span.parts,
            "width": span.width,
            "own": own,
            "graph": graph,
        }
        return await self._database.aread(lambda connection: _found(connection, given))


def _found(connection: sqlite3.Connection, given: Mapping[str, Any]) -> Found:
    whole = connection.execute(RUNS, given).fetchone()
    return Found(
        whole=RunCounts() if whole is None else RunCounts(*whole[1:]),
        parts={row[0]: RunCounts(*row[1:]) for row in connection.execute(RUNS_BY_PART, given)},
        spent={row[0]: Spent(*row[1:]) for row in connection.execute(SPENT, given)},
        escalated=dict(connection.execute(ESCALATED, given).fetchall()),
        reviews=dict(connection.execute(REVIEWS, given).fetchall()),
        sure={row[0]: SureBin(*row[1:]) for row in connection.execute(SURE, given)},
        judged={row[0]: SureBin(*row[1:]) for row in connection.execute(JUDGED, given)},
        verdicts=connection.execute(VERDICTS, given).fetchall(),
    )
