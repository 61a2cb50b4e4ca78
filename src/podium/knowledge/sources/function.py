"""A Python function as a source."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from podium.core.errors import PodiumError, SourceError
from podium.core.evidence import Evidence
from podium.knowledge.sources.items import evidence_of
from podium.knowledge.sources.threads import in_thread


class FunctionSource:
    """Asks a function, synchronous or not, that takes a question and how many items are wanted.

    Args:
        name: The source's name.
        function: Returns a text, texts, mappings with `text`, or evidence.
    """

    def __init__(self, name: str, function: Callable[[str, int], Any]) -> None:
        self.name = name
        self._function = function

    async def fetch(self, query: str, k: int) -> Sequence[Evidence]:
        """What the function returns."""
        try:
            if inspect.iscoroutinefunction(self._function):
                given = await self._function(query, k)
            else:
                given = await in_thread(lambda: self._items(query, k))
            return evidence_of(self.name, _listed(given))
        except (PodiumError, OSError, TimeoutError):
            raise
        except Exception as error:
            raise SourceError(
                f"{self.name} failed: {type(error).__name__}: {error}", hint="Mend the function."
            ) from error

    def _items(self, query: str, k: int) -> Any:
        """What the function gives; a generator is run out here, off the event loop."""
        given = self._function(query, k)
        return list(given) if inspect.isgenerator(given) else given


def _listed(given: object) -> Iterable[object]:
    if given is None:
        return ()
    if isinstance(given, str | dict | Evidence):
        return (given,)
    if isinstance(given, Iterable):
        return given
    raise TypeError(f"it returned a {type(given).__name__}")
