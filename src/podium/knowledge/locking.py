"""A lock between processes, let go by the system when its holder dies."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from podium.core.errors import KnowledgeError, ReadOnly


@contextmanager
def only_writer(path: Path) -> Iterator[None]:
    """Hold the lock file while the body runs.

    Args:
        path: The lock file; created when missing, never removed.

    Raises:
        KnowledgeError: Another process holds it.
        ReadOnly: It may not be created.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("a+b")
    except OSError as error:
        raise ReadOnly(
            f"{path.parent} may not be written: {error.strerror}",
            hint="Give yourself the right to write there.",
        ) from None
    with file:
        if not _lock(file):
            raise KnowledgeError(
                "another process is ingesting into this knowledge base",
                hint="Wait until it is done, then try again.",
            )
        yield


def _lock(file: IO[bytes]) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
