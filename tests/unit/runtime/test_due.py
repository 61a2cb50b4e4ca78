"""When schedules fire: compared with a scan of every minute of a year, over every change of time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise, takewhile
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podium.runtime.schedules import Schedule
from podium.runtime.triggers.due import GRACE, firings_of, step

ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/St_Johns", "America/Santiago")
"""Among them one that changes by half an hour, one that is half an hour off, one that changes at midnight."""
BEGIN, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@cache
def year(zone: str) -> tuple[tuple[datetime, datetime], ...]:
    """Every minute of a year, and what the clocks show there."""
    there, found, moment = ZoneInfo(zone), [], BEGIN - timedelta(days=1)
    while moment < END:
        found.append((moment, moment.astimezone(there)))
        moment += MINUTE
    return tuple(found)


@cache
def showing(zone: str) -> dict[tuple[int, int], list[tuple[datetime, datetime]]]:
    """The minutes of a year by what the clocks show."""
    found: dict[tuple[int, int], list[tuple[datetime, datetime]]] = {}
    for moment, shown in year(zone):
        found.setdefault((shown.hour, shown.minute), []).append((moment, shown))
    return found


@cache
def gaps(zone: str) -> tuple[tuple[datetime, datetime, datetime], ...]:
    """Where clocks are put on: the first minute after it, and from when to when they skip."""
    found = []
    for (_, before), (moment, after) in pairwise(year(zone)):
        skipped = after.replace(tzinfo=None) - before.replace(tzinfo=None) - MINUTE
        if skipped > timedelta():
            shown = before.replace(tzinfo=None) + MINUTE
            found.append((moment, shown, shown + skipped))
    return tuple(found)


def scanned(minute: int, hour: int, zone: str, days: frozenset[int]) -> list[datetime]:
    """The times of 'minute hour * * days' in a year, from looking at every minute.

    What is meant for an hour that is left out happens right after it, what is meant for one that comes twice
    in the first one.
    """
    found = []
    for moment, shown in showing(zone)[hour, minute]:
        if not shown.fold and shown.isoweekday() in days:
            found.append(moment)
    for moment, begins, ends in gaps(zone):
        meant = begins.replace(hour=hour, minute=minute)
        if begins <= meant < ends and meant.isoweekday() in days:
            found.append(moment)
    return sorted({one for one in found if BEGIN < one < END})


def fired(line: str, zone: str, begin: datetime = BEGIN, end: datetime = END) -> list[datetime]:
    return list(takewhile(lambda one: one < end, firings_of(Schedule.of(line, zone), begin)))


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("hour", [0, 1, 2, 3, 23])
@pytest.mark.parametrize("minute", [0, 15, 30, 59])
def test_a_year_of_a_daily_schedule_is_as_scanned(zone: str, hour: int, minute: int) -> None:
    expected = scanned(minute, hour, zone, frozenset(range(1, 8)))
    assert fired(f"{minute} {hour} * * *", zone) == expected
    days = [one.astimezone(ZoneInfo(zone)).date() for one in expected]
    assert len(days) == len(set(days)) >= 364  # once a day, whatever the clocks do


@settings(max_examples=30, deadline=None)
@given(
    zone=st.sampled_from(ZONES),
    hour=st.integers(0, 23),
    minute=st.integers(0, 59),
    days=st.frozensets(st.integers(1, 7), min_size=1),
)
def test_a_year_of_any_schedule_by_days_is_as_scanned(
    zone: str, hour: int, minute: int, days: frozenset[int]
) -> None:
    line = f"{minute} {hour} * * {','.join(str(day % 7) for day in sorted(days))}"
    assert fired(line, zone) == scanned(minute, hour, zone, days)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("every", [1, 15, 30])
def test_what_happens_every_so_often_goes_by_the_time_that_passes(zone: str, every: int) -> None:
    for moment, *_ in gaps(zone) or [(BEGIN + timedelta(days=9), None, None)]:
        begin, end = moment - timedelta(hours=5), moment + timedelta(hours=5)
        times = fired(f"*/{every} * * * *", zone, begin, end)
        assert {later - one for one, later in pairwise(times)} == {every * MINUTE}


@pytest.mark.parametrize("zone", ZONES)
def test_every_hour_of_a_year_is_met_once(zone: str) -> None:
    times = fired("7 * * * *", zone)
    expected = [moment for moment, shown in year(zone) if shown.minute == 7 and moment > BEGIN]
    assert times == expected


@settings(max_examples=100, deadline=None)
@given(
    zone=st.sampled_from(ZONES),
    line=st.sampled_from(["*/20 * * * *", "30 2 * * *", "0 * * * *", "15 1 * * 0"]),
    start=st.integers(0, 320 * 86_400).map(lambda one: BEGIN + timedelta(days=1, seconds=one)),
    away=st.integers(0, 3_000),
    missed=st.sampled_from(["skip", "once", "all"]),
)
def test_after_any_absence_the_policy_decides(
    zone: str, line: str, start: datetime, away: int, missed: str
) -> None:
    schedule, window = Schedule.of(line, zone), timedelta(hours=6)
    due = schedule.after(start)
    assert due is not None
    now = due + away * MINUTE
    times = list(takewhile(lambda one: one <= now, firings_of(schedule, due - MINUTE)))
    made: list[datetime] = []
    then: datetime | None = due
    while then is not None and then <= now:
        found = step(schedule, then, now, missed, window)  # type: ignore[arg-type]  # one of the three
        made += [then] if found.fires else []
        assert found.then is None or found.then > then
        then = found.then
    recent = [one for one in times if now - one <= GRACE]
    if missed == "skip":
        assert made == recent
    elif missed == "all":
        assert made == [one for one in times if now - one <= window]
    else:
        assert made == (times if now - due <= GRACE else [due])
    assert then == schedule.after(now)
