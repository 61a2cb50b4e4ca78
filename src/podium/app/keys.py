"""The keys of a project's server, as commands need them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from podium.app.encryption import open_database
from podium.core.errors import InputError
from podium.storage.api_keys import SCOPES, ApiKeys, Scope

if TYPE_CHECKING:
    from podium.app.project import Project

_MOST_DAYS = 36_500.0
_MOST_DIGITS = 6
_UNITS = {
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
}


@contextmanager
def opened_keys(project: Project) -> Iterator[ApiKeys]:
    """The keys of a project; its database is made where there is none."""
    with open_database(project) as database:
        yield ApiKeys(database)


def scopes_of(names: Iterable[str]) -> frozenset[Scope]:
    """The scopes with these names.

    Raises:
        InputError: There is no such scope.
    """
    wanted = list(names)
    unknown = [name for name in wanted if name not in SCOPES]
    if unknown:
        raise InputError(f"there is no scope {unknown[0]!r}", hint=f"There are: {', '.join(SCOPES)}.")
    return frozenset(scope for scope in SCOPES if scope in wanted)


def grace_of(text: str) -> timedelta:
    """For how long a key that is replaced still counts, such as `90s`, `30m`, `24h` or `7d`.

    Raises:
        InputError: It says no such time.
    """
    number, unit = text[:-1], _UNITS.get(text[-1:])
    if text == "0":
        return timedelta(0)
    if unit is None or not number.isascii() or not number.isdecimal() or len(number) > _MOST_DIGITS:
        raise InputError(f"{text!r} is no time", hint="Write one like 30m, 24h or 7d, or 0 for none.")
    return min(int(number) * unit, timedelta(days=_MOST_DAYS))


def expiry_of(days: float | None) -> datetime | None:
    """The moment so many days from now; None for never.

    Raises:
        InputError: That is not to come, or too far away.
    """
    if days is None:
        return None
    if not 0 < days <= _MOST_DAYS:
        raise InputError("a key counts for a number of days above 0", hint="Such as --days 90.")
    return datetime.now(UTC) + timedelta(days=days)
