"""The file of the catalog: its schema, its transactions, and what its errors mean."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import RLock

from podium.core.errors import DiskFull, KnowledgeError, NewerSchema, NotADatabase, ReadOnly, StorageError

SCHEMA_VERSION = 1

_SCHEMA = """
CREATE TABLE documents (
    id INTEGER PRIMARY KEY, collection TEXT NOT NULL, source TEXT NOT NULL,
    root TEXT NOT NULL, path TEXT NOT NULL, version TEXT NOT NULL, recipe TEXT NOT NULL,
    embedder TEXT NOT NULL, dimensions INTEGER NOT NULL,
    title TEXT NOT NULL, date TEXT NOT NULL, status TEXT NOT NULL,
    supersedes TEXT NOT NULL, superseded_by TEXT NOT NULL,
    metadata TEXT NOT NULL, text TEXT NOT NULL, UNIQUE (collection, source)
);
CREATE TABLE chunks (
    id TEXT PRIMARY KEY, document INTEGER NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
    start INTEGER NOT NULL, end INTEGER NOT NULL,
    context TEXT NOT NULL, terms TEXT NOT NULL, flags TEXT NOT NULL
);
CREATE INDEX chunks_of_document ON chunks(document, start);
CREATE TABLE garbage (
    collection TEXT NOT NULL, embedder TEXT NOT NULL, dimensions INTEGER NOT NULL, id TEXT NOT NULL,
    PRIMARY KEY (collection, embedder, dimensions, id)
);
CREATE TABLE state (generation INTEGER NOT NULL);
INSERT INTO state VALUES (0);
"""


class CatalogFile:
    """One SQLite file; safe to use from several threads and processes."""

    def __init__(self, path: Path) -> None:
        """Name the file; it is created by the first write.

        Args:
            path: The SQLite file.
        """
        self._path = path
        self._lock = RLock()
        self._connection: sqlite3.Connection | None = None

    def exists(self) -> bool:
        """Whether anything was ever stored."""
        return self._connection is not None or self._path.is_file()

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(
                self._path, timeout=10, isolation_level=None, check_same_thread=False
            )
            try:
                self._prepare(connection)
            except BaseException:
                connection.close()
                raise
            self._connection = connection
        return self._connection

    def _prepare(self, db: sqlite3.Connection) -> None:
        found = int(db.execute("PRAGMA user_version").fetchone()[0])
        if found > SCHEMA_VERSION:
            raise NewerSchema(
                f"{self._path} was written by a later Podium (schema {found}, known is {SCHEMA_VERSION})",
                hint="Upgrade Podium, or delete the folder and ingest again.",
            )
        db.execute("PRAGMA foreign_keys = ON")
        if found == 0:
            db.execute("PRAGMA journal_mode = WAL")
            db.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} PRAGMA user_version = {SCHEMA_VERSION}; COMMIT;")

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A view of one moment, for as long as the body runs."""
        with self._lock, _explained(self._path):
            db = self._open()
            db.execute("BEGIN")
            try:
                yield db
            finally:
                db.execute("ROLLBACK")

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction: all of the body, or nothing of it; durable afterwards."""
        with self._lock, _explained(self._path):
            db = self._open()
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
                db.execute("COMMIT")
            except BaseException:
                if db.in_transaction:
                    db.execute("ROLLBACK")
                raise


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise _storage_error(path, error) from None
    except PermissionError:
        raise ReadOnly(
            f"{path.parent} may not be written", hint="Give yourself the right to write there."
        ) from None
    except OSError as error:
        raise StorageError(
            f"{path.parent} cannot be used: {error.strerror}", hint="Check the disk and the path."
        ) from None


def _storage_error(path: Path, error: sqlite3.DatabaseError) -> Exception:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    match code:
        case sqlite3.SQLITE_NOTADB | sqlite3.SQLITE_CORRUPT:
            return NotADatabase(
                f"{path} is not a knowledge catalog, or is damaged",
                hint="Delete it and run 'podium ingest' again.",
            )
        case sqlite3.SQLITE_FULL:
            return DiskFull(f"no space left for {path}", hint="Free some space and ingest again.")
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM:
            return ReadOnly(f"{path} may not be written", hint="Give yourself the right to write there.")
        case _:
            return KnowledgeError(f"{path}: {error}", hint="Another process may hold it; try again.")
