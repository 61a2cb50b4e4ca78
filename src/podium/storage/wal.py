"""Keeps SQLite's write-ahead log short without making writers wait for the disk."""

from __future__ import annotations

import os
import sqlite3
import threading
from contextlib import closing, suppress
from pathlib import Path

LIMIT_BYTES = 4 * 1024 * 1024
HARD_LIMIT_BYTES = 2 * LIMIT_BYTES
_HEADER = 32
_FRAME_HEADER = 24
_HEADER_SALTS = slice(16, 24)
_FRAME_SALTS = slice(8, 16)
_PAGE_SIZE = slice(8, 12)


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
        self._lock = threading.Lock()

    def size(self) -> int:
        """Bytes of it that are in use, as far as its frames tell (sqlite.org/fileformat2.html, 4.1).

        The frames of the present round come first, and carry the salts of the header. It is read without a
        lock, so that it is good for deciding when to copy back and for nothing else. The wal-index would say
        it in one number, but must never be opened here: closing a file gives up all locks that this process
        holds on it, SQLite's own as well.
        """
        try:
            with self._log.open("rb", buffering=0) as file:
                return _used(file.fileno())
        except OSError:
            return 0

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


def _used(file: int) -> int:
    """Bytes up to the last frame of the present round, found by halving."""
    header = os.pread(file, _HEADER, 0)
    if len(header) < _HEADER:
        return 0
    step = int.from_bytes(header[_PAGE_SIZE], "big") + _FRAME_HEADER
    low, high = 0, (os.fstat(file).st_size - _HEADER) // step
    while low < high:
        middle = (low + high + 1) // 2
        frame = os.pread(file, _FRAME_HEADER, _HEADER + (middle - 1) * step)
        if frame[_FRAME_SALTS] == header[_HEADER_SALTS]:
            low = middle
        else:
            high = middle - 1
    return low * step
