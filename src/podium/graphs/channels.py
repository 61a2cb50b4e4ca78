"""A channel for what grows with the conversation: the longer it is, the more rarely it is stored whole."""

from __future__ import annotations

from typing import Any, Self

from langgraph.channels.base import Value
from langgraph.channels.delta import DeltaChannel

GROWTH = 4
"""A value is stored whole again when it took in a quarter of its length."""


class GrowingDelta(DeltaChannel[Value]):
    """A `DeltaChannel` whose snapshots come at lengths that grow by a quarter, not at each so many updates.

    LangGraph's stores the whole value every so many updates, so that the disk it takes grows with the square
    of the conversation. This one's snapshots together take at most five times the value, however long it is;
    reading it replays at most a quarter of it.

    Args:
        snapshot_frequency: Updates after which a short value is stored whole.
    """

    __slots__ = ("least",)

    @property
    def snapshot_frequency(self) -> int:
        """Updates after which the value as it is now is to be stored whole."""
        held: Any = self.value if self.is_available() else ()
        return max(self.least, len(held) // GROWTH)

    @snapshot_frequency.setter
    def snapshot_frequency(self, least: int) -> None:
        self.least = least

    def copy(self) -> Self:
        """The channel with a copy of its value."""
        return self._as_rare(super().copy())

    def from_checkpoint(self, checkpoint: Any) -> Self:
        """The channel with a stored value."""
        return self._as_rare(super().from_checkpoint(checkpoint))

    def _as_rare(self, made: Self) -> Self:
        made.least = self.least
        return made
