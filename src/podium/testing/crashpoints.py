"""Crash points that end the process, or count, for tests that prove that nothing is lost or repeated."""

from __future__ import annotations

import os
import signal


class KillAt:
    """Kills the process with SIGKILL when a named place is reached for the nth time.

    Args:
        name: The place, such as `commit:before` or `tool:after`.
        occurrence: Which time, from 1.
    """

    def __init__(self, name: str, occurrence: int = 1) -> None:
        self._name = name
        self._left = occurrence

    def hit(self, name: str) -> None:
        """Execution has reached the place."""
        if name != self._name:
            return
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


class CountCrashPoints:
    """Keeps the places that execution reached, in order.

    Attributes:
        names: The places.
    """

    def __init__(self) -> None:
        self.names: list[str] = []

    def hit(self, name: str) -> None:
        """Execution has reached the place."""
        self.names.append(name)

    def occurrences(self) -> list[tuple[str, int]]:
        """Every place with the number of its occurrence, in order."""
        seen: dict[str, int] = {}
        found: list[tuple[str, int]] = []
        for name in self.names:
            seen[name] = seen.get(name, 0) + 1
            found.append((name, seen[name]))
        return found
