"""Taking a run on: its thread, the runs before it, and its place in the queue, in one write."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias, assert_never

from podium.core.clock import Clock, to_iso
from podium.core.errors import Conflict, NotFound, Overloaded, ThreadBusy
from podium.core.principal import Access, told_of
from podium.runtime.serving.input import brings_input
from podium.storage.askers import owner_of
from podium.storage.json_text import dump, load
from podium.storage.leases import Lease, ThreadLeases
from podium.storage.operations import Work
from podium.storage.run_requests import ASKER, RunRequest, active_runs, insert, runs_of

Multitask: TypeAlias = Literal["reject", "enqueue", "interrupt", "rollback"]


@dataclass(frozen=True, slots=True)
class Offer:
    """A run that somebody asks for.

    Attributes:
        run: The run.
        access: What the caller may see.
        strategy: What it means for the runs of the thread that have not ended.
        creates: Whether its thread is made when there is none.
        also: What else is stored in the write that takes it on; where that fails, it is not taken on.
    """

    run: RunRequest
    access: Access
    strategy: Multitask = "enqueue"
    creates: bool = False
    also: Work[None] | None = None


@dataclass(frozen=True, slots=True)
class Accepted:
    """What became of an offer.

    Attributes:
        run: The run as it is stored.
        lease: The right to carry it out here at once; None where it waits.
        superseded: Runs before it that are to be cancelled for it.
    """

    run: RunRequest
    lease: Lease | None = None
    superseded: tuple[RunRequest, ...] = ()


@dataclass(frozen=True, slots=True)
class Desk:
    """Takes runs on.

    Attributes:
        leases: Who may work on which thread.
        clock: Dates what happens.
        max_waiting: How many runs may wait at most, over all threads.
    """

    leases: ThreadLeases
    clock: Clock
    max_waiting: int

    def accepting(self, offer: Offer, *, starts: bool) -> Work[Accepted]:
        """What stores a run, and claims it where it can begin at once.

        Args:
            offer: What is asked for.
            starts: Whether there is room to carry it out here now.

        Raises:
            NotFound: The thread is not there, or another's.
            Conflict: The thread has an active run, and the strategy is to reject.
            Overloaded: Too many runs wait already.
        """
        now = to_iso(self.clock.now())

        def work(connection: sqlite3.Connection) -> Accepted:
            run = offer.run
            if offer.also is not None:
                offer.also(connection)
            if not run.temporary:
                owner = _enter_thread(connection, offer, now)
                run = _for_whoever_asked(connection, run, owner)
            before = [] if run.temporary else active_runs(connection, run.thread_id)
            superseded = _superseded(offer, before)
            begins = starts and not before and not run.due_at
            if not begins:
                self._check_room(connection)
            lease = self._lease(connection, run.thread_id) if begins else None
            stored = replace(run, created_at=now, updated_at=now)
            if lease is not None:
                stored = replace(stored, status="running", holder=lease.holder, attempt=1, started_at=now)
            insert(connection, stored)
            for one in superseded:
                connection.execute(
                    "UPDATE run_requests SET wanted=?, updated_at=? WHERE run_id=?",
                    (offer.strategy, now, one.run_id),
                )
            return Accepted(stored, lease, superseded)

        return work

    def _check_room(self, connection: sqlite3.Connection) -> None:
        query = "SELECT count(*) FROM (SELECT 1 FROM run_requests WHERE status='pending' LIMIT ?)"
        waiting = connection.execute(query, (self.max_waiting,)).fetchone()[0]
        if waiting >= self.max_waiting:
            raise Overloaded(
                f"{waiting} runs wait already", hint="Ask again in a moment; see max_waiting in [server]."
            )

    def _lease(self, connection: sqlite3.Connection, thread_id: str) -> Lease | None:
        try:
            return self.leases.acquiring(thread_id)(connection)
        except ThreadBusy:  # somebody works on it without the server, from the command line say
            return None


def _for_whoever_asked(connection: sqlite3.Connection, run: RunRequest, owner: str) -> RunRequest:
    """A run that has another's thread go on, with who asked noted in it: it asks for nothing itself."""
    acts = run.principal.id
    if acts == owner or brings_input(run):
        return run
    asked = next(filter(brings_input, runs_of(connection, run.thread_id)), None)
    asker = asked.principal if asked else owner_of(connection, run.thread_id, run.tenant, owner)
    return run if asker.id == acts else replace(run, kwargs={**run.kwargs, ASKER: told_of(asker)})


def _enter_thread(connection: sqlite3.Connection, offer: Offer, now: str) -> str:
    """Make sure that the thread is there and the caller's, and note what runs in it; its owner."""
    run = offer.run
    row = connection.execute(
        "SELECT tenant, owner, metadata FROM threads WHERE thread_id=?", (run.thread_id,)
    ).fetchone()
    names = {"graph_id": run.graph_id, "assistant_id": run.assistant_id}
    if row is None:
        if not offer.creates:
            raise unknown_thread(run.thread_id)
        connection.execute(
            "INSERT INTO threads(thread_id, tenant, owner, status, created_at, updated_at, metadata)"
            " VALUES (?,?,?,?,?,?,?)",
            (run.thread_id, run.tenant, run.owner, "busy", now, now, dump({**names, **_told(run.metadata)})),
        )
        return run.owner
    tenant, owner, metadata = row
    if tenant != offer.access.tenant or offer.access.owner not in (None, owner):
        raise unknown_thread(run.thread_id)
    held = load(metadata) or {}
    changed = dump({**held, **names}) if any(held.get(k) != v for k, v in names.items()) else metadata
    connection.execute(
        "UPDATE threads SET status='busy', updated_at=?, metadata=? WHERE thread_id=?",
        (now, changed, run.thread_id),
    )
    return str(owner)


def _told(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """What a thread that a run makes is told of it, so that it is found by it."""
    return {name: value for name, value in metadata.items() if not name.startswith("__")}


def _superseded(offer: Offer, before: list[RunRequest]) -> tuple[RunRequest, ...]:
    if not before:
        return ()
    match offer.strategy:
        case "enqueue":
            return ()
        case "reject":
            raise Conflict(
                f"thread {offer.run.thread_id} has a run that has not ended",
                hint="Wait for it, cancel it, or ask with multitask_strategy 'enqueue'.",
            )
        case "interrupt" | "rollback":
            return tuple(before)
    assert_never(offer.strategy)


def unknown_thread(thread_id: str) -> NotFound:
    """The error of whoever asks for a thread that is not there, or not theirs."""
    return NotFound(
        f"no thread {thread_id}", hint="Make it with POST /threads, or search for those there are."
    )
