"""Schedules across changes of daylight saving time, and lines that are none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podium.core.errors import InputError
from podium.runtime.schedules import Schedule

ZONES = (
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kolkata",
    "America/St_Johns",
)


def times(line: str, zone: str, start: str, count: int) -> list[str]:
    """The next times from a moment in UTC on, as the zone's clocks show them."""
    schedule, moment, found = Schedule.of(line, zone), datetime.fromisoformat(start).replace(tzinfo=UTC), []
    for _ in range(count):
        there = schedule.after(moment)
        assert there is not None
        moment = there
        found.append(moment.astimezone(ZoneInfo(zone)).strftime("%d %H:%M %z"))
    return found


def test_a_time_of_day_keeps_to_the_clock_of_its_zone() -> None:
    assert times("0 9 * * *", "Europe/Berlin", "2026-03-27T12:00", 3) == [
        "28 09:00 +0100",
        "29 09:00 +0200",
        "30 09:00 +0200",
    ]


def test_an_hour_that_is_left_out_is_made_up_for_right_after() -> None:
    assert times("30 2 * * *", "Europe/Berlin", "2026-03-28T00:00", 3) == [
        "28 02:30 +0100",
        "29 03:00 +0200",
        "30 02:30 +0200",
    ]


def test_an_hour_that_comes_twice_counts_once() -> None:
    assert times("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00", 2) == ["25 02:30 +0200", "26 02:30 +0100"]


def test_within_the_second_of_two_hours_nothing_of_the_first_is_due() -> None:
    # 02:10 for the second time; 02:30 was due in the first
    assert times("30 2 * * *", "Europe/Berlin", "2026-10-25T01:10", 1) == ["26 02:30 +0100"]


def test_every_hour_goes_by_the_time_that_passes() -> None:
    assert times("0 * * * *", "Europe/Berlin", "2026-10-24T23:30", 4) == [
        "25 02:00 +0200",
        "25 02:00 +0100",
        "25 03:00 +0100",
        "25 04:00 +0100",
    ]
    assert times("*/30 * * * *", "Europe/Berlin", "2026-03-29T00:15", 3) == [
        "29 01:30 +0100",
        "29 03:00 +0200",
        "29 03:30 +0200",
    ]


def test_a_zone_that_changes_by_half_an_hour() -> None:
    assert times("15 2 * * *", "Australia/Lord_Howe", "2026-10-02T20:00", 2) == [
        "04 02:30 +1100",
        "05 02:15 +1100",
    ]


@pytest.mark.parametrize("zone", ZONES)
def test_a_year_has_one_firing_for_each_day(zone: str) -> None:
    schedule, moment, days = Schedule.of("30 2 * * *", zone), datetime(2026, 1, 1, 12, tzinfo=UTC), []
    while (there := schedule.after(moment)) is not None and there < datetime(2027, 1, 1, 12, tzinfo=UTC):
        moment = there
        days.append(there.astimezone(ZoneInfo(zone)).date())
    assert len(days) == 365
    assert all(later - earlier == timedelta(days=1) for earlier, later in pairwise(days))


@given(
    seconds=st.integers(0, 4 * 366 * 86_400),
    zone=st.sampled_from(ZONES),
    line=st.sampled_from(
        ["* * * * *", "*/7 * * * *", "30 2 * * *", "0 */3 * * 1-5", "15 1,2,3 L * *", "0 0 1 1 *"]
    ),
)
def test_the_next_time_lies_ahead(seconds: int, zone: str, line: str) -> None:
    moment = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    found = Schedule.of(line, zone).after(moment)
    assert found is not None
    assert found > moment
    assert found.utcoffset() == timedelta()


@pytest.mark.parametrize(
    "line",
    [
        "",
        "* * * *",
        "* * * * * *",
        "60 * * * *",
        "* 24 * * *",
        "0 0 30 2 *",
        "a b c d e",
        "@daily",
        "*/0 * * * *",
    ],
)
def test_a_line_that_is_none_is_refused(line: str) -> None:
    with pytest.raises(InputError, match="schedule"):
        Schedule.of(line)


@pytest.mark.parametrize("zone", ["", "Nowhere/At_All", "../etc/passwd", "/etc/localtime", "Europe", "a\0b"])
def test_a_zone_that_is_none_is_refused(zone: str) -> None:
    with pytest.raises(InputError, match="zone"):
        Schedule.of("* * * * *", zone)
