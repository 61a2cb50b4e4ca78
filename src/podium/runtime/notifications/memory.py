"""Notifications that stay in this process."""

from __future__ import annotations

from podium.core.errors import NotDelivered
from podium.runtime.notifications.channel import Notification


class Memory:
    """Keeps what it is told, or refuses while it has errors to give.

    Args:
        errors: Raised by the next deliveries, in this order.

    Attributes:
        arrived: What was delivered, oldest first.
        errors: What is still to be raised.
    """

    def __init__(self, *errors: NotDelivered) -> None:
        self.arrived: list[Notification] = []
        self.errors = list(errors)

    async def deliver(self, notification: Notification) -> None:
        """Keep a notification.

        Raises:
            NotDelivered: It was made to refuse.
        """
        if self.errors:
            raise self.errors.pop(0)
        self.arrived.append(notification)
