"""How runs went, counted by the database."""

from __future__ import annotations

import asyncio
import sqlite3
from datetime import UTC, datetime, timedelta

import pytest

from podium.core.clock import to_iso
from podium.core.principal import Access
from podium.storage import Database
from podium.storage.dashboard import Dashboard, Found, RunCounts, Span, Spent, SureBin
from podium.storage.decisions import Decisions, StoredDecision
from podium.storage.events import EventRecord, SqlEventLog
from podium.storage.feedback import FeedbackRecord, FeedbackRecords
from podium.storage.threads import ThreadRecords

BEGAN = datetime(2026, 1, 2, tzinfo=UTC)
HOURS = Span(BEGAN, BEGAN + timedelta(hours=4), 4)
ADA = Access("default", "ada")


def at(minutes: float) -> str:
    return to_iso(BEGAN + timedelta(minutes=minutes))


class Desk:
    """Puts runs on record."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._number = 0

    def run(
        self,
        minutes: float,
        took: float = 1.0,
        status: str = "completed",
        *,
        owner: str = "ada",
        tenant: str = "default",
        graph: str = "desk@1",
        turn: str = "",
        **usage: float,
    ) -> str:
        self._number += 1
        run = f"r{self._number}"
        ThreadRecords(self.database).ensure(f"t-{owner}-{tenant}", tenant=tenant, owner=owner)
        ended = None if status == "running" else to_iso(BEGAN + timedelta(minutes=minutes, seconds=took))
        spent = "{" + ", ".join(f'"{name}": {value}' for name, value in usage.items()) + "}"
        row = (
            run,
            f"t-{owner}-{tenant}",
            tenant,
            owner,
            turn or run,
            "ask",
            status,
            graph,
            at(minutes),
            ended,
        )

        def work(connection: sqlite3.Connection) -> None:
            connection.execute(
                "INSERT INTO runs(run_id, thread_id, tenant, owner, turn_id, kind, status, graph, started_at,"
                " ended_at, usage) VALUES (?,?,?,?,?,?,?,?,?,?,?)",
                (*row, spent),
            )

        self.database.write(work)
        return run

    def request(self, minutes: float, status: str, *, graph: str = "tide", seconds: float = 1.0) -> None:
        self._number += 1
        ended = to_iso(BEGAN + timedelta(minutes=minutes, seconds=seconds))
        row = (f"q{self._number}", "t-tide", "default", "ada", graph, status, at(minutes), at(minutes))
        started = None if status == "pending" else at(minutes)

        def work(connection: sqlite3.Connection) -> None:
            connection.execute(
                "INSERT INTO run_requests(run_id, thread_id, tenant, owner, graph_id, status, created_at,"
                " updated_at, started_at, ended_at) VALUES (?,?,?,?,?,?,?,?,?,?)",
                (*row, started, ended if status in ("success", "error") else None),
            )

        self.database.write(work)

    def decide(
        self, run: str, score: float | None, route: str = "answer", *, kind: str = "route", minutes: float = 1
    ) -> None:
        one = StoredDecision(
            kind, "critique", at(minutes), "t-ada-default", run, run, "c", 1, "default", "ada", route, "rule",
            None, score, "v",
        )  # fmt: skip
        asyncio.run(Decisions(self.database).aappend([one]))

    def found(self, access: Access = ADA, *, graph: str = "", span: Span = HOURS) -> Found:
        return asyncio.run(Dashboard(self.database).of(access, span, own="desk", graph=graph))


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


def test_nothing_is_counted_where_nothing_is(desk: Desk) -> None:
    found = desk.found()
    assert (found.whole, found.parts, found.spent) == (RunCounts(), {}, {})
    assert (found.escalated, found.reviews, found.sure, found.judged, found.verdicts) == ({}, {}, {}, {}, [])


def test_runs_are_counted_by_outcome_and_part(desk: Desk) -> None:
    for minutes, status in ((0, "completed"), (59.9, "failed"), (60, "completed"), (239.9, "interrupted")):
        desk.run(minutes, status=status)
    desk.run(1, status="running")
    desk.run(2, status="cancelled")
    desk.run(-1)
    desk.run(240)
    found = desk.found()
    whole = found.whole
    assert (whole.runs, whole.succeeded, whole.failed, whole.cancelled) == (6, 2, 1, 1)
    assert (whole.interrupted, whole.open, whole.timed) == (1, 1, 4)
    assert (whole.p50, whole.p99, whole.longest) == pytest.approx((1.0, 1.0, 1.0), abs=0.001)
    assert {number: part.runs for number, part in found.parts.items()} == {0: 4, 1: 1, 3: 1}


def test_times_are_nearest_ranks_and_leave_out_what_was_waited_for(desk: Desk) -> None:
    for number in range(1, 101):
        desk.run(1, took=number)
    desk.run(70, took=9_000)
    desk.run(71, took=8_000, seconds=2.5)
    found = desk.found()
    first, second = found.parts[0], found.parts[1]
    times = (first.p50, first.p90, first.p95, first.p99, first.longest)
    assert times == pytest.approx((50, 90, 95, 99, 100), abs=0.001)
    assert (second.p50, second.longest) == pytest.approx((2.5, 9_000), abs=0.001)


def test_requests_count_where_they_come_to_no_turn(desk: Desk) -> None:
    for status in ("success", "error", "interrupted", "pending"):
        desk.request(5, status)
    desk.request(5, "success", graph="desk")
    desk.run(5)
    whole = desk.found().whole
    assert (whole.runs, whole.succeeded, whole.failed, whole.interrupted, whole.open) == (5, 2, 1, 1, 1)
    assert desk.found(graph="tide").whole.runs == 4
    assert desk.found(graph="desk").whole.runs == 1
    assert desk.found(graph="des").whole.runs == 0


def test_what_was_spent_is_counted_once_for_a_turn_that_went_on(desk: Desk) -> None:
    desk.run(1, status="interrupted", turn="m1", cost=0.25, input_tokens=10)
    desk.run(90, turn="m1", cost=0.75, input_tokens=30, output_tokens=5, model_calls=4)
    desk.run(2, cost=0.0, unpriced=2)
    assert desk.found().spent == {0: Spent(2, 2, 0.75, 1, 4, 30, 5)}


def test_confidence_is_that_of_the_last_decision_of_each_run(desk: Desk) -> None:
    first, second, third = (desk.run(1) for _ in range(3))
    desk.decide(first, 0.2, "gather")
    desk.decide(first, 0.95)
    desk.decide(second, 1.0)
    desk.decide(third, 0.05, "escalate")
    desk.decide(third, None, "reject", kind="review")
    found = desk.found()
    assert found.sure == {0: SureBin(1, 0.05), 9: SureBin(2, 1.95)}
    (judged,) = found.judged.values()
    assert judged == SureBin(1, 0.05, 0, judged.squares, 0)
    assert judged.squares == pytest.approx(0.0025)
    assert (found.escalated, found.reviews) == ({0: 1}, {"reject": 1})


def test_what_people_think_goes_before_what_they_decided(desk: Desk) -> None:
    runs = [desk.run(1) for _ in range(3)]
    feedback = FeedbackRecords(desk.database)
    for run in runs:
        desk.decide(run, 0.75)
        desk.decide(run, None, "approve", kind="review")
    feedback.add(FeedbackRecord("t-ada-default", "rating", run_id=runs[0], rating=-1))
    feedback.add(FeedbackRecord("t-ada-default", "correction", run_id=runs[1], correction="No."))
    (judged,) = desk.found().judged.values()
    assert judged == SureBin(3, 2.25, 1, judged.squares, 2)
    assert judged.squares == pytest.approx(0.75**2 * 2 + 0.25**2)


def test_what_guardrails_said_is_counted(desk: Desk) -> None:
    desk.run(1)
    log = SqlEventLog(desk.database)
    named = {"rule": "injection", "stage": "evidence", "outcome": "filter"}
    payload = {"attributes": {f"podium.verdict.{name}": value for name, value in named.items()}}
    for minutes in (1, 2, 300):
        log.append([EventRecord("verdict", payload, thread_id="t-ada-default", run_id="r1", at=at(minutes))])
    assert desk.found().verdicts == [("injection", "evidence", "filter", 2)]
    assert desk.found(graph="desk").verdicts == [("injection", "evidence", "filter", 2)]
    assert desk.found(Access("default", "bob")).verdicts == desk.found(graph="tide").verdicts == []
    plan = desk.database.read(
        lambda connection: connection.execute(
            "EXPLAIN QUERY PLAN SELECT 1 FROM events e WHERE e.kind='verdict' AND e.at>='2026'"
        ).fetchall()
    )
    assert "ix_events_verdicts_at" in str(plan)


def test_everybody_sees_their_own(desk: Desk) -> None:
    desk.run(1)
    desk.run(1, owner="bob")
    desk.run(1, owner="ada", tenant="elsewhere")
    assert desk.found().whole.runs == desk.found(Access("elsewhere")).whole.runs == 1
    assert desk.found(Access("default")).whole.runs == 2
    assert desk.found(Access("nowhere")).whole.runs == 0
