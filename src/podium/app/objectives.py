"""What a project aims at, measured from what is recorded, and how much of each error budget is left."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from podium.core.clock import to_iso
from podium.core.operations_settings import ALERT_HOUR_S, ObjectiveSettings
from podium.storage.standing import Tally, tally

ObjectiveName = Literal["latency_p95", "success", "escalation", "override", "cost_per_success"]
_SLOW: Final = 0.05
"""Of a hundred runs, five may be slower than the 95th percentile that is aimed at."""


@dataclass(frozen=True, slots=True)
class Objective:
    """One aim, and how it stands.

    Attributes:
        name: Which.
        target: What is aimed at.
        value: What was measured; None without anything to measure.
        met: Whether the aim is met; true where nothing was measured.
        budget_left: The part of the error budget of the window that is not spent, at most 1; below 0 it is
            overdrawn.
        burn_rate: How many times too fast it was spent in the last hour: at 1 it lasts for the window.
        of: How many runs, decisions or successes it was measured on.
    """

    name: ObjectiveName
    target: float
    value: float | None
    met: bool
    budget_left: float
    burn_rate: float
    of: int

    def as_json(self) -> dict[str, Any]:
        """JSON values."""
        return asdict(self)


def measure(
    connection: sqlite3.Connection, settings: ObjectiveSettings, own: str, now: datetime
) -> tuple[Objective, ...]:
    """The aims that the manifest names, measured over the window that ends now.

    Args:
        connection: To read with.
        settings: The aims.
        own: The project's own graph.
        now: An aware moment.
    """
    slow = settings.latency_p95 if settings.latency_p95 is not None else math.inf
    since = to_iso(now - timedelta(days=settings.window_days))
    whole = tally(connection, since, own, slow)
    hour = tally(connection, to_iso(now - timedelta(seconds=ALERT_HOUR_S)), own, slow)
    return tuple(_objectives(settings, whole, hour))


def _objectives(settings: ObjectiveSettings, whole: Tally, hour: Tally) -> Iterator[Objective]:
    if (limit := settings.latency_p95) is not None:
        spent, burn = _spent(whole.slow, whole.runs, _SLOW), _spent(hour.slow, hour.runs, _SLOW)
        met = whole.p95 is None or whole.p95 <= limit
        yield Objective("latency_p95", limit, _rounded(whole.p95), met, _left(spent), _burn(burn), whole.runs)
    if (limit := settings.success) is not None:
        good = _share(whole.runs - whole.failed, whole.runs)
        spent = _spent(whole.failed, whole.runs, 1 - limit)
        burn = _spent(hour.failed, hour.runs, 1 - limit)
        met = good is None or good >= limit
        yield Objective("success", limit, good, met, _left(spent), _burn(burn), whole.runs)
    if (limit := settings.escalation) is not None:
        yield _bounded("escalation", limit, (whole.escalated, whole.runs), (hour.escalated, hour.runs))
    if (limit := settings.override) is not None:
        yield _bounded("override", limit, (whole.overridden, whole.reviews), (hour.overridden, hour.reviews))
    if (limit := settings.cost_per_success) is not None:
        value, burn = _cost(whole), (_cost(hour) or 0.0) / limit
        spent = (value or 0.0) / limit
        name: ObjectiveName = "cost_per_success"
        of = whole.succeeded
        yield Objective(name, limit, _rounded(value), spent <= 1, _left(spent), _burn(burn), of)


def _bounded(name: ObjectiveName, limit: float, whole: tuple[int, int], hour: tuple[int, int]) -> Objective:
    share = _share(*whole)
    met = share is None or share <= limit
    spent, burn = _spent(*whole, limit), _spent(*hour, limit)
    return Objective(name, limit, share, met, _left(spent), _burn(burn), whole[1])


def _cost(found: Tally) -> float | None:
    """What a turn that came to its end cost; what the others cost counts as well."""
    if not found.succeeded:
        return math.inf if found.cost else None
    return found.cost / found.succeeded


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 6) if whole else None


def _spent(bad: int, whole: int, allowed: float) -> float:
    """The part of a budget that is spent; where none is allowed, one that is bad spends it many times."""
    if not bad or not whole:
        return 0.0
    return bad / whole / allowed if allowed > 0 else float(bad)


def _left(spent: float) -> float:
    return round(max(-1_000.0, 1 - spent), 6)


def _burn(rate: float) -> float:
    return round(min(1_000_000.0, rate), 6)


def _rounded(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else round(value, 6)
