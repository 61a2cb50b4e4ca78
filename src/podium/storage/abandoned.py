"""Runs whose process ended after it had stored what it waits for, and before it said so."""

from __future__ import annotations

import sqlite3
from typing import Final

from podium.core.audit import AuditEntry
from podium.core.clock import Clock, to_iso
from podium.storage.audit_rows import append
from podium.storage.database import Database
from podium.storage.leases import is_alive
from podium.storage.runs import RUNNING

_INTERRUPT: Final = "__interrupt__"
"""LangGraph's channel for what a task waits for."""
_LED_BY_OTHERS: Final = "graph"
"""The kind of a run that another graph leads, which holds no lease: it may be alive."""
_RUNNING: Final = (
    "SELECT r.run_id, r.thread_id, r.tenant, l.holder, l.expires_at FROM runs AS r"
    " LEFT JOIN thread_leases AS l ON l.thread_id=r.thread_id WHERE r.status=? AND r.kind<>?"
)
_HEAD: Final = (
    "SELECT checkpoint_id FROM checkpoints WHERE thread_id=? AND checkpoint_ns='' ORDER BY seq DESC LIMIT 1"
)
_WRITES: Final = (
    "SELECT entries FROM checkpoint_writes WHERE thread_id=? AND checkpoint_ns='' AND checkpoint_id=?"
)


def settle_waiting(database: Database, clock: Clock) -> int:
    """End such runs as interrupted, with their records, as their process would have done; how many.

    Args:
        database: The open database, which holds the threads' checkpoints.
        clock: Decides which leases have expired, and dates the ends.
    """
    now = to_iso(clock.now())

    def find(connection: sqlite3.Connection) -> list[tuple[str, str, str]]:
        rows = connection.execute(_RUNNING, (RUNNING, _LED_BY_OTHERS)).fetchall()
        return [
            (run, thread, tenant)
            for run, thread, tenant, holder, until in rows
            if not (holder is not None and until > now and is_alive(holder)) and _waits(connection, thread)
        ]

    def settle(connection: sqlite3.Connection) -> int:
        return sum(_settle(connection, *run, at=now) for run in find(connection))

    return database.write(settle) if database.read(find) else 0


def _waits(connection: sqlite3.Connection, thread_id: str) -> bool:
    from podium.storage.checkpoint_codec import unpack_entries  # LangGraph, where a run was left at all

    head = connection.execute(_HEAD, (thread_id,)).fetchone()
    if head is None:
        return False
    writes = connection.execute(_WRITES, (thread_id, head[0]))
    return any(unpack_entries(packed, (_INTERRUPT,)) for (packed,) in writes)


def _settle(connection: sqlite3.Connection, run_id: str, thread_id: str, tenant: str, *, at: str) -> int:
    connection.execute("UPDATE runs SET status='interrupted', ended_at=? WHERE run_id=?", (at, run_id))
    connection.execute("UPDATE threads SET status='interrupted' WHERE thread_id=?", (thread_id,))
    facts = {"status": "interrupted", "error": ""}
    append(connection, [AuditEntry("end", at, "runs", dict(facts), None, thread_id, run_id, tenant)])
    return 1
