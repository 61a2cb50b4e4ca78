"""A run that had stored what it waits for, and died before it said so, is told of as any other."""

from __future__ import annotations

import socket
from datetime import datetime
from typing import Any, Protocol

import pytest
from langgraph.checkpoint.base import empty_checkpoint

from podium.storage import Database
from podium.storage.abandoned import settle_waiting
from podium.storage.audit import AuditLog
from podium.storage.checkpointer import PodiumSaver
from podium.storage.leases import ThreadLeases
from podium.storage.runs import RunRecord, RunRecords
from podium.storage.threads import ThreadRecords


class MovableClock(Protocol):
    def now(self) -> datetime: ...
    def move(self, seconds: float) -> None: ...


def left(database: Database, thread: str = "thread", *, kind: str = "ask", waits: bool = True) -> None:
    """A thread as a process left it that was killed during a run."""
    ThreadRecords(database).ensure(thread)
    RunRecords(database).start_run(RunRecord(run_id=f"run-{thread}", thread_id=thread, kind=kind))
    saver = PodiumSaver(database)
    place: Any = {"configurable": {"thread_id": thread, "checkpoint_ns": ""}}
    place = saver.put(place, empty_checkpoint(), {"step": 0}, {})
    saver.put_writes(place, [("__interrupt__" if waits else "answer", ("value",))], "task")


def status_of(database: Database, thread: str = "thread") -> str:
    return RunRecords(database).get_run(f"run-{thread}").status


def test_it_ends_as_interrupted_with_its_record(database: Database, clock: MovableClock) -> None:
    left(database)
    assert settle_waiting(database, clock) == 1
    assert status_of(database) == "interrupted"
    assert ThreadRecords(database).get("thread").status == "interrupted"
    last = AuditLog(database).records()[-1]
    assert (last.kind, last.data["status"], last.thread_id) == ("end", "interrupted", "thread")
    assert AuditLog(database).check().fault is None


def test_it_is_settled_once(database: Database, clock: MovableClock) -> None:
    left(database)
    settle_waiting(database, clock)
    assert settle_waiting(database, clock) == 0


def test_a_run_whose_process_works_on_it_is_left_alone(database: Database, clock: MovableClock) -> None:
    left(database)
    lease = ThreadLeases(database, clock).acquire("thread", 60)
    assert settle_waiting(database, clock) == 0
    ThreadLeases(database, clock).release(lease)
    assert settle_waiting(database, clock) == 1


@pytest.mark.parametrize("holder", ["{host}:999999999:1", "elsewhere:1:1"])
def test_a_lease_of_a_dead_process_or_one_that_has_expired_does_not_count(
    holder: str, database: Database, clock: MovableClock
) -> None:
    left(database)
    ThreadLeases(database, clock, holder.format(host=socket.gethostname())).acquire("thread", 60)
    if holder.startswith("elsewhere"):
        assert settle_waiting(database, clock) == 0
        clock.move(61)
    assert settle_waiting(database, clock) == 1


def test_a_run_that_waits_for_nobody_is_left_to_the_next_turn(
    database: Database, clock: MovableClock
) -> None:
    left(database, waits=False)
    assert settle_waiting(database, clock) == 0
    assert status_of(database) == "running"


def test_a_run_that_another_graph_leads_is_left_alone(database: Database, clock: MovableClock) -> None:
    left(database, kind="graph")
    assert settle_waiting(database, clock) == 0


def test_where_nothing_was_left_nothing_is_written(database: Database, clock: MovableClock) -> None:
    before = database.stats.operations
    assert settle_waiting(database, clock) == 0
    assert database.stats.operations == before
