"""What runs have spent, added up; and the runs of turns, filtered."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, TypeAlias

from podium.core.principal import Access
from podium.storage.database import Database
from podium.storage.json_text import load
from podium.storage.turns import SPENT, turns

UsageKey: TypeAlias = Literal["thread", "model", "day"]
_SUMS: Final = ", ".join(f"sum({name})" for name in SPENT)
_KEYS: Final[dict[UsageKey, str]] = {"thread": "thread_id", "day": "substr(at, 1, 10)"}
_INPUT: Final = """json_extract(e.payload, '$.attributes."gen_ai.usage.input_tokens"')"""
_OUTPUT: Final = """json_extract(e.payload, '$.attributes."gen_ai.usage.output_tokens"')"""
_COST: Final = """json_extract(e.payload, '$.attributes."podium.usage.cost"')"""
_BY_MODEL: Final = (
    "SELECT json_extract(e.payload, '$.name') AS model,"  # noqa: S608  # constants
    " count(DISTINCT r.thread_id || ' ' || r.turn_id), 0, count(*),"
    f" coalesce(sum({_INPUT}), 0), coalesce(sum({_OUTPUT}), 0), coalesce(sum({_COST}), 0),"
    f" sum({_COST} IS NULL), coalesce(sum(json_extract(e.payload, '$.seconds')), 0)"
    " FROM events e JOIN runs r ON r.run_id=e.run_id WHERE e.kind='span.model' AND"
)
_RUN: Final = "run_id, thread_id, owner, kind, status, graph, started_at, ended_at, models, usage, error"


@dataclass(frozen=True, slots=True)
class Spent:
    """What was spent under one key.

    Attributes:
        key: The thread, the day in UTC, or the model.
        runs: In how many turns, each counted where it began.
        steps: Nodes that ran; 0 by model.
        model_calls: Exchanges with models.
        input_tokens: As the models counted them.
        output_tokens: The same.
        cost: In the currency of the price table, as far as it is known.
        unpriced: Calls whose cost is not known.
        seconds: That the turns, or the calls, took.
    """

    key: str
    runs: int
    steps: int
    model_calls: int
    input_tokens: int
    output_tokens: int
    cost: float
    unpriced: int
    seconds: float


@dataclass(frozen=True, slots=True)
class RunFilter:
    """Which turns; what is empty does not matter.

    Attributes:
        thread_id: Of this thread.
        status: In this status.
        graph: Of this graph.
        since: Begun not before this moment, ISO 8601 in UTC.
        until: Begun before this moment.
    """

    thread_id: str = ""
    status: str = ""
    graph: str = ""
    since: str = ""
    until: str = ""


class Spending:
    """Reads turns and what they spent.

    Args:
        database: The open database.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def by(
        self, key: UsageKey, access: Access, wanted: RunFilter, *, limit: int = 1_000
    ) -> list[Spent]:
        """What was spent, added up: the latest days first, else what cost most first.

        Args:
            key: By what.
            access: Whose.
            wanted: Of which turns.
            limit: How many rows at most.
        """
        if key == "model":
            where, values = _where(access, wanted)
            query = f"{_BY_MODEL} {where} GROUP BY model ORDER BY 7 DESC, 4 DESC LIMIT ?"
        else:
            where, values = _where(access, replace(wanted, until=""))
            begun = turns(where, until="?" if wanted.until else "")
            values += [wanted.until] if wanted.until else []
            order = "1 DESC" if key == "day" else "7 DESC, 9 DESC"
            query = (
                f"SELECT {_KEYS[key]}, count(*), {_SUMS} FROM ({begun})"  # noqa: S608  # constants
                f" GROUP BY 1 ORDER BY {order} LIMIT ?"
            )

        def work(connection: sqlite3.Connection) -> list[Spent]:
            return [Spent(*row) for row in connection.execute(query, (*values, limit))]

        return await self._database.aread(work)

    async def runs(
        self, access: Access, wanted: RunFilter, *, limit: int, offset: int
    ) -> tuple[list[dict[str, Any]], int]:
        """One page of turns, the latest first, and how many there are in all.

        Args:
            access: Whose.
            wanted: Which.
            limit: How many at most.
            offset: How many to leave out.
        """
        where, values = _where(access, wanted)
        page = (
            f"SELECT {_RUN} FROM runs r WHERE {where} ORDER BY started_at DESC, rowid DESC LIMIT ? OFFSET ?"  # noqa: S608
        )
        count = f"SELECT count(*) FROM runs r WHERE {where}"  # noqa: S608

        def work(connection: sqlite3.Connection) -> tuple[list[dict[str, Any]], int]:
            rows = connection.execute(page, (*values, limit, offset)).fetchall()
            return [_told(row) for row in rows], connection.execute(count, values).fetchone()[0]

        return await self._database.aread(work)


def _where(access: Access, wanted: RunFilter) -> tuple[str, list[str]]:
    terms = {
        "r.tenant=?": access.tenant,
        "r.owner=?": access.owner,
        "r.thread_id=?": wanted.thread_id,
        "r.status=?": wanted.status,
        "r.graph=?": wanted.graph,
        "r.started_at>=?": wanted.since,
        "r.started_at<?": wanted.until,
    }
    given = {term: value for term, value in terms.items() if value or term == "r.tenant=?"}
    return " AND ".join(given), [value or "" for value in given.values()]


def _told(row: tuple[Any, ...]) -> dict[str, Any]:
    told = dict(zip(_RUN.split(", "), row, strict=True))
    told.update({name: load(told[name]) for name in ("models", "usage", "error")})
    return told
