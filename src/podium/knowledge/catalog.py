"""The catalog: which documents and chunks are in the knowledge base, in one SQLite file.

It is what readers believe. A vector whose chunk is not listed here does not exist for them, so that a document
appears, changes and vanishes in one transaction, whatever happens to the process.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import RLock

from podium.core.errors import DiskFull, KnowledgeError, NewerSchema, NotADatabase, ReadOnly, StorageError
from podium.core.model import JsonValue
from podium.knowledge.chunking import Chunk
from podium.knowledge.documents import Document, DocumentInfo
from podium.knowledge.index import Space

SCHEMA_VERSION = 1

_SCHEMA = """
CREATE TABLE documents (
    id INTEGER PRIMARY KEY, collection TEXT NOT NULL, source TEXT NOT NULL, root TEXT NOT NULL, path TEXT NOT NULL,
    version TEXT NOT NULL, recipe TEXT NOT NULL, embedder TEXT NOT NULL, dimensions INTEGER NOT NULL, title TEXT NOT NULL,
    date TEXT NOT NULL, status TEXT NOT NULL, supersedes TEXT NOT NULL, superseded_by TEXT NOT NULL,
    metadata TEXT NOT NULL, text TEXT NOT NULL, UNIQUE (collection, source)
);
CREATE TABLE chunks (
    id TEXT PRIMARY KEY, document INTEGER NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
    start INTEGER NOT NULL, end INTEGER NOT NULL, context TEXT NOT NULL, terms TEXT NOT NULL, flags TEXT NOT NULL
);
CREATE INDEX chunks_of_document ON chunks(document, start);
CREATE TABLE garbage (
    collection TEXT NOT NULL, embedder TEXT NOT NULL, dimensions INTEGER NOT NULL, id TEXT NOT NULL,
    PRIMARY KEY (collection, embedder, dimensions, id)
);
CREATE TABLE state (generation INTEGER NOT NULL);
INSERT INTO state VALUES (0);
"""


@dataclass(frozen=True, slots=True)
class Stored:
    """A document as an ingest compares it with its file."""

    id: int
    source: str
    root: str
    path: str
    version: str
    recipe: str


@dataclass(frozen=True, slots=True)
class ChunkRow:
    """A chunk to be stored or read back."""

    id: str
    chunk: Chunk
    terms: tuple[str, ...]
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """A document with its chunks, ready to be shown."""

    document: Document
    root: str
    path: str
    recipe: str
    space: Space
    chunks: tuple[ChunkRow, ...]


class Catalog:
    """The catalog's file; safe to use from several threads and processes."""

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

    def generation(self) -> int:
        """Counts the changes; 0 while nothing was ever stored."""
        if not self.exists():
            return 0
        with self._reading() as db:
            return int(db.execute("SELECT generation FROM state").fetchone()[0])

    def stored(self, collection: str) -> dict[str, Stored]:
        """The documents of a collection by source."""
        if not self.exists():
            return {}
        with self._reading() as db:
            rows = db.execute(
                "SELECT id, source, root, path, version, recipe FROM documents WHERE collection = ?", (collection,)
            ).fetchall()
        return {row[1]: Stored(*row) for row in rows}

    def documents(self) -> list[DocumentInfo]:
        """Every document, by collection and source."""
        if not self.exists():
            return []
        with self._reading() as db:
            rows = db.execute(
                "SELECT source, collection, title, version, date, (SELECT COUNT(*) FROM chunks WHERE document = documents.id),"
                " LENGTH(text), status, superseded_by, metadata FROM documents ORDER BY collection, source"
            ).fetchall()
        return [DocumentInfo(*row[:9], metadata=json.loads(row[9])) for row in rows]

    def text(self, source: str, collection: str | None = None) -> str | None:
        """The text that spans of a source refer to; None when it is unknown."""
        if not self.exists():
            return None
        where, values = ("AND collection = ?", (source, collection)) if collection else ("", (source,))
        with self._reading() as db:
            row = db.execute(
                f"SELECT text FROM documents WHERE source = ? {where} ORDER BY collection",  # noqa: S608 - fixed text
                values,
            ).fetchone()
        return None if row is None else str(row[0])

    def texts(self, spans: Sequence[tuple[int, int, int]]) -> list[str]:
        """Pieces of documents: the text of each `(document id, start, end)`; empty where the document is gone."""
        found = []
        with self._reading() as db:
            for document, start, end in spans:
                row = db.execute(
                    "SELECT SUBSTR(text, ?, ?) FROM documents WHERE id = ?", (start + 1, end - start, document)
                ).fetchone()
                found.append("" if row is None else str(row[0]))
        return found

    def rows(self) -> tuple[int, list[tuple[object, ...]], list[tuple[object, ...]]]:
        """Generation, documents and chunks as of one moment."""
        with self._reading() as db:
            generation = int(db.execute("SELECT generation FROM state").fetchone()[0])
            documents = db.execute(
                "SELECT id, collection, source, title, version, date, status, supersedes, superseded_by, metadata, embedder"
                " FROM documents ORDER BY id"
            ).fetchall()
            chunks = db.execute(
                "SELECT id, document, start, end, context, flags FROM chunks ORDER BY document, start"
            ).fetchall()
        return generation, documents, chunks

    def terms(self) -> list[list[str]]:
        """The terms of every chunk, in the order of `rows`."""
        with self._reading() as db:
            rows = db.execute("SELECT terms FROM chunks ORDER BY document, start").fetchall()
        return [row[0].split() for row in rows]

    def intend(self, space: Space, ids: Iterable[str]) -> None:
        """Note vectors that are about to be written, so that an ingest that dies leaves none behind."""
        with self._writing() as db:
            _discard(db, space, ids)

    def show(self, entries: Sequence[Entry]) -> None:
        """Make documents visible with all their chunks, each replacing its former version."""
        with self._writing() as db:
            for entry in entries:
                document = entry.document
                _hide(db, entry.space.collection, document.source)
                row = db.execute(
                    "INSERT INTO documents (collection, source, root, path, version, recipe, embedder, dimensions, title, date,"
                    " status, supersedes, superseded_by, metadata, text) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
                    (
                        entry.space.collection, document.source, entry.root, entry.path, document.version, entry.recipe,
                        entry.space.embedder, entry.space.dimensions, document.title, document.date, document.status,
                        document.supersedes, document.superseded_by, _json(dict(document.metadata)), document.text,
                    ),
                )  # fmt: skip
                for item in entry.chunks:
                    db.execute(
                        "INSERT INTO chunks VALUES (?,?,?,?,?,?,?)",
                        (item.id, row.lastrowid, item.chunk.start, item.chunk.end, item.chunk.context,
                         " ".join(item.terms), " ".join(item.flags)),
                    )  # fmt: skip
                    db.execute("DELETE FROM garbage WHERE id = ? AND embedder = ?", (item.id, entry.space.embedder))
            db.execute("UPDATE state SET generation = generation + 1")

    def hide(self, collection: str, sources: Sequence[str]) -> None:
        """Remove documents."""
        with self._writing() as db:
            for source in sources:
                _hide(db, collection, source)
            db.execute("UPDATE state SET generation = generation + 1")

    def garbage(self) -> dict[Space, list[str]]:
        """Vectors that no document needs."""
        if not self.exists():
            return {}
        spaces: dict[Space, list[str]] = {}
        with self._reading() as db:
            for collection, embedder, dimensions, chunk_id in db.execute("SELECT * FROM garbage"):
                spaces.setdefault(Space(collection, embedder, dimensions), []).append(chunk_id)
        return spaces

    def forget(self, space: Space, ids: Iterable[str]) -> None:
        """Vectors that are gone from the index."""
        with self._writing() as db:
            db.executemany(
                "DELETE FROM garbage WHERE collection = ? AND embedder = ? AND dimensions = ? AND id = ?",
                [(space.collection, space.embedder, space.dimensions, chunk_id) for chunk_id in ids],
            )

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(self._path, timeout=10, isolation_level=None, check_same_thread=False)
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
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with self._lock, _explained(self._path):
            db = self._open()
            db.execute("BEGIN")
            try:
                yield db
            finally:
                db.execute("ROLLBACK")

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
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


def _hide(db: sqlite3.Connection, collection: str, source: str) -> None:
    db.execute(
        "INSERT OR IGNORE INTO garbage SELECT d.collection, d.embedder, d.dimensions, c.id FROM chunks c"
        " JOIN documents d ON d.id = c.document WHERE d.collection = ? AND d.source = ?",
        (collection, source),
    )
    db.execute("DELETE FROM documents WHERE collection = ? AND source = ?", (collection, source))


def _discard(db: sqlite3.Connection, space: Space, ids: Iterable[str]) -> None:
    db.executemany(
        "INSERT OR IGNORE INTO garbage VALUES (?,?,?,?)",
        [(space.collection, space.embedder, space.dimensions, chunk_id) for chunk_id in ids],
    )


def _json(value: dict[str, JsonValue]) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise _storage_error(path, error) from None
    except PermissionError:
        raise ReadOnly(f"{path.parent} may not be written", hint="Give yourself the right to write there.") from None
    except OSError as error:
        raise StorageError(f"{path.parent} cannot be used: {error.strerror}", hint="Check the disk and the path.") from None


def _storage_error(path: Path, error: sqlite3.DatabaseError) -> Exception:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    match code:
        case sqlite3.SQLITE_NOTADB | sqlite3.SQLITE_CORRUPT:
            return NotADatabase(
                f"{path} is not a knowledge catalog, or is damaged", hint="Delete it and run 'podium ingest' again."
            )
        case sqlite3.SQLITE_FULL:
            return DiskFull(f"no space left for {path}", hint="Free some space and ingest again.")
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM:
            return ReadOnly(f"{path} may not be written", hint="Give yourself the right to write there.")
        case _:
            return KnowledgeError(f"{path}: {error}", hint="Another process may hold it; try again.")
