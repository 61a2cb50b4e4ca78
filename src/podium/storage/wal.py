"""Keeps SQLite's write-ahead log short without making writers wait for the disk."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing, suppress
from pathlib import Path

LIMIT_BYTES = 4 * 1024 * 1024
HARD_LIMIT_BYTES = 2 * LIMIT_BYTES


class WriteAheadLog:
    """The log beside a database file.

    A log that cannot be shortened now stays longer until the next try; no data depends on it.

    Args:
        path: The database file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._log = Path(f"{path}-wal")
        self._lock = threading.Lock()

    def size(self) -> int:
        """Its length in bytes."""
        try:
            return self._log.stat().st_size
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
        """Copy what is left and start it afresh; nobody may be writing."""
        with self._lock, suppress(sqlite3.Error):
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
