"""A run that goes on after its process was killed: what it tells again is not told twice.

LangGraph repeats the state it goes on from and what finished tasks of the step wrote, and a step that was
not finished runs once more. What was stored of all that before is recognised by its words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

from podium.runtime.serving.patches import STATES
from podium.runtime.serving.streams import Told

_CACHED = "__metadata__"
"""Where LangGraph notes that what a task wrote is told from what is stored."""


class Retelling:
    """The events after the last state that was told, to be left out once each.

    Args:
        told: Name and data of these events.
    """

    def __init__(self, told: Counter[tuple[str, bytes]] | None = None) -> None:
        self._told = told or Counter()

    @classmethod
    async def of(cls, stored: AsyncIterator[Told]) -> Retelling:
        """What may be told again, from all that is stored of a run."""
        last: Counter[tuple[str, bytes]] = Counter()
        async for event in stored:
            if event.event == STATES:
                last.clear()
            last[event.event, event.data] += 1
        return cls(last)

    def is_known(self, event: str, data: bytes) -> bool:
        """Whether an event was told before the process was killed; each counts once."""
        if not self._told or not self._told.get((event, data)):
            return False
        self._told[event, data] -= 1
        return True


def without_mark(data: Any) -> Any:
    """An update without LangGraph's note that it is repeated."""
    if isinstance(data, dict) and _CACHED in data:
        return {name: value for name, value in data.items() if name != _CACHED}
    return data
