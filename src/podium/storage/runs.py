"""Runs: one row for each turn of a graph, with what went in, what came out and what it used.

That a run began, and how it ended, is put on record in the audit chain by the same transaction.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import astuple, dataclass, fields
from typing import Any

from podium.core.audit import AuditEntry
from podium.core.clock import Clock, SystemClock, to_iso
from podium.core.errors import NotFound
from podium.storage.audit_rows import append
from podium.storage.database import Database
from podium.storage.json_text import dump, load
from podium.storage.operations import Work

_JSON = ("input", "output", "models", "prompts", "usage", "error")
RUNNING = "running"


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One run.

    Attributes:
        run_id: Unique.
        thread_id: The thread it belongs to.
        tenant: Whose installation.
        owner: Whose thread.
        turn_id: The user message that it answers; kept by retry, resume and replay.
        kind: What started it: ask, resume, rollback, …
        status: `running` until it ended, then its outcome.
        graph: The graph's name.
        started_at: ISO 8601 in UTC.
        ended_at: The same; None while it runs.
        input: What went in, JSON values; likewise the next ones.
        output: What came out.
        models: Model names by role.
        prompts: Prompt versions by role.
        policy_version: The policy in force.
        usage: Steps, calls, tokens, money, seconds.
        error: Code, message and hint when it failed.
    """

    run_id: str
    thread_id: str
    tenant: str = ""
    owner: str = ""
    turn_id: str = ""
    kind: str = ""
    status: str = RUNNING
    graph: str = ""
    started_at: str = ""
    ended_at: str | None = None
    input: Any = None
    output: Any = None
    models: Any = None
    prompts: Any = None
    policy_version: str = ""
    usage: Any = None
    error: Any = None


_NAMES = [field.name for field in fields(RunRecord)]
_SELECT = f"SELECT {', '.join(_NAMES)} FROM runs"  # noqa: S608  # the dataclass's own names
_INSERT = f"INSERT INTO runs({', '.join(_NAMES)}) VALUES ({', '.join('?' * len(_NAMES))})"  # noqa: S608
_FINISH = "UPDATE runs SET status=?, ended_at=?, output=?, usage=?, error=? WHERE run_id=?"


class RunRecords:
    """Stores runs in the project's database.

    Args:
        database: The open database.
        clock: Dates starts and ends.
        ended: Told that a run has ended, once that is stored; it returns soon and does not raise.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock | None = None,
        *,
        ended: Callable[[], None] | None = None,
    ) -> None:
        self._database = database
        self._clock = clock or SystemClock()
        self._ended = ended or _nobody

    def start_run(self, run: RunRecord) -> None:
        """Store a run that begins now, or at its `started_at`."""
        self._database.write(self._start(run))

    async def astart_run(self, run: RunRecord) -> None:
        """Async twin of `start_run`."""
        await self._database.awrite_soon(self._start(run))

    async def aensure_run(self, run: RunRecord) -> None:
        """Store a run that begins now, unless it is stored already: of several beginners one is the first."""
        begin = self._start(run)

        def work(connection: sqlite3.Connection) -> None:
            if connection.execute("SELECT 1 FROM runs WHERE run_id=?", (run.run_id,)).fetchone() is None:
                begin(connection)

        await self._database.awrite_soon(work)

    def finish_run(
        self,
        run_id: str,
        status: str,
        *,
        output: Any = None,
        usage: Mapping[str, Any] | None = None,
        error: Mapping[str, Any] | None = None,
    ) -> None:
        """Store how a run ended.

        Raises:
            NotFound: There is no such run.
        """
        self._database.write(self._finish(run_id, status, output, usage, error))
        self._ended()

    async def afinish_run(
        self,
        run_id: str,
        status: str,
        *,
        output: Any = None,
        usage: Mapping[str, Any] | None = None,
        error: Mapping[str, Any] | None = None,
    ) -> None:
        """Async twin of `finish_run`."""
        await self._database.awrite_soon(self._finish(run_id, status, output, usage, error))
        self._ended()

    def get_run(self, run_id: str) -> RunRecord:
        """The run with this id.

        Raises:
            NotFound: There is none.
        """
        row = self._database.read(
            lambda connection: connection.execute(f"{_SELECT} WHERE run_id=?", (run_id,)).fetchone()
        )
        if row is None:
            raise _unknown(run_id)
        return _record(row)

    def list_runs(
        self, thread_id: str | None = None, *, status: str | None = None, limit: int = 100
    ) -> list[RunRecord]:
        """Runs, the latest first, of a thread and in a status when these are given."""
        terms = [(name, value) for name, value in (("thread_id", thread_id), ("status", status)) if value]
        where = f" WHERE {' AND '.join(f'{name}=?' for name, _ in terms)}" if terms else ""
        query = f"{_SELECT}{where} ORDER BY started_at DESC, rowid DESC LIMIT ?"
        values = [*(value for _, value in terms), limit]
        return self._database.read(
            lambda connection: [_record(row) for row in connection.execute(query, values)]
        )

    def _start(self, run: RunRecord) -> Work[None]:
        values = dict(zip(_NAMES, astuple(run), strict=True))
        values["started_at"] = run.started_at or to_iso(self._clock.now())
        values.update({name: dump(getattr(run, name)) for name in _JSON})
        row = tuple(values.values())
        entry = _began(run, values["started_at"])

        def work(connection: sqlite3.Connection) -> None:
            connection.execute(_INSERT, row)
            append(connection, [entry])

        return work

    def _finish(self, run_id: str, status: str, output: Any, usage: Any, error: Any) -> Work[None]:
        ended_at = to_iso(self._clock.now())
        row = (status, ended_at, dump(output), dump(usage), dump(error), run_id)
        facts = {"status": status, "error": (error or {}).get("code", "")}

        def work(connection: sqlite3.Connection) -> None:
            if connection.execute(_FINISH, row).rowcount == 0:
                raise _unknown(run_id)
            run = connection.execute(
                "SELECT thread_id, tenant FROM runs WHERE run_id=?", (run_id,)
            ).fetchone()
            append(connection, [AuditEntry("end", ended_at, "runs", facts, None, run[0], run_id, run[1])])

        return work


def _nobody() -> None:
    """Nobody wants to know."""


def _began(run: RunRecord, at: str) -> AuditEntry:
    data = {
        "started_by": run.kind,
        "turn": run.turn_id,
        "graph": run.graph,
        "models": run.models or {},
        "prompts": run.prompts or {},
        "policy": run.policy_version,
    }
    return AuditEntry("run", at, run.owner, data, None, run.thread_id, run.run_id, run.tenant)


def _record(row: tuple[Any, ...]) -> RunRecord:
    values = dict(zip(_NAMES, row, strict=True))
    values.update({name: load(values[name]) for name in _JSON})
    return RunRecord(**values)


def _unknown(run_id: str) -> NotFound:
    return NotFound(f"no run {run_id}", hint="List the runs of the thread to find it.")
