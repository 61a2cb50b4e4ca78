"""The catalog: which documents and chunks are in the knowledge base, in one SQLite file.

It is what readers believe. A vector whose chunk is not listed here does not exist for them, so that a
document appears, changes and vanishes in one transaction, whatever happens to the process.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from podium.core.model import JsonValue
from podium.knowledge.catalog_file import CatalogFile
from podium.knowledge.documents import DocumentInfo, Passage
from podium.knowledge.index import Space
from podium.knowledge.rows import DocumentRow, Entry, PlaceRow, Stored

_INFO = (
    "SELECT source, collection, title, version, date,"
    " (SELECT COUNT(*) FROM chunks WHERE document = documents.id), LENGTH(text),"
    " status, superseded_by, metadata, path FROM documents"
)


class Catalog:
    """The catalog's file; safe to use from several threads and processes."""

    def __init__(self, path: Path) -> None:
        """Name the file; it is created by the first write.

        Args:
            path: The SQLite file.
        """
        self._file = CatalogFile(path)

    def exists(self) -> bool:
        """Whether anything was ever stored."""
        return self._file.exists()

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def generation(self) -> int:
        """Counts the changes; 0 while nothing was ever stored."""
        if not self.exists():
            return 0
        with self._file.reading() as db:
            return int(db.execute("SELECT generation FROM state").fetchone()[0])

    def stored(self, collection: str) -> dict[str, Stored]:
        """The documents of a collection by source."""
        if not self.exists():
            return {}
        with self._file.reading() as db:
            rows = db.execute(
                "SELECT id, source, root, path, version, recipe FROM documents WHERE collection = ?",
                (collection,),
            ).fetchall()
        return {row[1]: Stored(*row) for row in rows}

    def documents(self) -> list[DocumentInfo]:
        """Every document, by collection and source."""
        if not self.exists():
            return []
        with self._file.reading() as db:
            rows = db.execute(f"{_INFO} ORDER BY collection, source").fetchall()
        return [_info(row) for row in rows]

    def page(self, collection: str, words: str, *, limit: int, offset: int) -> tuple[list[DocumentInfo], int]:
        """Some documents of a collection by source, and how many there are in all.

        Args:
            collection: Which.
            words: Part of a title or source; empty for all.
            limit: How many at most.
            offset: How many to leave out.
        """
        if not self.exists():
            return [], 0
        where = "collection = ? AND (? = '' OR instr(lower(title || char(10) || source), ?) > 0)"
        values = (collection, words, words.lower())
        with self._file.reading() as db:
            rows = db.execute(
                f"{_INFO} WHERE {where} ORDER BY source LIMIT ? OFFSET ?", (*values, limit, offset)
            )
            found = [_info(row) for row in rows.fetchall()]
            total = db.execute(f"SELECT COUNT(*) FROM documents WHERE {where}", values).fetchone()[0]  # noqa: S608 - fixed text
        return found, int(total)

    def document(self, collection: str, source: str) -> DocumentInfo | None:
        """One document; None where there is none."""
        if not self.exists():
            return None
        with self._file.reading() as db:
            row = db.execute(f"{_INFO} WHERE collection = ? AND source = ?", (collection, source)).fetchone()
        return None if row is None else _info(row)

    def part(self, collection: str, source: str, start: int, length: int) -> str:
        """A part of a document's text, by characters; empty where there is none."""
        with self._file.reading() as db:
            row = db.execute(
                "SELECT SUBSTR(text, ?, ?) FROM documents WHERE collection = ? AND source = ?",
                (start + 1, length, collection, source),
            ).fetchone()
        return "" if row is None else str(row[0])

    def passages(self, collection: str, source: str, *, limit: int, offset: int) -> list[Passage]:
        """Some passages of a document, in order.

        Args:
            collection: The document's.
            source: The document.
            limit: How many at most.
            offset: How many to leave out.
        """
        if not self.exists():
            return []
        with self._file.reading() as db:
            rows = db.execute(
                "SELECT c.id, c.start, c.end, SUBSTR(d.text, c.start + 1, c.end - c.start), c.context,"
                " c.flags FROM chunks c JOIN documents d ON d.id = c.document"
                " WHERE d.collection = ? AND d.source = ? ORDER BY c.start, c.end LIMIT ? OFFSET ?",
                (collection, source, limit, offset),
            ).fetchall()
        return [
            Passage(chunk_id, start, end, text, headings, tuple(flags.split()))
            for chunk_id, start, end, text, headings, flags in rows
        ]

    def count(self, space: Space) -> int:
        """How many chunks of a space are visible."""
        if not self.exists():
            return 0
        with self._file.reading() as db:
            row = db.execute(
                "SELECT COUNT(*) FROM chunks c JOIN documents d ON d.id = c.document"
                " WHERE d.collection = ? AND d.embedder = ? AND d.dimensions = ?",
                (space.collection, space.embedder, space.dimensions),
            ).fetchone()
        return int(row[0])

    def text(self, source: str, collection: str | None = None) -> str | None:
        """The text that spans of a source refer to; None when it is unknown."""
        if not self.exists():
            return None
        where, values = ("AND collection = ?", (source, collection)) if collection else ("", (source,))
        with self._file.reading() as db:
            row = db.execute(
                f"SELECT text FROM documents WHERE source = ? {where} ORDER BY collection",  # noqa: S608 - fixed text
                values,
            ).fetchone()
        return None if row is None else str(row[0])

    def texts(self, spans: Sequence[tuple[int, int, int]]) -> list[str]:
        """The text of each `(document id, start, end)`; empty where the document is gone."""
        found = []
        with self._file.reading() as db:
            for document, start, end in spans:
                row = db.execute(
                    "SELECT SUBSTR(text, ?, ?) FROM documents WHERE id = ?",
                    (start + 1, end - start, document),
                ).fetchone()
                found.append("" if row is None else str(row[0]))
        return found

    def rows(self) -> tuple[int, list[DocumentRow], list[PlaceRow]]:
        """Generation, documents and chunks as of one moment."""
        with self._file.reading() as db:
            generation = int(db.execute("SELECT generation FROM state").fetchone()[0])
            documents = db.execute(
                "SELECT id, collection, source, title, version, date, status, supersedes, superseded_by,"
                " metadata, embedder FROM documents ORDER BY id"
            ).fetchall()
            chunks = db.execute(
                "SELECT id, document, start, end, context, flags FROM chunks ORDER BY document, start"
            ).fetchall()
        return generation, [DocumentRow(*row) for row in documents], [PlaceRow(*row) for row in chunks]

    def terms(self) -> tuple[int, list[list[str]]]:
        """Generation, and the terms of every chunk in the order of `rows`."""
        if not self.exists():
            return 0, []
        with self._file.reading() as db:
            generation = int(db.execute("SELECT generation FROM state").fetchone()[0])
            rows = db.execute("SELECT terms FROM chunks ORDER BY document, start").fetchall()
        return generation, [row[0].split() for row in rows]

    def intend(self, space: Space, ids: Iterable[str]) -> None:
        """Note vectors that are about to be written, so that an ingest that dies leaves none behind."""
        with self._file.writing() as db:
            _discard(db, space, ids)

    def show(self, entries: Sequence[Entry]) -> None:
        """Make documents visible with all their chunks, each replacing its former version."""
        with self._file.writing() as db:
            for entry in entries:
                document = entry.document
                _hide(db, entry.space.collection, document.source)
                _insert(db, entry)
            db.execute("UPDATE state SET generation = generation + 1")

    def hide(self, collection: str, sources: Sequence[str]) -> None:
        """Remove documents."""
        with self._file.writing() as db:
            for source in sources:
                _hide(db, collection, source)
            db.execute("UPDATE state SET generation = generation + 1")

    def garbage(self) -> dict[Space, list[str]]:
        """Vectors that no document needs."""
        if not self.exists():
            return {}
        spaces: dict[Space, list[str]] = {}
        with self._file.reading() as db:
            for collection, embedder, dimensions, chunk_id in db.execute("SELECT * FROM garbage"):
                spaces.setdefault(Space(collection, embedder, dimensions), []).append(chunk_id)
        return spaces

    def forget(self, space: Space, ids: Iterable[str]) -> None:
        """Vectors that are gone from the index."""
        with self._file.writing() as db:
            db.executemany(
                "DELETE FROM garbage WHERE collection = ? AND embedder = ? AND dimensions = ? AND id = ?",
                [(space.collection, space.embedder, space.dimensions, chunk_id) for chunk_id in ids],
            )


def _info(row: Sequence[Any]) -> DocumentInfo:
    *told, metadata, path = row
    values: tuple[Any, ...] = (*told, json.loads(metadata), path)
    return DocumentInfo(*values)


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


def _insert(db: sqlite3.Connection, entry: Entry) -> None:
    document, space = entry.document, entry.space
    values = {
        "collection": space.collection,
        "source": document.source,
        "root": entry.root,
        "path": entry.path,
        "version": document.version,
        "recipe": entry.recipe,
        "embedder": space.embedder,
        "dimensions": space.dimensions,
        "title": document.title,
        "date": document.date,
        "status": document.status,
        "supersedes": document.supersedes,
        "superseded_by": document.superseded_by,
        "metadata": _json(dict(document.metadata)),
        "text": document.text,
    }
    columns, places = ", ".join(values), ", ".join("?" * len(values))
    row = db.execute(
        f"INSERT INTO documents ({columns}) VALUES ({places})",  # noqa: S608 - names are fixed above
        tuple(values.values()),
    )
    for item in entry.chunks:
        place = item.chunk
        terms, flags = " ".join(item.terms), " ".join(item.flags)
        db.execute(
            "INSERT INTO chunks VALUES (?,?,?,?,?,?,?)",
            (item.id, row.lastrowid, place.start, place.end, place.context, terms, flags),
        )
        db.execute("DELETE FROM garbage WHERE id = ? AND embedder = ?", (item.id, space.embedder))
