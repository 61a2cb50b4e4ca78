"""The one writer of a database in this process, with group commit.

Whoever holds the lock commits everything that waits in the queue, as one transaction. A caller that
finds the lock free commits at once in its own thread, with no hand-over; callers that come while a
commit is under way queue up and share the next one. Asynchronous callers are served on their event
loop when the lock is free and no sync to disk is asked for, else by a background thread, so that the
loop never waits for a disk or for another process.
"""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import SimpleQueue
from typing import Any, TypeVar

from podium.core.errors import StorageError
from podium.storage.faults import translated
from podium.storage.operations import (
    Operation,
    Parameters,
    Work,
    WriterStats,
    notify,
    statement,
)
from podium.storage.wal import HARD_LIMIT_BYTES, LIMIT_BYTES, WriteAheadLog

T = TypeVar("T")

MAX_BATCH = 256
_LOG_CHECK_EVERY = 32
_FEW = 3
_FIRST_PAUSE_S = 0.001
_LAST_PAUSE_S = 0.05


class _Busy(Exception):
    """Another process holds the write lock and this caller may not wait."""


class _Locked(Exception):
    """Another process held the write lock longer than the busy timeout."""

    def __init__(self, cause: sqlite3.OperationalError) -> None:
        super().__init__(str(cause))
        self.cause = cause


class GroupCommitWriter:
    """Runs operations in group-committed transactions on one connection.

    Args:
        connection: In autocommit mode, usable from any thread, with no busy timeout of its own.
        path: The database file.
        busy_timeout: Seconds to wait for another process that holds the write lock.
    """

    def __init__(self, connection: sqlite3.Connection, path: Path, busy_timeout: float) -> None:
        self._connection = connection
        self._path = path
        self._busy_timeout = busy_timeout
        self._lock = threading.Lock()
        self._queue: deque[Operation[Any]] = deque()
        self._bell: SimpleQueue[bool] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._thread_lock = threading.Lock()
        self._holder = 0
        self._closed = False
        self._synchronous = ""
        self._log = WriteAheadLog(path)
        self._listeners: tuple[Callable[[], None], ...] = ()
        self._operations = self._commits = self._syncs = 0

    @property
    def stats(self) -> WriterStats:
        """Counters since the database was opened."""
        return WriterStats(self._operations, self._commits, self._syncs)

    @contextmanager
    def telling(self, listener: Callable[[], None]) -> Iterator[None]:
        """Call a quick function after each commit, on whichever thread has committed."""
        with self._thread_lock:
            self._listeners = (*self._listeners, listener)
        try:
            yield
        finally:
            with self._thread_lock:
                left = list(self._listeners)
                left.remove(listener)
                self._listeners = tuple(left)

    def write(self, work: Work[T], durable: bool = False) -> T:
        """Run `work` in a transaction and return once it is committed."""
        return self._write(Operation(work, durable))

    def execute(self, sql: str, parameters: Parameters) -> int:
        """Run one statement as a transaction of its own; how many rows it changed."""
        return self._write(statement(sql, parameters))

    def submit(self, work: Work[T], durable: bool = False) -> Future[T]:
        """Hand `work` to the background thread; the future is resolved once it is committed."""
        future: Future[T] = Future()
        future.set_running_or_notify_cancel()  # a caller may stop waiting, but the write goes on

        def resolve(done: Operation[T]) -> None:
            if done.error is not None:
                future.set_exception(done.error)
            else:
                future.set_result(done.outcome())

        self._enqueue(Operation(work, durable, resolve))
        self._ring()
        return future

    async def awrite(self, work: Work[T], durable: bool = False) -> T:
        """Run `work` in a transaction in the background thread; returns once it is committed."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()

        def tell(done: Operation[T]) -> None:
            if future.cancelled():  # a caller may stop waiting, but the write went on
                return
            if done.error is not None:
                future.set_exception(done.error)
            else:
                future.set_result(done.outcome())

        def resolve(done: Operation[T]) -> None:
            with suppress(RuntimeError):  # the loop was closed: nobody waits any more
                loop.call_soon_threadsafe(tell, done)

        self._enqueue(Operation(work, durable, resolve))
        self._ring()
        return await future

    async def awrite_soon(self, work: Work[T]) -> T:
        """Run short, non-durable `work` on the event loop when that needs no waiting, else as `awrite`.

        Only for a few small statements: the loop stands still for their microseconds.
        """
        operation = Operation(work)
        return operation.outcome() if self._at_once(operation) else await self.awrite(work)

    def write_at_once(self, work: Work[T]) -> tuple[T] | None:
        """Run short, non-durable `work` now if nobody has to be waited for; None when nothing was done."""
        operation = Operation(work)
        return (operation.outcome(),) if self._at_once(operation) else None

    async def aexecute_soon(self, sql: str, parameters: Parameters) -> int:
        """`execute`, where `awrite_soon` would run it."""
        operation = statement(sql, parameters)
        return operation.outcome() if self._at_once(operation) else await self.awrite(operation.work)

    def close(self) -> None:
        """Commit what waits, stop the thread and close the connection. Safe to call twice."""
        with self._thread_lock:
            self._closed = True
            thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            self._bell.put(False)
            thread.join()
        with self._lock:
            settled = self._drain() if self._queue else []
            self._connection.close()
        notify(settled)

    def _write(self, operation: Operation[T]) -> T:
        if self._holder == threading.get_ident():
            raise RuntimeError("a write inside a write: use the connection that the work was given")
        self._enqueue(operation)
        settled: list[Operation[Any]] = []
        try:
            with self._lock:
                if not operation.done:
                    settled = self._drain()
        except BaseException:  # ctrl-c: the caller gives up, so nobody else should run its work
            with suppress(ValueError):
                self._queue.remove(operation)
            raise
        notify(settled)
        return operation.outcome()

    def _at_once(self, operation: Operation[Any]) -> bool:
        """Commit the operation if nobody has to be waited for; False if nothing was done."""
        if self._queue or self._closed or not self._lock.acquire(blocking=False):
            return False
        try:
            self._commit([operation], wait=False)
        except _Busy:
            return False
        finally:
            self._lock.release()
        return True

    def _enqueue(self, operation: Operation[Any]) -> None:
        if self._closed:
            raise StorageError(f"{self._path} is closed", hint="Open the project again.")
        self._queue.append(operation)

    # --- the background thread -------------------------------------------------------------------

    def _ring(self) -> None:
        if self._thread is None:
            with self._thread_lock:
                if self._thread is None and not self._closed:
                    self._thread = threading.Thread(target=self._serve, name="podium-writer", daemon=True)
                    self._thread.start()
        self._bell.put(True)

    def _serve(self) -> None:
        while self._bell.get():
            if self._queue:
                with self._lock:
                    settled = self._drain()
                notify(settled)
            if self._log.size() > LIMIT_BYTES:
                self._log.copy_back()
                with self._lock:
                    self._log.cut(self._connection)

    # --- below here the lock is held -------------------------------------------------------------

    def _drain(self) -> list[Operation[Any]]:
        """Commit until the queue is empty; the operations whose callers wait to be told."""
        settled: list[Operation[Any]] = []
        while self._queue:
            batch = [self._queue.popleft() for _ in range(min(len(self._queue), MAX_BATCH))]
            if len(batch) <= _FEW and all(operation.single for operation in batch):
                for operation in batch:  # a transaction around so few statements costs more than it saves
                    self._commit([operation], wait=True)
            else:
                self._commit(batch, wait=True)
            settled += [operation for operation in batch if operation.on_done is not None]
        return settled

    def _commit(self, batch: list[Operation[Any]], wait: bool) -> None:
        durable = any(operation.durable for operation in batch)
        self._holder = threading.get_ident()
        try:
            self._patiently(lambda _: self._synchronize(durable), wait)
            if len(batch) == 1 and batch[0].single:
                batch[0].value = self._patiently(batch[0].work, wait)
            else:
                self._patiently(_begin, wait)
                self._run(batch)
                self._connection.execute("COMMIT")
        except _Busy:
            raise
        except _Locked as error:
            for operation in batch:
                operation.error = translated(error.cause, self._path)
        except Exception as error:  # noqa: BLE001  # whatever the work raised is its caller's to see
            self._rollback()
            self._fail(batch, error, wait)
        except BaseException:
            if not self._rollback():
                self._settle(batch)
            else:
                self._queue.extendleft(reversed(batch))
            raise
        else:
            self._count(len(batch), durable)
            self._tend_log(wait)
            for listener in self._listeners:
                with suppress(Exception):  # what is committed is so, whatever becomes of those who are told
                    listener()
        finally:
            self._holder = 0
        self._settle(batch)

    def _settle(self, batch: list[Operation[Any]]) -> None:
        for operation in batch:
            operation.done = True

    def _run(self, batch: list[Operation[Any]]) -> None:
        if len(batch) == 1:
            batch[0].value = batch[0].work(self._connection)
            return
        for operation in batch:
            if operation.single:
                self._run_statement(operation)
            else:
                self._run_in_savepoint(operation)

    def _fail(self, batch: list[Operation[Any]], error: Exception, wait: bool) -> None:
        if len(batch) == 1:
            batch[0].error = translated(error, self._path)
            return
        # The whole transaction was lost (a full disk, say): each operation gets its own outcome.
        for operation in batch:
            operation.error = operation.value = None
            self._commit([operation], wait)

    def _run_statement(self, operation: Operation[Any]) -> None:
        """A statement that fails changes nothing, so it needs no savepoint."""
        try:
            operation.value = operation.work(self._connection)
        except sqlite3.Error as error:
            if not self._connection.in_transaction:
                raise
            operation.error = translated(error, self._path)

    def _run_in_savepoint(self, operation: Operation[Any]) -> None:
        execute = self._connection.execute
        execute("SAVEPOINT operation")
        try:
            operation.value = operation.work(self._connection)
        except Exception as error:
            if not self._connection.in_transaction:
                raise
            execute("ROLLBACK TO operation")
            operation.error = translated(error, self._path)
        execute("RELEASE operation")

    def _synchronize(self, durable: bool) -> None:
        synchronous = "FULL" if durable else "NORMAL"
        if synchronous != self._synchronous:
            self._connection.execute(f"PRAGMA synchronous={synchronous}")
            self._synchronous = synchronous

    def _patiently(self, work: Work[T], wait: bool) -> T:
        """Run what takes the write lock, trying again while another process holds it."""
        deadline = time.monotonic() + self._busy_timeout
        pause = _FIRST_PAUSE_S
        while True:
            try:
                return work(self._connection)
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                    raise
                if not wait:
                    raise _Busy from error
                if time.monotonic() >= deadline:
                    raise _Locked(error) from error
            time.sleep(pause)
            pause = min(pause * 2, _LAST_PAUSE_S)

    def _rollback(self) -> bool:
        if not self._connection.in_transaction:
            return False
        with suppress(sqlite3.Error):  # a disk that fails here too; the next operation reports it
            self._connection.execute("ROLLBACK")
        return True

    def _count(self, operations: int, durable: bool) -> None:
        self._operations += operations
        self._commits += 1
        self._syncs += durable

    def _tend_log(self, wait: bool) -> None:
        if self._commits % _LOG_CHECK_EVERY:
            return
        size = self._log.size()
        if size > HARD_LIMIT_BYTES and wait:  # the background thread cannot keep up: slow down
            self._log.cut(self._connection)
        elif size > LIMIT_BYTES:
            self._ring()


def _begin(connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN IMMEDIATE")
