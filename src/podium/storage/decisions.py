"""Where turns were sent, by which rule and on what grounds."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Final

from podium.core.principal import Access
from podium.storage.database import Database
from podium.storage.json_text import dump, load
from podium.storage.operations import Work


@dataclass(frozen=True, slots=True)
class StoredDecision:
    """One decision, as `telemetry.records.DecisionRecord` has it.

    Attributes:
        kind: `route`, `refusal`, `review`, `grant` or `budget`.
        node: The node.
        at: ISO 8601 in UTC.
        thread_id: The thread.
        run_id: The run.
        turn_id: The user's message.
        checkpoint_id: The checkpoint that the node began from.
        step: The number of the step.
        tenant: Whose data.
        who: Who decided, or on whose behalf it was decided.
        route: Where the turn went.
        rule: What decided.
        threshold: The confidence that was asked for.
        score: The confidence.
        policy_version: The policy in force.
        details: Factors, reason codes and facts.
        seq: Its place among all; 0 until it is stored.
    """

    kind: str
    node: str
    at: str
    thread_id: str
    run_id: str
    turn_id: str
    checkpoint_id: str
    step: int | None
    tenant: str
    who: str
    route: str
    rule: str
    threshold: float | None
    score: float | None
    policy_version: str
    details: Mapping[str, Any] = field(default_factory=dict)
    seq: int = 0


@dataclass(frozen=True, slots=True)
class Judged:
    """A decision by confidence, and what people thought of where it led.

    Attributes:
        decision: The decision.
        right: Whether it was right: by what was thought of the answer, else by the person it went to; None
            where nobody said.
    """

    decision: StoredDecision
    right: bool | None


_NAMES: Final = tuple(one.name for one in fields(StoredDecision) if one.name != "seq")
_COLUMNS: Final = ", ".join((*_NAMES, "seq"))
_INSERT: Final = (
    f"INSERT INTO decisions({', '.join(_NAMES)}, owner) VALUES ({', '.join('?' * len(_NAMES))},"  # noqa: S608
    " coalesce((SELECT owner FROM threads WHERE thread_id=?), ?))"
)
_PAGE: Final = f"SELECT {_COLUMNS} FROM decisions WHERE thread_id=? AND seq>?"  # noqa: S608  # constants
FELT: Final = (
    "(SELECT CASE WHEN f.kind='correction' OR f.rating<0 THEN 0 WHEN f.rating>0 THEN 1 END FROM feedback f"
    " WHERE f.thread_id=d.thread_id AND f.run_id=d.run_id ORDER BY f.at DESC LIMIT 1)"
)
"""Whether the decision `d` was right, by what was thought of the answer."""
REVIEWED: Final = (
    "(SELECT w.route='approve' FROM decisions w WHERE w.thread_id=d.thread_id AND w.turn_id=d.turn_id"
    " AND w.kind='review' AND w.seq>d.seq ORDER BY w.seq LIMIT 1)"
)
"""Whether what the decision `d` sent to a person was approved as it was."""


class Decisions:
    """Stores decisions in the project's database.

    Args:
        database: The open database.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def aappend(self, decisions: Sequence[StoredDecision]) -> None:
        """Store decisions, in their order; each belongs to whoever has its thread."""
        if decisions:
            await self._database.awrite_soon(_append(decisions))

    async def page(
        self, thread_id: str, *, run_id: str | None, after: int, limit: int
    ) -> tuple[list[StoredDecision], bool]:
        """A page of a thread's decisions, oldest first, and whether there are more.

        Args:
            thread_id: The thread.
            run_id: Only of this run.
            after: The last seq already seen.
            limit: How many at most.
        """
        terms, values = ("", []) if run_id is None else (" AND run_id=?", [run_id])

        def work(connection: sqlite3.Connection) -> tuple[list[StoredDecision], bool]:
            query = f"{_PAGE}{terms} ORDER BY seq LIMIT ?"
            rows = connection.execute(query, (thread_id, after, *values, limit + 1)).fetchall()
            return [_stored(row) for row in rows[:limit]], len(rows) > limit

        return await self._database.aread(work)

    async def by_confidence(
        self, access: Access, *, since: str = "", until: str = "", thread_id: str = "", limit: int
    ) -> list[Judged]:
        """The latest decisions that were made by confidence and policy, the latest first.

        Args:
            access: Whose.
            since: Not before this moment, ISO 8601 in UTC; empty for any.
            until: Before this moment; empty for any.
            thread_id: Only of this thread; empty for all.
            limit: How many at most.
        """
        terms = {
            "d.tenant=?": access.tenant,
            "d.owner=?": access.owner,
            "d.thread_id=?": thread_id or None,
            "d.at>=?": since or None,
            "d.at<?": until or None,
        }
        given = {term: value for term, value in terms.items() if value is not None}
        query = (
            f"SELECT {_COLUMNS}, coalesce({FELT}, {REVIEWED}) FROM decisions d"  # noqa: S608  # constants
            f" WHERE kind='route' AND {' AND '.join(given)} ORDER BY d.at DESC, d.seq DESC LIMIT ?"
        )

        def work(connection: sqlite3.Connection) -> list[Judged]:
            rows = connection.execute(query, (*given.values(), limit))
            return [Judged(_stored(row[:-1]), None if row[-1] is None else bool(row[-1])) for row in rows]

        return await self._database.aread(work)


def _append(decisions: Sequence[StoredDecision]) -> Work[None]:
    rows = [
        (
            *(dump(one.details) if name == "details" else getattr(one, name) for name in _NAMES),
            one.thread_id,
            one.who,
        )
        for one in decisions
    ]

    def work(connection: sqlite3.Connection) -> None:
        connection.executemany(_INSERT, rows)

    return work


def _stored(row: tuple[Any, ...]) -> StoredDecision:
    values = dict(zip((*_NAMES, "seq"), row, strict=True))
    return StoredDecision(**{**values, "details": load(values["details"]) or {}})
