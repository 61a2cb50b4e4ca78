"""Objectives measured from what is recorded, their budgets, and what the status says."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podium.app.objectives import Objective, _objectives, measure
from podium.app.project import Project
from podium.app.status import is_serving, status_of
from podium.core.audit import AuditEntry
from podium.core.clock import to_iso
from podium.core.operations_settings import ObjectiveSettings
from podium.storage.audit import AuditLog
from podium.storage.database import Database
from podium.storage.json_text import dump
from podium.storage.standing import Tally, standing

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
AIMS = ObjectiveSettings(
    window_days=7, latency_p95=2.0, success=0.9, escalation=0.5, override=0.5, cost_per_success=0.1
)
COUNTS = st.integers(min_value=0, max_value=1_000)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with Database.open(tmp_path / "podium.db") as opened:
        yield opened


def turn(database: Database, status: str, ago: timedelta, seconds: float = 1.0, cost: float = 0.0) -> None:
    began = NOW - ago
    database.execute(
        "INSERT INTO runs(run_id, thread_id, status, started_at, ended_at, usage)"
        " VALUES (hex(randomblob(8)),'t',?,?,?,?)",
        (
            status,
            to_iso(began),
            to_iso(began + timedelta(seconds=seconds)),
            dump({"cost": cost}),
        ),
    )


def request(database: Database, status: str, graph: str) -> None:
    at = to_iso(NOW - DAY)
    database.execute(
        "INSERT INTO run_requests(run_id, thread_id, graph_id, status, created_at, updated_at, started_at,"
        " ended_at) VALUES (hex(randomblob(8)),'t',?,?,?,?,?,?)",
        (graph, status, at, at, at, to_iso(NOW - DAY + timedelta(seconds=1))),
    )


def review(database: Database, kind: str, ago: timedelta) -> None:
    AuditLog(database).append([AuditEntry("review", to_iso(NOW - ago), "local:ada", {"kind": kind})])


def measured(database: Database, aims: ObjectiveSettings = AIMS) -> dict[str, Objective]:
    found = database.read(lambda connection: measure(connection, aims, "desk", NOW))
    return {one.name: one for one in found}


def test_each_aim_is_measured_over_the_window(database: Database) -> None:
    for number in range(18):
        turn(database, "completed", DAY, seconds=0.1 * (number + 1), cost=0.05)
    turn(database, "failed", DAY, seconds=9.0, cost=0.9)
    turn(database, "interrupted", 30 * MINUTE, seconds=1.0)
    turn(database, "failed", 8 * DAY)
    turn(database, "cancelled", DAY)
    turn(database, "running", DAY)
    for kind in ("approve", "approve", "approve", "edit"):
        review(database, kind, DAY)
    review(database, "reject", 8 * DAY)
    found = measured(database)
    assert found["latency_p95"].value == pytest.approx(1.8, abs=0.002)
    assert (found["success"].value, found["success"].met) == (0.95, True)
    assert found["success"].budget_left == pytest.approx(0.5)
    assert (found["escalation"].value, found["escalation"].of) == (0.05, 20)
    assert (found["override"].value, found["override"].of) == (0.25, 4)
    assert found["cost_per_success"].value == pytest.approx((18 * 0.05 + 0.9) / 18, abs=1e-6)
    assert (found["escalation"].burn_rate, found["success"].burn_rate) == (2.0, 0.0)


def test_a_budget_is_overdrawn_where_an_aim_is_missed(database: Database) -> None:
    for status in ("completed", "failed"):
        turn(database, status, MINUTE)
    success = measured(database)["success"]
    assert (success.value, success.met) == (0.5, False)
    assert success.budget_left == pytest.approx(1 - 0.5 / 0.1)
    assert success.burn_rate == pytest.approx(5.0)


def test_runs_of_other_graphs_count_and_the_own_graph_s_count_once(database: Database) -> None:
    request(database, "success", "other")
    request(database, "error", "other")
    request(database, "success", "desk")
    assert measured(database)["success"].of == 2


def test_only_what_is_aimed_at_is_measured_and_nothing_recorded_is_no_miss(database: Database) -> None:
    assert measured(database, ObjectiveSettings()) == {}
    found = measured(database)
    assert all(one.met and one.value is None and one.budget_left == 1 for one in found.values())


@given(st.builds(Tally, COUNTS, COUNTS, COUNTS, COUNTS, st.none(), st.floats(0, 1e6), COUNTS, COUNTS))
def test_a_budget_is_never_overdrawn_while_the_aim_is_met(tally: Tally) -> None:
    if tally.failed > tally.runs or tally.escalated > tally.runs or tally.overridden > tally.reviews:
        return
    for one in _objectives(AIMS, tally, tally):
        assert math.isfinite(one.budget_left)
        assert math.isfinite(one.burn_rate)
        if one.name != "latency_p95" and one.value is not None:
            assert one.met == (one.budget_left >= -1e-5)


def test_what_waits_and_what_was_given_up_is_counted(database: Database) -> None:
    request(database, "pending", "desk")
    at = to_iso(NOW)
    database.execute(
        "INSERT INTO callbacks(callback_id, run_id, url, payload, status, at, due_at)"
        " VALUES ('c','r','u','{}','failed',?,?)",
        (at, at),
    )
    found = database.read(standing)
    assert (found.pending, found.dead_letters, found.failed_callbacks) == (1, 1, 1)


async def test_the_status_says_how_the_project_stands(tmp_path: Path, database: Database) -> None:
    (tmp_path / "podium.toml").write_text(
        '[project]\nname = "desk"\n\n[server]\nport = 9\n\n[objectives]\nsuccess = 0.9\n', encoding="utf-8"
    )
    project = Project.open(tmp_path)
    turn(database, "failed", MINUTE)
    found = await status_of(project, database, _Fixed())
    assert found["queue"] == {"pending": 0, "running": 0}
    assert found["objectives"]["measured"][0]["name"] == "success"
    assert found["last_backup"] is None
    assert is_serving(project) is False


class _Fixed:
    def now(self) -> datetime:
        return NOW
