"""Files that are there whole or not at all, and stay there when the machine stops."""

from __future__ import annotations

import os
import re
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final

from podium.core.ids import new_id

_MARK: Final = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


def write_whole(path: Path, data: bytes, *, mode: int = 0o666) -> None:
    """Write a file so that whoever reads it sees the old content or the new one, never a part.

    What a process left beside it that was killed while it wrote is removed.

    Args:
        path: The file; its folder is made when missing.
        data: What it holds afterwards.
        mode: Who may read and write it, less what the process's umask takes away.

    Raises:
        OSError: It cannot be written; what was there before is still there.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    sweep(path)
    scratch, descriptor = _scratch(path, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
            if sys.platform != "win32":
                scratch.replace(path)  # while it is held, so that nobody takes it for one that was left
        if sys.platform == "win32":
            scratch.replace(path)
    except BaseException:
        scratch.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sweep(path: Path) -> None:
    """Remove what processes left beside a file that were killed while they wrote it.

    Args:
        path: The file; it may be gone itself.
    """
    with suppress(OSError):  # what cannot be removed now is found again
        names = [entry.name for entry in os.scandir(path.parent)]
        for name in names:
            if re.fullmatch(rf"\.{re.escape(path.name)}\.{_MARK}", name):
                _remove(path.with_name(name))


def sync_folder(folder: Path) -> None:
    """Wait until the names in a folder are on the disk; Windows keeps them by itself."""
    if sys.platform == "win32":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _scratch(path: Path, mode: int) -> tuple[Path, int]:
    """A new file beside another, held for as long as it is open."""
    while True:
        scratch = path.with_name(f".{path.name}.{new_id()}")
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        descriptor = os.open(scratch, flags, mode)
        if sys.platform == "win32":  # an open file cannot be removed there
            return scratch, descriptor
        import fcntl

        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            if os.fstat(descriptor).st_nlink:
                return scratch, descriptor
        except OSError:  # a file system without locks: nobody can tell that it was left, and nobody does
            return scratch, descriptor
        os.close(descriptor)  # it was swept before it was held


def _remove(scratch: Path) -> None:
    if sys.platform == "win32":
        with suppress(OSError):
            scratch.unlink()
        return
    import fcntl

    with suppress(OSError):  # it is gone, or written just now
        # Of a pipe that somebody has put there, nobody waits for the other end.
        descriptor = os.open(scratch, os.O_WRONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            scratch.unlink()
        finally:
            os.close(descriptor)
