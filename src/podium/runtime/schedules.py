"""Schedules in cron syntax, in a time zone of their own, right across changes of daylight saving time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from podium.core.errors import InputError

_FIELDS = 5


@dataclass(frozen=True, slots=True)
class Schedule:
    """When something happens again and again.

    As in Debian's cron: what is meant for an hour that a change of time leaves out happens once, right after
    it; what is meant for an hour that comes twice happens in the first one only; what happens every so many
    minutes, or every hour, goes by the time that passes.

    Attributes:
        line: Minute, hour, day of the month, month, day of the week.
        zone: In whose time the line is read.
    """

    line: str
    zone: ZoneInfo

    @classmethod
    def of(cls, line: str, timezone: str = "UTC") -> Schedule:
        """The schedule of a line.

        Args:
            line: Five fields; `L`, `LW`, `#` and names of days and months included.
            timezone: An IANA name.

        Raises:
            InputError: There is no such zone, or the line is none that ever happens.
        """
        made = cls(" ".join(line.split()), zone_of(timezone))
        if len(line.split()) != _FIELDS:
            raise _bad_line(line, "it has to have five fields")
        try:
            CronSim(made.line, datetime.now(UTC))
        except (CronSimError, ValueError) as error:
            raise _bad_line(line, str(error).lower()) from None
        if made.after(datetime.now(UTC)) is None:
            raise _bad_line(line, "it never happens")
        return made

    def after(self, moment: datetime) -> datetime | None:
        """The first time after a moment, in UTC; None for never in the next fifty years.

        Args:
            moment: An aware moment.
        """
        for found in CronSim(self.line, moment.astimezone(self.zone)):
            there = found.astimezone(UTC)
            if there > moment:  # in the hour that comes twice, a time of the first one may lie behind us
                return there
        return None


def zone_of(name: str) -> ZoneInfo:
    """The zone of a name.

    Raises:
        InputError: There is none.
    """
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise InputError(
            f"timezone: there is no time zone {name}", hint="Name one of IANA, such as Europe/Berlin."
        ) from None


def _bad_line(line: str, reason: str) -> InputError:
    return InputError(
        f"schedule: {line!r} is no line of cron: {reason}",
        hint="Write minute, hour, day of the month, month and day of the week, such as '0 9 * * 1-5'.",
    )
