"""Keeps SQLite's write-ahead log short without making writers wait for the disk."""

from __future__ import annotations

import sqlite3
import sys
import threading
from contextlib import closing, suppress
from pathlib import Path

LIMIT_BYTES = 4 * 1024 * 1024
HARD_LIMIT_BYTES = 2 * LIMIT_BYTES
_FRAME_HEADER = 24
_LARGEST_PAGE = 65_536


class WriteAheadLog:
    """The log beside a database file.

    The file is written over from its start rather than shortened: a sync of a file that grows has to store
    its new length too, and takes half as long again. A log that cannot be copied back now stays longer
    until the next try; no data depends on it.

    Args:
        path: The database file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._log = Path(f"{path}-wal")
        self._index = Path(f"{path}-shm")
        self._lock = threading.Lock()

    def size(self) -> int:
        """Bytes of it that are in use, by the header of the wal-index (sqlite.org/walformat.html, 2.1).

        It is read without a lock, so that it is good for deciding when to copy back and for nothing else.
        """
        try:
            with self._index.open("rb", buffering=0) as file:
                header = file.read(20)
        except OSError:
            return 0
        page, frames = (
            int.from_bytes(header[14:16], sys.byteorder),
            int.from_bytes(header[16:20], sys.byteorder),
        )
        return frames * ((_LARGEST_PAGE if page == 1 else page) + _FRAME_HEADER)

    def copy_back(self) -> None:
        """Copy it into the database file, beside running readers and writers."""
        with (
            self._lock,
            suppress(sqlite3.Error),
            closing(sqlite3.connect(self._path, isolation_level=None, timeout=0)) as connection,
        ):
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)")

    def cut(self, connection: sqlite3.Connection) -> None:
        """Copy what is left and let the next write begin at its start; nobody may be writing."""
        with self._lock, suppress(sqlite3.Error, OSError):
            long = self._log.stat().st_size > 2 * HARD_LIMIT_BYTES
            connection.execute(f"PRAGMA wal_checkpoint({'TRUNCATE' if long else 'RESTART'})")
