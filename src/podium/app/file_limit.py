"""How many files a process may have open; every connection is one."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Final

STREAMS: Final = 1_000
"""Open streams that one server is to carry."""
WANTED: Final = 4_096
"""Handles for so many streams, the connections that start runs beside them, the database, and room."""
_ENOUGH: Final = 65_536
"""More is never asked for: programs that a server starts close as many as there may be."""


@dataclass(frozen=True, slots=True)
class FileLimit:
    """A process's limit of open files.

    Attributes:
        now: What holds.
        most: What the process may raise it to by itself.
    """

    now: int
    most: int

    @property
    def reachable(self) -> int:
        """What a server has once it raised its limit."""
        return max(self.now, min(self.most, _ENOUGH))


def file_limit() -> FileLimit | None:
    """The limit of this process; None where the system has none of this kind."""
    if sys.platform == "win32":
        return None
    import resource

    now, most = (
        sys.maxsize if value == resource.RLIM_INFINITY else value
        for value in resource.getrlimit(resource.RLIMIT_NOFILE)
    )
    return FileLimit(now, most)


def raise_file_limit() -> None:
    """Let this process have as many files open as it may, up to what a server can use."""
    limit = file_limit()
    if limit is None or sys.platform == "win32" or limit.reachable <= limit.now:
        return
    import resource

    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (limit.reachable, most))
    except (OSError, ValueError):
        return  # a system with a lower limit of another kind; 'podium doctor' tells of the one that holds
