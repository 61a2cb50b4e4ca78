"""A channel, what goes to it, and how often it is tried."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from podium.core.notification_settings import NotificationEvent
    from podium.runtime.notifications.channel import Channel


@dataclass(frozen=True, slots=True)
class Route:
    """A channel and how it is served.

    Attributes:
        name: Its name in the manifest.
        channel: How it delivers.
        events: What it is told of.
        timeout: Seconds for one attempt.
        attempts: Attempts in all.
        first_wait: Seconds before the second one; each further wait is twice as long.
        longest_wait: Seconds between two at most, unless the other side asks for more.
    """

    name: str
    channel: Channel
    events: Collection[NotificationEvent]
    timeout: float = 10.0
    attempts: int = 10
    first_wait: float = 5.0
    longest_wait: float = 3_600.0

    def wait_after(self, attempts: int, asked: float, jitter: float) -> float:
        """Seconds until the next attempt.

        Args:
            attempts: How many there were.
            asked: Seconds for which the other side asked to be left alone.
            jitter: In 0..1; spreads couriers that failed together over a quarter to either side.
        """
        return max(asked, backoff(attempts, self.first_wait, self.longest_wait, jitter))


def backoff(attempts: int, first: float, longest: float, jitter: float) -> float:
    """Seconds until the next attempt: twice as many after each one, a quarter more or less.

    Args:
        attempts: How many there were.
        first: Seconds before the second one.
        longest: Seconds between two at most.
        jitter: In 0..1.
    """
    return min(first * 2.0 ** min(attempts - 1, 60), longest) * (0.75 + jitter / 2)
