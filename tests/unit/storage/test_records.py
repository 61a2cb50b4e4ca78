"""Runs, threads, feedback and events."""

from __future__ import annotations

import asyncio
import sqlite3
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from podium.core.errors import NotFound
from podium.storage import (
    Database,
    EventRecord,
    FeedbackRecord,
    FeedbackRecords,
    RunRecord,
    RunRecords,
    SqlEventLog,
    ThreadRecords,
)
from podium.storage.audit import AuditLog

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@pytest.fixture
def runs(database: Database, clock: Any) -> RunRecords:
    return RunRecords(database, clock)


@pytest.fixture
def threads(database: Database, clock: Any) -> ThreadRecords:
    return ThreadRecords(database, clock)


@pytest.fixture
def events(database: Database, clock: Any) -> SqlEventLog:
    return SqlEventLog(database, clock)


def test_a_run_is_running_until_it_is_finished(runs: RunRecords, clock: Any) -> None:
    runs.start_run(
        RunRecord("r", "t", tenant="acme", kind="ask", input={"text": "hé"}, models={"planner": "m"})
    )
    assert (runs.get_run("r").status, runs.get_run("r").ended_at) == ("running", None)
    clock.move(1.5)
    runs.finish_run("r", "failed", output={"answer": "x"}, usage={"steps": 3}, error={"code": "c"})
    run = runs.get_run("r")
    assert (run.status, run.tenant, run.input, run.models) == (
        "failed",
        "acme",
        {"text": "hé"},
        {"planner": "m"},
    )
    assert (run.output, run.usage, run.error) == ({"answer": "x"}, {"steps": 3}, {"code": "c"})
    assert (run.started_at, run.ended_at) == ("2026-01-02T03:04:05.000000Z", "2026-01-02T03:04:06.500000Z")


async def test_a_run_that_several_begin_is_begun_once(runs: RunRecords, database: Database) -> None:
    beginners = [RunRecord("r", "t", kind="call", input={"who": number}) for number in range(8)]
    await asyncio.gather(*(runs.aensure_run(run) for run in beginners))
    assert len(runs.list_runs("t")) == 1
    assert [record.kind for record in AuditLog(database).records()] == ["run"]


def test_unknown_runs_are_not_found(runs: RunRecords) -> None:
    with pytest.raises(NotFound, match="no run x"):
        runs.get_run("x")
    with pytest.raises(NotFound, match="no run x"):
        runs.finish_run("x", "completed")


def test_runs_are_listed_latest_first_by_thread_and_status(runs: RunRecords, clock: Any) -> None:
    for number in range(4):
        runs.start_run(RunRecord(f"r{number}", "t" if number < 3 else "u"))
        clock.move(1)
    runs.finish_run("r1", "completed")
    assert [run.run_id for run in runs.list_runs()] == ["r3", "r2", "r1", "r0"]
    assert [run.run_id for run in runs.list_runs("t", limit=2)] == ["r2", "r1"]
    assert [run.run_id for run in runs.list_runs("t", status="running")] == ["r2", "r0"]


async def test_async_twins_of_runs_and_threads(runs: RunRecords, threads: ThreadRecords) -> None:
    await threads.aensure("t", owner="ann")
    await threads.atouch("t", status="busy")
    await runs.astart_run(RunRecord("r", "t"))
    await runs.afinish_run("r", "completed")
    assert (threads.get("t").status, runs.get_run("r").status) == ("busy", "completed")


def test_ensuring_a_thread_again_changes_nothing(threads: ThreadRecords, clock: Any) -> None:
    first = threads.ensure("t", tenant="acme", owner="ann", title="Hello", metadata={"a": [1]})
    clock.move(1)
    assert threads.ensure("t", owner="bob", title="Other") == first
    assert threads.get("t") == first


def test_touching_a_thread_sets_only_what_is_given(threads: ThreadRecords, clock: Any) -> None:
    threads.ensure("t", title="Hello", metadata={"a": 1})
    clock.move(1)
    threads.touch("t", status="interrupted")
    thread = threads.get("t")
    assert (thread.title, thread.status, thread.metadata) == ("Hello", "interrupted", {"a": 1})
    assert thread.updated_at > thread.created_at
    threads.touch("t", title="Bye", metadata={})
    assert (threads.get("t").title, threads.get("t").metadata) == ("Bye", {})


def test_unknown_threads_are_not_found(threads: ThreadRecords) -> None:
    with pytest.raises(NotFound, match="no thread x"):
        threads.get("x")
    with pytest.raises(NotFound, match="no thread x"):
        threads.touch("x")


def test_threads_are_listed_last_changed_first_by_tenant_and_owner(
    threads: ThreadRecords, clock: Any
) -> None:
    for number in range(4):
        threads.ensure(
            f"t{number}", tenant="acme" if number else "other", owner="ann" if number % 2 else "bob"
        )
        clock.move(1)
    threads.touch("t1")
    assert [thread.thread_id for thread in threads.list()] == ["t1", "t3", "t2", "t0"]
    assert [thread.thread_id for thread in threads.list(tenant="acme", limit=2, offset=1)] == ["t3", "t2"]
    assert [thread.thread_id for thread in threads.list(tenant="acme", owner="bob")] == ["t2"]


async def test_feedback_is_kept_in_order(database: Database, clock: Any) -> None:
    feedback = FeedbackRecords(database, clock)
    first = feedback.add(FeedbackRecord("t", "rating", run_id="r", principal="local:ann", rating=0.5))
    second = await feedback.aadd(FeedbackRecord("t", "correction", correction="blue", reason="wrong colour"))
    feedback.add(FeedbackRecord("other", "rating", rating=1))
    assert feedback.list("t") == [first, second]
    assert feedback.list("t", run_id="r") == [first]
    assert first.at == "2026-01-02T03:04:05.000000Z"


def test_events_get_rising_seqs_and_are_read_by_thread_and_run(events: SqlEventLog) -> None:
    seqs = events.append([EventRecord("a", {"x": 1}, "t", "r1"), EventRecord("b", {}, "t", "r2")])
    seqs += events.append([EventRecord("c", {}, "u", "r3")])
    assert seqs == sorted(set(seqs))
    assert [event.kind for event in events.read(thread_id="t")] == ["a", "b"]
    assert [event.kind for event in events.read(run_id="r2")] == ["b"]
    assert [event.kind for event in events.read(after=seqs[0])] == ["b", "c"]
    assert [event.seq for event in events.read(limit=1)] == seqs[:1]
    assert events.read(thread_id="t")[0].payload == {"x": 1}
    assert events.append([]) == []


async def test_async_twins_of_events(events: SqlEventLog) -> None:
    seqs = await events.aappend([EventRecord("a", thread_id="t")])
    assert [event.seq for event in await events.aread(thread_id="t")] == seqs


def test_an_event_is_stored_once_and_a_batch_whole_or_not_at_all(events: SqlEventLog) -> None:
    event = EventRecord("a", thread_id="t")
    events.append([event])
    with pytest.raises(sqlite3.IntegrityError):
        events.append([EventRecord("new", thread_id="t"), event])
    assert [stored.kind for stored in events.read()] == ["a"]


def test_half_a_character_is_kept(events: SqlEventLog, runs: RunRecords) -> None:
    events.append([EventRecord("a", {"text": "caf\udce9"})])
    runs.start_run(RunRecord("r", "t", input={"text": "caf\udce9"}))
    assert events.read()[0].payload == runs.get_run("r").input == {"text": "caf\udce9"}


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(payload=st.dictionaries(st.text(), JSON, max_size=4))
def test_any_json_payload_comes_back_as_it_was(events: SqlEventLog, payload: dict[str, Any]) -> None:
    (seq,) = events.append([EventRecord("a", payload)])
    assert events.read(after=seq - 1)[0].payload == payload
