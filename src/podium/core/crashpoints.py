"""Named places where a test may end the process, to prove that nothing is lost or repeated."""

from __future__ import annotations

from typing import Protocol


class CrashPoints(Protocol):
    """Told of every named place that execution reaches."""

    def hit(self, name: str) -> None:
        """Execution has reached the place."""
        ...


class NoCrashPoints:
    """Lets execution pass: what production uses."""

    def hit(self, name: str) -> None:
        """Execution has reached the place; nothing happens."""
