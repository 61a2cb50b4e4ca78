"""Callbacks: what is posted where when a run has ended, kept until it is delivered or given up."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from podium.storage.database import Database
from podium.storage.operations import Work

CallbackStatus: TypeAlias = Literal["waiting", "delivered", "failed"]

_COLUMNS = "callback_id, tenant, owner, run_id, url, payload, status, attempts, at, due_at, error"
_INSERT = f"INSERT OR IGNORE INTO callbacks({_COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?,?,?)"  # noqa: S608
_DUE = (
    f"SELECT {_COLUMNS} FROM callbacks WHERE status='waiting' AND (due_at<=? OR due_at>?)"  # noqa: S608
    " ORDER BY due_at, callback_id LIMIT ?"
)
_TAKE = "UPDATE callbacks SET due_at=?, attempts=attempts+1 WHERE callback_id=?"
_SETTLE = "UPDATE callbacks SET status=?, due_at=?, error=? WHERE callback_id=?"


@dataclass(frozen=True, slots=True)
class Callback:
    """One message.

    Attributes:
        callback_id: The same at each attempt.
        run_id: The run that it tells of.
        url: Where it goes.
        payload: A JSON object, as text.
        at: When the run ended, ISO 8601 in UTC.
        due_at: When it is tried next; while it is tried, when it is tried again if nothing is heard of it.
        tenant: Whose installation.
        owner: Who asked for the run.
        status: Where it stands.
        attempts: How often it was tried.
        error: Why the last attempt failed; never what was sent.
    """

    callback_id: str
    run_id: str
    url: str
    payload: str
    at: str
    due_at: str
    tenant: str = ""
    owner: str = ""
    status: CallbackStatus = "waiting"
    attempts: int = 0
    error: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """What is to be tried now.

    Attributes:
        callbacks: These; nobody else takes them for a while.
        next_due: When the next ones are due; None while none waits.
    """

    callbacks: Sequence[Callback]
    next_due: str | None


class Callbacks:
    """Stores callbacks in the project's database.

    Args:
        database: The open database.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, run_id: str) -> list[Callback]:
        """What is told of a run."""
        query = f"SELECT {_COLUMNS} FROM callbacks WHERE run_id=?"  # noqa: S608  # constants
        return self._database.read(
            lambda connection: [_callback(row) for row in connection.execute(query, (run_id,))]
        )

    async def atake(self, *, now: str, until: str, horizon: str, limit: int) -> Taken:
        """Take what is due.

        Args:
            now: The moment.
            until: When it is due again if nothing is heard of it.
            horizon: Nothing is put off for longer: what is due after it was put off by a wrong clock.
            limit: How many at most.
        """

        def work(connection: sqlite3.Connection) -> Taken:
            found = [_callback(row) for row in connection.execute(_DUE, (now, horizon, limit)).fetchall()]
            connection.executemany(_TAKE, [(until, one.callback_id) for one in found])
            query = "SELECT min(due_at) FROM callbacks WHERE status='waiting'"
            return Taken(found, connection.execute(query).fetchone()[0])

        # A write even where nothing is due: by then, what was noted before it was asked for is committed.
        return await self._database.awrite(work)

    async def asettle(self, taken: Callback, status: CallbackStatus, *, due_at: str, error: str = "") -> None:
        """Note what became of an attempt.

        Args:
            taken: What was tried.
            status: Where it stands.
            due_at: When that was, or when it is tried again.
            error: Why it could not be delivered.
        """
        await self._database.aexecute_soon(_SETTLE, (status, due_at, error, taken.callback_id))

    def give_back(self, taken: Callback, due_at: str) -> None:
        """Have an attempt made again that was broken off; returns before that is stored.

        Args:
            taken: What was tried.
            due_at: When it is tried again.
        """
        row = ("waiting", due_at, "stopped before it was answered", taken.callback_id)
        self._database.submit(lambda connection: connection.execute(_SETTLE, row))

    async def aforget(self, before: str) -> None:
        """Drop what was delivered and tells of what happened before a moment."""
        await self._database.aexecute_soon(
            "DELETE FROM callbacks WHERE status='delivered' AND at<?", (before,)
        )


def noting(callback: Callback) -> Work[None]:
    """What keeps a callback until it is delivered; one that is there is left alone."""
    row = tuple(getattr(callback, name) for name in _COLUMNS.split(", "))

    def work(connection: sqlite3.Connection) -> None:
        connection.execute(_INSERT, row)

    return work


def _callback(row: Sequence[Any]) -> Callback:
    return Callback(**dict(zip(_COLUMNS.split(", "), row, strict=True)))
