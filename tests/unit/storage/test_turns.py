"""What turns spent: counted once, and the same wherever it is told."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podium.app.objectives import measure
from podium.core.clock import to_iso
from podium.core.operations_settings import ObjectiveSettings
from podium.core.principal import Access
from podium.storage import Database
from podium.storage.dashboard import Dashboard, Span
from podium.storage.json_text import dump
from podium.storage.usage import RunFilter, Spending, UsageKey

NOW = datetime(2026, 6, 8, tzinfo=UTC)
WEEK = timedelta(days=7)
SPAN = Span(NOW - WEEK, NOW, 7)
WANTED = RunFilter(since=to_iso(SPAN.since), until=to_iso(SPAN.until))
AIMS = ObjectiveSettings(window_days=7, cost_per_success=1.0)
EVERYBODY = Access("default")


class Run(NamedTuple):
    kind: str
    ago: timedelta
    cost: float
    status: str = "completed"


def record(database: Database, turn: str, runs: Sequence[Run]) -> None:
    for number, run in enumerate(runs):
        began = NOW - run.ago
        database.execute(
            "INSERT INTO runs(tenant, run_id, thread_id, turn_id, kind, status, started_at, ended_at, usage)"
            " VALUES ('default',?,?,?,?,?,?,?,?)",
            (
                f"{turn}-{number}",
                f"thread of {turn}",
                turn,
                run.kind,
                run.status,
                to_iso(began),
                to_iso(began + timedelta(seconds=1)),
                dump({"cost": run.cost, "model_calls": 1 + number}),
            ),
        )


def told(database: Database) -> dict[str, tuple[int, float]]:
    """How many turns and what they cost, by each of those who tell it."""
    board = asyncio.run(Dashboard(database).of(EVERYBODY, SPAN, own="desk")).spent.values()
    keys: list[UsageKey] = ["day", "thread"]
    found = {"dashboard": (sum(one.turns for one in board), sum(one.cost for one in board))}
    for key in keys:
        rows = asyncio.run(Spending(database).by(key, EVERYBODY, WANTED))
        found[key] = (sum(row.runs for row in rows), sum(row.cost for row in rows))
    return found


def per_success(database: Database) -> float | None:
    (one,) = database.read(lambda connection: measure(connection, AIMS, "desk", NOW))
    return one.value


def test_a_turn_that_waited_for_a_person_counts_once(database: Database) -> None:
    day = timedelta(days=1)
    record(
        database,
        "m1",
        [
            Run("ask", 3 * day, 0.25, "interrupted"),
            Run("resume", 2 * day, 0.5, "failed"),
            Run("continue", day, 1),
        ],
    )
    assert told(database) == dict.fromkeys(("dashboard", "day", "thread"), (1, 1.0))
    assert per_success(database) == 1.0
    (row,) = asyncio.run(Spending(database).by("day", EVERYBODY, WANTED))
    assert (row.key, row.model_calls) == ("2026-06-05", 3)


@pytest.mark.parametrize(("began", "counts"), [(8, 0), (6, 1)])
def test_a_turn_belongs_to_when_it_began(database: Database, began: int, counts: int) -> None:
    record(database, "m1", [Run("ask", timedelta(days=began), 1), Run("resume", timedelta(days=1), 2)])
    assert set(told(database).values()) == {(counts, 2.0 * counts)}
    assert per_success(database) == (2.0 if counts else None)


MINUTES = st.integers(min_value=1, max_value=14 * 24 * 60).map(lambda minutes: timedelta(minutes=minutes))


@st.composite
def turns(draw: st.DrawFn) -> list[Run]:
    """A turn and how it went on, with what was spent until then."""
    times = sorted(draw(st.lists(MINUTES, min_size=1, max_size=4)), reverse=True)
    costs = sorted(draw(st.lists(st.integers(0, 100), min_size=len(times), max_size=len(times))))
    kinds = ["ask", *(draw(st.sampled_from(["resume", "continue"])) for _ in times[1:])]
    ends = ["interrupted"] * (len(times) - 1) + [draw(st.sampled_from(["completed", "failed"]))]
    return [Run(*one) for one in zip(kinds, times, [cost / 4 for cost in costs], ends, strict=True)]


@settings(max_examples=40, deadline=None)
@given(st.lists(turns(), max_size=6))
def test_all_who_tell_what_was_spent_tell_the_same(made: list[list[Run]]) -> None:
    with tempfile.TemporaryDirectory() as folder, Database.open(Path(folder) / "podium.db") as database:
        for number, runs in enumerate(made):
            record(database, f"m{number}", runs)
        begun = [runs for runs in made if runs[0].ago <= WEEK]
        cost, good = (
            sum(runs[-1].cost for runs in begun),
            sum(runs[-1].status == "completed" for runs in begun),
        )
        assert set(told(database).values()) == {(len(begun), cost)}
        assert per_success(database) == (round(cost / good, 6) if good else None)
