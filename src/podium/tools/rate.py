"""How often a tool may be called."""

from __future__ import annotations

import asyncio
import time
from collections import deque

_SECONDS = {"second": 1.0, "minute": 60.0, "hour": 3600.0, "day": 86_400.0}


def parse_rate(text: str) -> tuple[int, float]:
    """Calls and period in seconds of a rate such as `10/minute`.

    Raises:
        ValueError: The text has another form.
    """
    count, _, period = text.partition("/")
    if not count.strip().isdigit() or int(count) < 1 or period.strip() not in _SECONDS:
        raise ValueError(f"{text!r} is no rate; write one like '10/minute' (second, minute, hour, day)")
    return int(count), _SECONDS[period.strip()]


class RateLimiter:
    """Lets at most so many calls start in any window of the period; further ones wait.

    Args:
        rate: Such as `10/minute`.
    """

    def __init__(self, rate: str) -> None:
        self._count, self._period = parse_rate(rate)
        self._started: deque[float] = deque(maxlen=self._count)

    async def wait(self) -> None:
        """Return when the next call may start."""
        now = time.monotonic()
        start = now
        if len(self._started) == self._count:
            start = max(now, self._started[0] + self._period)
        self._started.append(start)
        if start > now:
            await asyncio.sleep(start - now)
