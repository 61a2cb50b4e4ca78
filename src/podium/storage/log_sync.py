"""Syncs the write-ahead log beside the commits, so that one who waits for the disk holds up nobody else.

A commit without a sync has written its frames to the log (sqlite.org/wal.html); once the file is synced, they
survive a power cut as well. What was copied from the log into the database meanwhile was synced by SQLite.
"""

from __future__ import annotations

import asyncio
import os
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from podium.core.errors import StorageError


class LogSync:
    """Syncs for all who wait together: one sync for those that came while the one before was under way.

    Args:
        path: The database file.
    """

    def __init__(self, path: Path) -> None:
        self._log = Path(f"{path}-wal")
        self._lock = threading.Lock()
        self._thread: ThreadPoolExecutor | None = None
        self._next: Future[None] | None = None
        self._is_syncing = False
        self.count = 0

    async def asynced(self) -> None:
        """Wait until what is committed by now survives a power cut.

        Raises:
            StorageError: The disk did not take it.
        """
        with self._lock:
            if self._next is None:
                self._next = Future()
            waited = self._next
            if self._thread is None:
                self._thread = ThreadPoolExecutor(1, "podium-sync")
            if not self._is_syncing:
                self._is_syncing = True
                self._thread.submit(self._serve)
        await asyncio.wrap_future(waited)

    def close(self) -> None:
        """Finish what is waited for. Safe to call twice."""
        with self._lock:
            thread, self._thread = self._thread, None
        if thread is not None:
            thread.shutdown()

    def _serve(self) -> None:
        while True:
            with self._lock:
                waited, self._next = self._next, None
                if waited is None:
                    self._is_syncing = False
                    return
            waited.set_running_or_notify_cancel()  # a caller may stop waiting, but the sync goes on
            try:
                self._sync()
            except OSError as error:
                problem = StorageError(
                    f"{self._log} cannot be synced: {error.strerror}", hint="Check the disk."
                )
                problem.__cause__ = error
                waited.set_exception(problem)
            else:
                waited.set_result(None)

    def _sync(self) -> None:
        # No lock of SQLite's is on this file, so that closing it gives none up.
        file = os.open(self._log, os.O_RDONLY)
        try:
            os.fsync(file)
        finally:
            os.close(file)
        self.count += 1
