"""Who asked: kept with the run that admitted a turn, so that nobody who has it go on stands in for them."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any

from podium.core.principal import Principal, principal_in, told_of
from podium.storage.database import Database
from podium.storage.json_text import load
from podium.storage.run_requests import ACTS, ROLES

_KEY = "asker"
"""Among what a run's record says of its input."""
_FIND = (
    "WITH RECURSIVE line(thread_id) AS (SELECT ? UNION SELECT forks.source FROM forks JOIN line"
    " ON forks.thread_id=line.thread_id) SELECT tenant, owner, input FROM runs WHERE run_id=?"
    " AND thread_id IN (SELECT thread_id FROM line)"
)
_OWNER = "SELECT tenant, owner FROM threads WHERE thread_id=?"
_SERVED = "SELECT kwargs FROM run_requests WHERE thread_id=? AND tenant=? AND owner=? ORDER BY seq DESC"
_LED = (
    "SELECT input FROM runs WHERE thread_id=? AND tenant=? AND owner=? ORDER BY started_at DESC, rowid DESC"
    " LIMIT 1"
)
_LEAST = frozenset({"viewer"})
NOBODY = Principal("nobody", "")
"""Stands in where nobody knows who asked; they may read what everybody may."""


def with_asker(facts: Mapping[str, Any], asker: Principal) -> dict[str, Any]:
    """What a run's record says of its input, with who asked.

    Args:
        facts: What else it says.
        asker: Who.
    """
    return {**facts, _KEY: told_of(asker)}


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
    return principal_in(told)


class Askers:
    """Tells who asked for a turn.

    Args:
        database: The open database.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, thread_id: str, run_id: str) -> tuple[Principal, ...]:
        """Who asked for the turn that a run admitted, and whose the thread is that what is found stands in.

        Nobody asked where no such run is on record.

        Args:
            thread_id: The thread; the run may be of one that it was copied from.
            run_id: The run that admitted the turn.
        """

        def work(connection: sqlite3.Connection) -> tuple[Principal, ...]:
            row = connection.execute(_FIND, (thread_id, run_id)).fetchone()
            asker = NOBODY if row is None else asker_in(row[0], row[1], load(row[2]))
            owner = connection.execute(_OWNER, (thread_id,)).fetchone()
            if owner is None or tuple(owner) in (("", ""), (asker.tenant, asker.id)):
                return (asker,)
            return asker, owner_of(connection, thread_id, *owner)

        return await self._database.aread(work)


def owner_of(connection: sqlite3.Connection, thread_id: str, tenant: str, owner: str) -> Principal:
    """Whose a thread is, with the roles that they had when they last ran something in it.

    Where nobody knows those, they may look: without any role, the user of the machine may do all.

    Args:
        connection: Reads.
        thread_id: The thread.
        tenant: Its tenant.
        owner: Its owner's id.
    """
    place = (thread_id, tenant, owner)
    for (kwargs,) in connection.execute(_SERVED, place):
        told = load(kwargs) or {}
        if ACTS not in told:  # else it was another's word
            return Principal(owner, tenant, frozenset(told.get(ROLES) or ()))
    if (led := connection.execute(_LED, place).fetchone()) is not None:
        found = asker_in(tenant, owner, load(led[0]))
        if found.id == owner:
            return found
    return Principal(owner, tenant, _LEAST)
