"""Who asked: kept with the run that admitted a turn, so that nobody who has it go on stands in for them."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any

from podium.core.model import JsonObject, JsonValue
from podium.core.principal import Principal
from podium.storage.database import Database
from podium.storage.json_text import load

_KEY = "asker"
"""Among what a run's record says of its input."""
_FIND = (
    "WITH RECURSIVE line(thread_id) AS (SELECT ? UNION SELECT forks.source FROM forks JOIN line"
    " ON forks.thread_id=line.thread_id) SELECT tenant, owner, input FROM runs WHERE run_id=?"
    " AND thread_id IN (SELECT thread_id FROM line)"
)
NOBODY = Principal("nobody", "")
"""Stands in where nobody knows who asked; they may read what everybody may."""


def with_asker(facts: Mapping[str, Any], asker: Principal) -> dict[str, Any]:
    """What a run's record says of its input, with who asked.

    Args:
        facts: What else it says.
        asker: Who.
    """
    roles: list[JsonValue] = [*sorted(asker.roles)]
    told: JsonObject = {"id": asker.id, "tenant": asker.tenant, "roles": roles}
    return {**facts, _KEY: told}


def asker_in(tenant: str, owner: str, facts: Any) -> Principal:
    """Who asked, as a run's record says; whoever started it, without their roles, in one of an older version.

    Args:
        tenant: The run's tenant.
        owner: Who started it.
        facts: What its record says of its input.
    """
    told = (facts or {}).get(_KEY)
    if told is None:
        return Principal(owner, tenant)
    return Principal(told["id"], told["tenant"], frozenset(told["roles"]))


class Askers:
    """Tells who asked for a turn.

    Args:
        database: The open database.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, thread_id: str, run_id: str) -> Principal:
        """Who asked for the turn that a run admitted; nobody where no such run is on record.

        Args:
            thread_id: The thread; the run may be of one that it was copied from.
            run_id: The run that admitted the turn.
        """

        def work(connection: sqlite3.Connection) -> Principal:
            row = connection.execute(_FIND, (thread_id, run_id)).fetchone()
            return NOBODY if row is None else asker_in(row[0], row[1], load(row[2]))

        return await self._database.aread(work)
