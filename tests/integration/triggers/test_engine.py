"""The scheduler: each firing is carried out once, whoever looks after it and whatever comes between."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from podium.core.clock import to_iso
from podium.core.errors import Conflict, NotFound, Overloaded, PodiumError, StorageError
from podium.core.principal import Access
from podium.runtime.schedules import Schedule
from podium.runtime.triggers.due import next_run_at
from podium.runtime.triggers.engine import TriggerEngine
from podium.runtime.triggers.outcomes import Outcomes
from podium.storage.crons import Cron, Crons
from podium.storage.database import Database
from podium.storage.firings import Firing, Firings
from podium.storage.triggers import Trigger, Triggers

ADA = Access("default", "ada")
DUE = "2026-01-02T03:05:00.000000Z"


class _Clock:
    def __init__(self) -> None:
        self.moment = datetime(2026, 1, 2, 3, 4, 30, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment


class _Carrier:
    """Begins firings as the server does: noted with the run."""

    def __init__(self, database: Database, firings: Firings, *errors: PodiumError) -> None:
        self.database, self.firings, self.errors = database, firings, list(errors)
        self.begun: list[str] = []
        self.cancelled: list[str] = []
        self.told = asyncio.Event()

    async def start(self, firing: Firing) -> None:
        if self.errors:
            raise self.errors.pop(0)
        noting = self.firings.beginning(firing, firing.next_run_id, firing.thread_id)
        await self.database.awrite(noting, durable=True)
        self.begun.append(firing.event_id)
        self.told.set()

    async def cancel(self, run_id: str) -> None:
        self.cancelled.append(run_id)


class _Parts:
    def __init__(self, database: Database) -> None:
        self.clock = _Clock()
        self.database = database
        self.crons, self.firings = Crons(database, self.clock), Firings(database, self.clock)
        self.engine = TriggerEngine(database, self.crons, self.firings, self.clock)
        self.carrier = _Carrier(database, self.firings)

    async def made(self, line: str = "*/5 * * * *", **more: object) -> Cron:
        cron = Cron("c1", "a1", line, tenant="default", owner="ada", **more)  # type: ignore[arg-type]  # as named
        due = next_run_at(Schedule.of(line), self.clock.now(), cron.end_time)
        return await self.crons.acreate(replace(cron, next_run_at=due))

    async def step(self, **later: float) -> float:
        """Do all there is to do; how long there is nothing more."""
        self.clock.moment += timedelta(**later)
        while (pause := await self.engine.step(self.carrier)) == 0:
            continue
        return pause

    async def end(self, firing: Firing, status: str = "success") -> None:
        """Have the run of a firing end."""
        outcomes = Outcomes(self.firings, self.clock)
        error = {"error": "ValueError", "message": "no"} if status == "error" else None
        noting = outcomes.noting(
            self.firings.get(firing.trigger_id, firing.event_id), status, error, called_off=True
        )
        await self.database.awrite(noting)

    def all(self, trigger_id: str = "c1") -> list[Firing]:
        return self.firings.latest(trigger_id)[::-1]

    def held(self) -> Cron:
        return self.crons.get("c1", ADA)


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[_Parts]:
    with Database.open(tmp_path / "podium.db") as opened:
        yield _Parts(opened)


async def test_nothing_starts_before_it_is_due(parts: _Parts) -> None:
    cron = await parts.made()
    assert cron.next_run_at == DUE
    assert await parts.step() == 30
    assert not parts.carrier.begun
    assert await parts.step(seconds=30) == 300
    assert parts.carrier.begun == [DUE]
    assert parts.held().next_run_at == "2026-01-02T03:10:00.000000Z"


async def test_after_a_downtime_one_firing_makes_up_for_all(parts: _Parts) -> None:
    await parts.made()
    await parts.step(days=3)
    await parts.step()
    assert parts.carrier.begun == [DUE]
    assert parts.held().next_run_at == "2026-01-05T03:05:00.000000Z"


async def test_missed_times_are_left_out_where_that_is_said(parts: _Parts) -> None:
    await parts.made(missed="skip")
    await parts.step(hours=5, seconds=45)
    assert parts.carrier.begun == ["2026-01-02T08:05:00.000000Z"]


async def test_all_missed_times_within_the_window_are_made_up_for(parts: _Parts) -> None:
    await parts.made(missed="all", window_s=1_200.0)
    await parts.step(hours=5)
    assert parts.carrier.begun == [
        f"2026-01-02T{at}:00.000000Z" for at in ("07:45", "07:50", "07:55", "08:00")
    ]


async def test_a_killed_process_leaves_nothing_out_and_begins_nothing_twice(parts: _Parts) -> None:
    await parts.made()
    parts.carrier.errors.append(StorageError("killed"))  # after the firing was kept, before its run was
    await parts.step(minutes=1)
    assert [one.status for one in parts.all()] == ["waiting"]
    again = TriggerEngine(parts.database, parts.crons, parts.firings, parts.clock)
    await again.step(parts.carrier)
    await again.step(parts.carrier)
    assert parts.carrier.begun == [DUE]


async def test_two_processes_begin_a_firing_once(parts: _Parts) -> None:
    await parts.made()
    other = TriggerEngine(parts.database, parts.crons, parts.firings, parts.clock)
    parts.clock.moment += timedelta(minutes=1)
    await asyncio.gather(*(one.step(parts.carrier) for one in (parts.engine, other) for _ in range(4)))
    assert parts.carrier.begun == [DUE]


async def test_a_busy_server_is_asked_again(parts: _Parts) -> None:
    await parts.made()
    parts.carrier.errors.append(Overloaded("full", retry_after=7))
    assert await parts.step(minutes=1) == 7
    assert [one.status for one in parts.all()] == ["waiting"]
    await parts.step(seconds=7)
    assert parts.carrier.begun == [DUE]


async def test_a_busy_thread_that_rejects_is_left_out_once(parts: _Parts) -> None:
    await parts.made()
    parts.carrier.errors.append(Conflict("busy"))
    await parts.step(minutes=1)
    assert [one.status for one in parts.all()] == ["skipped"]
    assert (parts.held().enabled, parts.held().next_run_at) == (True, "2026-01-02T03:10:00.000000Z")


async def test_what_is_gone_ends_the_schedule_and_says_so(parts: _Parts) -> None:
    await parts.made()
    parts.carrier.errors.append(NotFound("no assistant a1"))
    await parts.step(minutes=1)
    assert not parts.held().enabled
    assert [(one.status, one.error) for one in parts.all()] == [("dead", "not_found: no assistant a1")]
    await parts.step(hours=1)
    assert not parts.carrier.begun


async def test_nothing_starts_after_the_end(parts: _Parts) -> None:
    await parts.made(end_time="2026-01-02T03:09:00.000000Z")
    await parts.step(minutes=1)
    await parts.step(hours=1)
    assert parts.held().next_run_at is None
    assert parts.carrier.begun == [DUE]


async def test_one_that_is_off_does_not_fire(parts: _Parts) -> None:
    await parts.made(enabled=False)
    await parts.step(days=1)
    assert not parts.carrier.begun


@pytest.mark.parametrize(
    ("overlap", "begun", "statuses"),
    [
        ("allow", 2, ["started", "started"]),
        ("skip", 1, ["started", "skipped"]),
        ("queue", 1, ["started", "waiting"]),
        ("cancel", 1, ["started", "waiting"]),
    ],
)
async def test_what_overlaps(parts: _Parts, overlap: str, begun: int, statuses: list[str]) -> None:
    await parts.made(overlap=overlap)
    await parts.step(minutes=1)
    await parts.step(minutes=5)
    first, second = parts.all()
    assert (len(parts.carrier.begun), [first.status, second.status]) == (begun, statuses)
    assert parts.carrier.cancelled == ([first.run_id] if overlap == "cancel" else [])
    await parts.end(first, "interrupted" if overlap == "cancel" else "success")
    await parts.step()
    assert parts.all()[1].status == ("skipped" if overlap == "skip" else "started")


async def test_a_clock_that_jumps_on_and_back_fires_nothing_twice_and_loses_nothing(parts: _Parts) -> None:
    await parts.made("0 * * * *")
    await parts.step(hours=1)  # 04:04:30
    await parts.step(hours=1)  # and on by one, wrongly: 05:04:30
    assert parts.carrier.begun == ["2026-01-02T04:00:00.000000Z", "2026-01-02T05:00:00.000000Z"]
    parts.clock.moment -= timedelta(hours=1)
    await parts.step()
    assert parts.held().next_run_at == "2026-01-02T05:00:00.000000Z"
    await parts.step(hours=1)
    assert len(parts.carrier.begun) == 2
    await parts.step(hours=1)
    assert parts.carrier.begun[2:] == ["2026-01-02T06:00:00.000000Z"]


async def test_a_clock_that_was_a_year_ahead_stops_no_schedule(parts: _Parts) -> None:
    await parts.made("0 * * * *")
    await parts.step(days=365)
    parts.clock.moment -= timedelta(days=365)
    await parts.step()
    assert parts.held().next_run_at == "2026-01-02T04:00:00.000000Z"


async def test_it_wakes_when_it_is_due_and_when_it_is_told(tmp_path: Path) -> None:
    with Database.open(tmp_path / "podium.db") as database:
        crons, firings = Crons(database), Firings(database)
        engine, carrier = TriggerEngine(database, crons, firings), _Carrier(database, firings)
        async with engine.serving(carrier), asyncio.timeout(10):
            due = to_iso(datetime.now(UTC) + timedelta(seconds=0.3))
            cron = Cron("c1", "a1", "0 0 1 1 *", tenant="default", owner="ada", next_run_at=due)
            await crons.acreate(cron)
            engine.nudge()
            await carrier.told.wait()
        late = datetime.now(UTC) - datetime.fromisoformat(due)
    assert carrier.begun == [due]
    assert timedelta() <= late < timedelta(seconds=2)


async def test_what_another_process_stores_is_found_without_a_word(tmp_path: Path) -> None:
    with Database.open(tmp_path / "podium.db") as database, Database.open(tmp_path / "podium.db") as other:
        crons, firings = Crons(database), Firings(database)
        engine, carrier = TriggerEngine(database, crons, firings), _Carrier(database, firings)
        async with engine.serving(carrier), asyncio.timeout(10):
            await asyncio.sleep(0)
            trigger = Trigger("t1", "orders", "default", "ada")
            await other.awrite(Triggers(other).put(trigger))
            await Firings(other).atake(Firing("t1", "e1", "default", "ada", "event"), 10)
            await carrier.told.wait()
    assert carrier.begun == ["e1"]


def test_ten_thousand_cost_nothing_while_none_is_due(parts: _Parts) -> None:
    rows = [
        (f"c{n}", "a", "0 0 1 1 *", f"2027-01-01T00:{n % 60:02}:00.000000Z", "2026", "2026")
        for n in range(10_000)
    ]
    columns = "cron_id, assistant_id, schedule, next_run_at, created_at, updated_at"
    insert = f"INSERT INTO crons({columns}) VALUES (?,?,?,?,?,?)"
    parts.database.write(lambda connection: connection.executemany(insert, rows))
    query = "SELECT min(next_run_at) FROM crons WHERE enabled=1 AND next_run_at IS NOT NULL"
    plan = parts.database.read(lambda c: c.execute(f"EXPLAIN QUERY PLAN {query}").fetchall())
    assert "USING COVERING INDEX" in plan[0][3]
    assert parts.crons.due(to_iso(parts.clock.now())) == []


@pytest.mark.parametrize("stranger", [Access("default", "bob"), Access("other", "ada"), Access("other")])
async def test_nobody_sees_anothers(parts: _Parts, stranger: Access) -> None:
    await parts.made()
    with pytest.raises(NotFound):
        parts.crons.get("c1", stranger)
    with pytest.raises(NotFound):
        await parts.crons.adelete("c1", stranger)
    assert parts.crons.named("c1", stranger) is None


async def test_what_is_over_is_forgotten_once_its_events_cannot_come_again(parts: _Parts) -> None:
    trigger = Trigger("t1", "orders", "default", "ada", settings={"max_age": 60 * 86_400.0})
    await parts.database.awrite(Triggers(parts.database, parts.clock).put(trigger))
    for name in ("done", "dead"):
        await parts.firings.atake(Firing("t1", name, "default", "ada", "event"), 10)
    await parts.step()
    done, dead = parts.all("t1")
    await parts.end(done)
    await parts.end(dead, "error")
    for days, left in ((59, ["done", "dead"]), (3, ["dead"])):
        parts.clock.moment += timedelta(days=days)
        await TriggerEngine(parts.database, parts.crons, parts.firings, parts.clock).step(parts.carrier)
        assert [one.event_id for one in parts.all("t1")] == left
