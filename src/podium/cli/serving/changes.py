"""Which files of a project a running server has read, and being told when one changes."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from pathlib import Path
from queue import Empty, Queue
from typing import TYPE_CHECKING, Final

from podium.core.settings import LANGGRAPH_JSON, MANIFEST

if TYPE_CHECKING:
    from watchfiles import Change

_SETTLED_MS: Final = 80
"""Nothing has changed for so long: an editor has written all it had to write."""
_LOOK_MS: Final = 200
_IGNORED: Final = frozenset(
    {"__pycache__", "build", "dist", "env", "node_modules", "site-packages", "venv", "wheelhouse"}
)


def matters(path: Path, base: Path) -> bool:
    """Whether a server has to start again when a file changes.

    Prompts and policies are read anew while the server runs, so that only code and settings count.

    Args:
        path: The file.
        base: The folder that is watched.
    """
    inside = path.relative_to(base).parts[:-1] if path.is_relative_to(base) else ()
    if any(part.startswith(".") or part in _IGNORED for part in inside):
        return False
    name = path.name
    return name.endswith(".py") or name in (MANIFEST, LANGGRAPH_JSON, ".env") or name.startswith(".env.")


class Changes:
    """The changes of files in some folders, as they happen.

    Args:
        folders: The folders, absolute; what lies below them counts too.
    """

    def __init__(self, folders: Iterable[Path]) -> None:
        self._found: Queue[Path | OSError] = Queue()
        self._ending = threading.Event()
        self._threads = [
            threading.Thread(target=self._watch, args=(base, places, deep), name="podium-watch", daemon=True)
            for base in folders
            for places, deep in (([base], False), (_below(base), True))
            if places
        ]
        for thread in self._threads:
            thread.start()

    def next(self, timeout: float) -> Path | None:
        """A file that changed; None when none did.

        Args:
            timeout: Seconds to wait.

        Raises:
            OSError: The system watches no further folders.
        """
        try:
            found = self._found.get(timeout=timeout)
        except Empty:
            return None
        if isinstance(found, OSError):
            raise found
        return found

    def close(self) -> None:
        """Watch no longer."""
        self._ending.set()
        for thread in self._threads:
            thread.join()

    def _watch(self, base: Path, places: list[Path], deep: bool) -> None:
        from watchfiles import watch

        def wanted(change: Change, path: str) -> bool:
            del change
            return matters(Path(path), base)

        try:
            for changes in watch(
                *places,
                watch_filter=wanted,
                stop_event=self._ending,
                step=_SETTLED_MS,
                rust_timeout=_LOOK_MS,
                recursive=deep,
                raise_interrupt=False,
                ignore_permission_denied=True,
            ):
                for _, path in sorted(changes, key=lambda change: change[1]):
                    self._found.put(Path(path))
        except OSError as error:
            self._found.put(error)


def _below(base: Path) -> list[Path]:
    """The folders in a folder that may hold a project's code; what others hold is too much to watch."""
    return sorted(
        path
        for path in base.iterdir()
        if path.is_dir() and not path.name.startswith(".") and path.name not in _IGNORED
    )
