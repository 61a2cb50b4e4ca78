"""Crons: each firing starts once, whoever looks after it and whatever comes between."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from podium.core.clock import to_iso
from podium.core.errors import Conflict, NotFound, Overloaded, StorageError
from podium.core.principal import Access
from podium.runtime.crons import CronScheduler, next_run_at
from podium.runtime.schedules import Schedule
from podium.storage.crons import Cron, Crons
from podium.storage.database import Database

ADA = Access("default", "ada")


class _Clock:
    def __init__(self) -> None:
        self.moment = datetime(2026, 1, 2, 3, 4, 30, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment


class _Starts:
    """Keeps what was started, once for each firing, as runs with derived ids are."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.calls = 0
        self.started: set[tuple[str, str | None]] = set()

    async def __call__(self, cron: Cron) -> None:
        self.calls += 1
        if self.errors:
            raise self.errors.pop(0)
        self.started.add((cron.cron_id, cron.next_run_at))


@pytest.fixture
def clock() -> _Clock:
    return _Clock()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with Database.open(tmp_path / "podium.db") as opened:
        yield opened


@pytest.fixture
def crons(database: Database, clock: _Clock) -> Crons:
    return Crons(database, clock)


async def made(crons: Crons, clock: _Clock, line: str = "*/5 * * * *", **more: object) -> Cron:
    cron = Cron("c1", "a1", line, tenant="default", owner="ada", **more)  # type: ignore[arg-type]  # as named
    due = next_run_at(Schedule.of(line), clock, cron.end_time)
    return await crons.acreate(replace(cron, next_run_at=due))


async def test_nothing_starts_before_it_is_due(crons: Crons, clock: _Clock) -> None:
    cron = await made(crons, clock)
    starts, scheduler = _Starts(), CronScheduler(crons, clock)
    assert cron.next_run_at == "2026-01-02T03:05:00.000000Z"
    assert await scheduler.start_due(starts) == 30
    assert not starts.started
    clock.moment += timedelta(seconds=30)
    assert await scheduler.start_due(starts) == 300
    assert starts.started == {("c1", "2026-01-02T03:05:00.000000Z")}
    assert crons.get("c1", ADA).next_run_at == "2026-01-02T03:10:00.000000Z"


async def test_after_a_downtime_one_firing_makes_up_for_all(crons: Crons, clock: _Clock) -> None:
    await made(crons, clock)
    starts = _Starts()
    clock.moment += timedelta(days=3)
    for _ in range(2):
        await CronScheduler(crons, clock).start_due(starts)
    assert starts.calls == 1
    assert crons.get("c1", ADA).next_run_at == "2026-01-05T03:05:00.000000Z"


async def test_of_two_processes_that_fire_both_one_advances(crons: Crons, clock: _Clock) -> None:
    cron = await made(crons, clock)
    assert await crons.aadvance(cron, "2026-01-02T03:10:00.000000Z")
    assert not await crons.aadvance(cron, "2026-01-02T03:10:00.000000Z")


async def test_a_firing_that_was_started_before_a_crash_is_started_no_second_time(
    crons: Crons, clock: _Clock
) -> None:
    cron = await made(crons, clock)
    starts = _Starts()
    await starts(cron)  # and killed before it was noted
    clock.moment += timedelta(minutes=1)
    await CronScheduler(crons, clock).start_due(starts)
    assert starts.started == {("c1", cron.next_run_at)}


async def test_a_busy_server_is_asked_again(crons: Crons, clock: _Clock) -> None:
    cron = await made(crons, clock)
    starts, scheduler = _Starts(Overloaded("full", retry_after=7)), CronScheduler(crons, clock)
    clock.moment += timedelta(minutes=1)
    assert await scheduler.start_due(starts) == 7
    assert crons.get("c1", ADA).next_run_at == cron.next_run_at
    await scheduler.start_due(starts)
    assert starts.started == {("c1", cron.next_run_at)}


async def test_a_database_in_trouble_is_asked_again(crons: Crons, clock: _Clock) -> None:
    cron = await made(crons, clock)
    starts, scheduler = _Starts(StorageError("full")), CronScheduler(crons, clock)
    clock.moment += timedelta(minutes=1)
    assert 0 < await scheduler.start_due(starts) < 60
    assert crons.get("c1", ADA).next_run_at == cron.next_run_at


async def test_a_busy_thread_that_rejects_is_left_out_once(crons: Crons, clock: _Clock) -> None:
    await made(crons, clock)
    starts = _Starts(Conflict("busy"))
    clock.moment += timedelta(minutes=1)
    await CronScheduler(crons, clock).start_due(starts)
    held = crons.get("c1", ADA)
    assert (held.enabled, held.next_run_at) == (True, "2026-01-02T03:10:00.000000Z")


async def test_what_is_gone_ends_the_cron(crons: Crons, clock: _Clock) -> None:
    await made(crons, clock)
    starts, scheduler = _Starts(NotFound("no assistant")), CronScheduler(crons, clock)
    clock.moment += timedelta(minutes=1)
    await scheduler.start_due(starts)
    assert not crons.get("c1", ADA).enabled
    assert crons.next_due() is None
    await scheduler.start_due(starts)
    assert starts.calls == 1


async def test_nothing_starts_after_the_end(crons: Crons, clock: _Clock) -> None:
    await made(crons, clock, end_time="2026-01-02T03:09:00.000000Z")
    starts, scheduler = _Starts(), CronScheduler(crons, clock)
    clock.moment += timedelta(minutes=2)
    await scheduler.start_due(starts)
    assert crons.get("c1", ADA).next_run_at is None
    assert starts.calls == 1


async def test_one_that_is_off_does_not_fire(crons: Crons, clock: _Clock) -> None:
    await made(crons, clock, enabled=False)
    clock.moment += timedelta(days=1)
    starts = _Starts()
    await CronScheduler(crons, clock).start_due(starts)
    assert starts.calls == 0


async def test_it_wakes_when_it_is_due_and_when_it_is_told(database: Database) -> None:
    crons, starts, fired = Crons(database), _Starts(), asyncio.Event()

    async def start(cron: Cron) -> None:
        await starts(cron)
        fired.set()

    scheduler = CronScheduler(crons)
    async with scheduler.scheduling(start), asyncio.timeout(10):
        due = to_iso(datetime.now(UTC) + timedelta(seconds=0.2))
        await crons.acreate(Cron("c1", "a1", "0 0 1 1 *", tenant="default", owner="ada", next_run_at=due))
        scheduler.nudge()
        await fired.wait()
    assert starts.started == {("c1", due)}
    late = datetime.now(UTC) - datetime.fromisoformat(due)
    assert timedelta() <= late < timedelta(seconds=2)


@pytest.mark.parametrize("stranger", [Access("default", "bob"), Access("other", "ada"), Access("other")])
async def test_nobody_sees_anothers(crons: Crons, clock: _Clock, stranger: Access) -> None:
    await made(crons, clock)
    with pytest.raises(NotFound):
        crons.get("c1", stranger)
    with pytest.raises(NotFound):
        await crons.adelete("c1", stranger)
    assert to_iso(clock.now()) < (crons.next_due() or "")


def test_ten_thousand_cost_nothing_while_none_is_due(database: Database, clock: _Clock) -> None:
    rows = [
        (f"c{n}", "a", "0 0 1 1 *", f"2027-01-01T00:{n % 60:02}:00.000000Z", "2026", "2026")
        for n in range(10_000)
    ]
    columns = "cron_id, assistant_id, schedule, next_run_at, created_at, updated_at"
    insert = f"INSERT INTO crons({columns}) VALUES (?,?,?,?,?,?)"
    database.write(lambda connection: connection.executemany(insert, rows))
    crons = Crons(database, clock)
    query = "SELECT min(next_run_at) FROM crons WHERE enabled=1 AND next_run_at IS NOT NULL"
    plan = database.read(lambda c: c.execute(f"EXPLAIN QUERY PLAN {query}").fetchall())
    assert "USING COVERING INDEX" in plan[0][3]
    assert crons.due(to_iso(clock.now())) == []
