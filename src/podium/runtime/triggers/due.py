"""When a schedule fires next, and what becomes of times at which nothing ran. Pure functions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Final, assert_never

from podium.core.clock import from_iso, to_iso
from podium.runtime.schedules import Schedule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from podium.storage.crons import Cron, Missed

GRACE: Final = timedelta(seconds=60)
"""What is later than that was missed."""
_TICK: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Step:
    """What is to be done when a schedule is due.

    Attributes:
        fires: Whether it fires for the time at which it was due.
        then: When it is due next; None for never again.
    """

    fires: bool
    then: datetime | None


def step(schedule: Schedule, due: datetime, now: datetime, missed: Missed, window: timedelta) -> Step:
    """What is to be done for a time that has come.

    Args:
        schedule: The schedule.
        due: The time at which it was due.
        now: The moment.
        missed: What becomes of times at which nothing ran.
        window: How long ago they may be to be made up for, where all are.
    """
    if now - due <= GRACE:
        return Step(True, schedule.after(due))
    match missed:
        case "once":
            return Step(True, schedule.after(now))
        case "skip":
            return Step(False, schedule.after(now - GRACE - _TICK))
        case "all":
            begins = now - max(window, GRACE)
            return (
                Step(True, schedule.after(due))
                if due >= begins
                else Step(False, schedule.after(begins - _TICK))
            )
    assert_never(missed)


def step_of(cron: Cron, now: datetime) -> tuple[bool, str | None]:
    """What is to be done for a cron that is due: whether it fires, and when it is due next.

    Args:
        cron: As it is stored.
        now: The moment.
    """
    schedule = Schedule.of(cron.schedule, cron.timezone)
    due = from_iso(cron.next_run_at or to_iso(now))
    found = step(schedule, due, now, cron.missed, timedelta(seconds=cron.window_s))
    return found.fires, _until(found.then, cron.end_time)


def next_run_at(schedule: Schedule, now: datetime, end_time: str | None) -> str | None:
    """When a schedule is due next from now on, ISO 8601 in UTC; None when that is after its end.

    Args:
        schedule: The schedule.
        now: The moment.
        end_time: The moment after which nothing happens.
    """
    return _until(schedule.after(now), end_time)


def firings_of(schedule: Schedule, now: datetime, end_time: str | None = None) -> Iterator[datetime]:
    """The times at which a schedule fires from now on.

    Args:
        schedule: The schedule.
        now: The moment.
        end_time: The moment after which nothing happens.
    """
    found = schedule.after(now)
    while found is not None and _until(found, end_time) is not None:
        yield found
        found = schedule.after(found)


def upcoming(cron: Cron, now: datetime, number: int) -> list[datetime]:
    """The next times at which a cron fires.

    Args:
        cron: The cron.
        now: The moment.
        number: How many.
    """
    schedule = Schedule.of(cron.schedule, cron.timezone)
    return list(islice(firings_of(schedule, now, cron.end_time), number))


def _until(found: datetime | None, end_time: str | None) -> str | None:
    if found is None:
        return None
    text = to_iso(found)
    return text if end_time is None or text <= end_time else None
