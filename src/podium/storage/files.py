"""Files that are there whole or not at all, and stay there when the machine stops."""

from __future__ import annotations

import os
import sys
from functools import partial
from pathlib import Path

from podium.core.ids import new_id


def write_whole(path: Path, data: bytes, *, mode: int = 0o666) -> None:
    """Write a file so that whoever reads it sees the old content or the new one, never a part.

    Args:
        path: The file; its folder is made when missing.
        data: What it holds afterwards.
        mode: Who may read and write it, less what the process's umask takes away.

    Raises:
        OSError: It cannot be written; what was there before is still there.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_name(f".{path.name}.{new_id()}")
    try:
        with open(scratch, "wb", opener=partial(os.open, mode=mode)) as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        scratch.replace(path)
    except BaseException:
        scratch.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Wait until the names in a folder are on the disk; Windows keeps them by itself."""
    if sys.platform == "win32":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
