"""What a project opens for its tools: opened at first use, closed with the app."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping


class Handles(Mapping[str, object]):
    """Named things that are opened when a tool first asks for them.

    Args:
        openers: How to open each, by name.
    """

    def __init__(self, openers: Mapping[str, Callable[[], object]]) -> None:
        self._openers = dict(openers)
        self._opened: dict[str, object] = {}
        self._lock = threading.Lock()

    def __getitem__(self, name: str) -> object:
        with self._lock:
            if name not in self._opened:
                self._opened[name] = self._openers[name]()
            return self._opened[name]

    def __contains__(self, name: object) -> bool:
        return name in self._openers

    def __iter__(self) -> Iterator[str]:
        return iter(self._openers)

    def __len__(self) -> int:
        return len(self._openers)

    def close(self) -> None:
        """Close what was opened and can be closed."""
        with self._lock:
            opened, self._opened = self._opened, {}
        for item in opened.values():
            close = getattr(item, "close", None)
            if callable(close):
                close()
