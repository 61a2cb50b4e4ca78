"""The project's database: one SQLite file, one writer per process, many readers."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

from podium.core.errors import StorageError
from podium.storage.encryption.keys import check_keys, is_ready, make_ready
from podium.storage.encryption.sql import DecryptingConnection, equip
from podium.storage.faults import cannot_create, translated
from podium.storage.log_sync import LogSync
from podium.storage.operations import Parameters, Work, WriterStats
from podium.storage.versions import bring_up_to_date
from podium.storage.writer import GroupCommitWriter

if TYPE_CHECKING:
    from podium.storage.encryption.cipher import Cipher

T = TypeVar("T")

BUSY_TIMEOUT_S = 10.0
_MAX_IDLE_READERS = 8


class Database:
    """One SQLite file in WAL mode.

    Every write goes through one writer with group commit; a write that returned survives a killed
    process, and a `durable` one also a power cut. Work given to `write` gets a connection with an open
    transaction, must only use that connection, and may be run again when a shared transaction is lost.

    Use `Database.open`.
    """

    def __init__(
        self, path: Path, writer: GroupCommitWriter, readers: _ReaderPool, cipher: Cipher | None = None
    ) -> None:
        self.path = path
        self.cipher = cipher
        self._writer = writer
        self._readers = readers
        self._sync = LogSync(path)
        # An unclosed database must not hold up the interpreter's exit, nor lose what it queued.
        self._finalizer = weakref.finalize(self, _shut, writer, readers, self._sync)

    @classmethod
    def open(
        cls, path: Path | str, *, cipher: Cipher | None = None, busy_timeout: float = BUSY_TIMEOUT_S
    ) -> Self:
        """Open the file, creating or migrating it when needed.

        Args:
            path: The database file; it and its folder are created when missing, for this user alone.
            cipher: Encrypts what is written from now on, and decrypts what is read; None while all is plain.
            busy_timeout: Seconds to wait for another process that is writing.

        Raises:
            StorageError: The file cannot be used; it is left as it was. `EncryptionKeyMissing` and
                `EncryptionKeyWrong` where it is encrypted and its key is not at hand.
            Conflict: It is to be encrypted with a new key, and another process has it open.
        """
        file = Path(path).absolute()
        try:
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise cannot_create(file.parent, error) from error
        with suppress(OSError):  # it is there already, or SQLite says better why it cannot be made
            file.touch(mode=0o600, exist_ok=False)
        bring_up_to_date(file, busy_timeout)
        connection = _writing(file, cipher, busy_timeout)
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA wal_autocheckpoint=0")
        return cls(
            file,
            GroupCommitWriter(connection, file, busy_timeout),
            _ReaderPool(file, busy_timeout, cipher),
            cipher,
        )

    @property
    def stats(self) -> WriterStats:
        """What the writer did since the database was opened."""
        return self._writer.stats

    def write(self, work: Work[T], *, durable: bool = False) -> T:
        """Run `work` in a transaction; returns its value once it is committed.

        Args:
            work: Gets the writer's connection.
            durable: Sync to disk before returning, so that a power cut loses nothing either.
        """
        return self._writer.write(work, durable)

    def submit(self, work: Work[T], *, durable: bool = False) -> Future[T]:
        """Like `write`, without waiting; the future is resolved once it is committed."""
        return self._writer.submit(work, durable)

    async def awrite(self, work: Work[T], *, durable: bool = False) -> T:
        """Like `write`, on a background thread."""
        return await self._writer.awrite(work, durable)

    async def awrite_soon(self, work: Work[T]) -> T:
        """Like `awrite` for a few small statements: on the event loop itself if nothing blocks."""
        return await self._writer.awrite_soon(work)

    async def asynced(self) -> None:
        """Wait until all that is committed by now survives a power cut; others commit meanwhile.

        Raises:
            StorageError: The disk did not take it.
        """
        await self._sync.asynced()

    def write_at_once(self, work: Work[T]) -> tuple[T] | None:
        """Like `write` for a few small statements, if nobody has to be waited for.

        Returns:
            The value of `work`, alone in a tuple; None when nothing was done.
        """
        return self._writer.write_at_once(work)

    def execute(self, sql: str, parameters: Parameters = ()) -> int:
        """Run one statement that changes data as a transaction of its own, the cheapest kind of write.

        Returns:
            How many rows it changed.
        """
        return self._writer.execute(sql, parameters)

    async def aexecute_soon(self, sql: str, parameters: Parameters = ()) -> int:
        """Like `execute`, where `awrite_soon` would run it."""
        return await self._writer.aexecute_soon(sql, parameters)

    @contextmanager
    def telling(self, listener: Callable[[], None]) -> Iterator[None]:
        """Call a function after each commit of this process, for as long as the block lasts.

        Args:
            listener: Called on whichever thread has committed, while others wait to commit; it must be quick
                and must not fail.
        """
        with self._writer.telling(listener):
            yield

    def read(self, work: Work[T]) -> T:
        """Run `work` on a read-only connection and return its value."""
        return self._readers.run(work)

    async def aread(self, work: Work[T]) -> T:
        """Like `read`, on a background thread."""
        return await asyncio.to_thread(self._readers.run, work)

    def close(self) -> None:
        """Commit what was submitted and release the file. Safe to call twice."""
        self._finalizer()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _ReaderPool:
    """Read-only connections, lent to one caller at a time."""

    def __init__(self, path: Path, busy_timeout: float, cipher: Cipher | None) -> None:
        self._path = path
        self._cipher = cipher
        self._busy_timeout = busy_timeout
        self._idle: list[sqlite3.Connection] = []
        self._lock = threading.Lock()
        self._closed = False

    def run(self, work: Work[T]) -> T:
        connection = self._lend()
        try:
            connection.execute("BEGIN")  # one snapshot for all that the work reads
            return work(connection)
        except sqlite3.Error as error:
            raise translated(error, self._path) from error
        finally:
            self._take_back(connection)

    def close(self) -> None:
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def _lend(self) -> sqlite3.Connection:
        with self._lock:
            if self._closed:
                raise StorageError(f"{self._path} is closed", hint="Open the project again.")
            if self._idle:
                return self._idle.pop()
        connection = _connect(self._path, timeout=self._busy_timeout)
        if self._cipher is not None:
            equip(connection, self._cipher)
        connection.execute("PRAGMA query_only=ON")
        return connection

    def _take_back(self, connection: sqlite3.Connection) -> None:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        with self._lock:
            if not self._closed and len(self._idle) < _MAX_IDLE_READERS:
                self._idle.append(connection)
                return
        connection.close()


def _writing(path: Path, cipher: Cipher | None, patience: float) -> sqlite3.Connection:
    """A connection that writes, once it is certain that what is stored can be read."""
    kind = sqlite3.Connection if cipher is None else DecryptingConnection
    connection = _connect(path, kind=kind)
    try:
        _wait_at_most(connection, patience)  # whoever closes the file last has it alone for a moment
        check_keys(connection, cipher, path)
        _wait_at_most(connection, 0.0)
        if cipher is None:
            return connection
        if not is_ready(connection, cipher):
            connection.close()
            make_ready(path, cipher, patience)
            connection = _connect(path, kind=kind)
        equip(connection, cipher)
    except sqlite3.Error as error:
        connection.close()
        raise translated(error, path) from error
    except BaseException:
        connection.close()
        raise
    return connection


def _wait_at_most(connection: sqlite3.Connection, seconds: float) -> None:
    connection.execute(f"PRAGMA busy_timeout={round(seconds * 1000)}")


def _connect(
    path: Path, timeout: float = 0.0, kind: type[sqlite3.Connection] = sqlite3.Connection
) -> sqlite3.Connection:
    try:
        return sqlite3.connect(
            path,
            timeout=timeout,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=256,
            factory=kind,
        )
    except sqlite3.Error as error:
        raise translated(error, path) from error


def _shut(writer: GroupCommitWriter, readers: _ReaderPool, sync: LogSync) -> None:
    sync.close()
    readers.close()
    with suppress(sqlite3.Error):
        writer.close()
