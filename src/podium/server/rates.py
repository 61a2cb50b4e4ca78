"""How often callers ask: a bucket of tokens for each, in memory."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from typing import Final, Protocol

_MOST: Final = 20_000
_MINUTE_S: Final = 60.0


class Rates(Protocol):
    """Counts what callers ask. One process counts for itself; another place may count for several."""

    def take(self, who: Hashable) -> float:
        """Count one request; seconds until it may be asked again, 0 where it may be asked now."""
        ...


class TokenBuckets:
    """A bucket for each caller, that fills at one rate; held as the one moment at which it is full again.

    (The generic cell rate algorithm, ITU-T I.371.)

    Args:
        per_minute: Requests in the long run; 0 for as many as one likes.
        burst: Requests at once.
        monotonic: Seconds that only grow; for tests.
    """

    def __init__(self, per_minute: int, burst: int, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._each = _MINUTE_S / per_minute if per_minute else 0.0
        self._room = self._each * (burst - 1)
        self._monotonic = monotonic
        self._full_at: dict[Hashable, float] = {}

    def take(self, who: Hashable) -> float:
        """Count one request; seconds until it may be asked again, 0 where it may be asked now."""
        if not self._each:
            return 0.0
        now = self._monotonic()
        full_at = max(self._full_at.get(who, now), now)
        wait = full_at - now - self._room
        if wait > 0:
            return wait
        if len(self._full_at) >= _MOST and who not in self._full_at:
            self._make_room(now)
        self._full_at[who] = full_at + self._each
        return 0.0

    def _make_room(self, now: float) -> None:
        """Forget those whose buckets are full, and where all others ask, those that ask least."""
        self._full_at = {who: moment for who, moment in self._full_at.items() if moment > now}
        if len(self._full_at) >= _MOST:
            ordered = sorted(self._full_at.items(), key=lambda one: one[1])
            self._full_at = dict(ordered[_MOST // 2 :])
