"""What a search sees: the catalog's documents and chunks as of one generation, held in memory."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import NamedTuple

from podium.core.model import JsonValue
from podium.knowledge.catalog import Catalog
from podium.knowledge.rows import DocumentRow


@dataclass(frozen=True, slots=True)
class SeenDocument:
    """A document as search needs it."""

    id: int
    collection: str
    source: str
    title: str
    version: str
    date: str
    status: str
    metadata: dict[str, JsonValue]
    embedder: str
    superseded_by: str = ""
    """The source that replaces it; its own word where that source is not there."""
    replaced_on: str = ""
    """Date of the replacement; empty when unknown."""


@dataclass(frozen=True, slots=True)
class SeenChunk:
    """A chunk as search needs it; its text is fetched when it is shown."""

    id: str
    document: SeenDocument
    start: int
    end: int
    context: str
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All chunks in a fixed order."""

    generation: int
    documents: tuple[SeenDocument, ...]
    chunks: tuple[SeenChunk, ...]
    position: dict[str, int]
    """Place of a chunk in `chunks` by its id."""

    def collections(self) -> tuple[str, ...]:
        """Names of the collections that hold documents."""
        return tuple(sorted({document.collection for document in self.documents}))

    def within(self, collections: Collection[str]) -> Snapshot:
        """The same without the documents of other collections.

        Args:
            collections: Names of those that stay.
        """
        documents = tuple(one for one in self.documents if one.collection in collections)
        chunks = tuple(chunk for chunk in self.chunks if chunk.document.collection in collections)
        position = {chunk.id: i for i, chunk in enumerate(chunks)}
        return Snapshot(self.generation, documents, chunks, position)


def take_snapshot(catalog: Catalog) -> Snapshot:
    """Read the catalog.

    Args:
        catalog: Where documents are listed.
    """
    if not catalog.exists():
        return Snapshot(0, (), (), {})
    generation, documents, places = catalog.rows()
    successors = _successors(documents)
    seen = {row.id: _seen(row, successors.get(row.id, _NONE)) for row in documents}
    chunks = tuple(
        SeenChunk(row.id, seen[row.document], row.start, row.end, row.context, tuple(row.flags.split()))
        for row in places
    )
    return Snapshot(generation, tuple(seen.values()), chunks, {chunk.id: i for i, chunk in enumerate(chunks)})


class _Successor(NamedTuple):
    source: str
    date: str


_NONE = _Successor("", "")
_NOT_IN_FORCE = ("superseded", "obsolete", "withdrawn", "archived")


def _seen(row: DocumentRow, successor: _Successor) -> SeenDocument:
    return SeenDocument(
        id=row.id,
        collection=row.collection,
        source=row.source,
        title=row.title,
        version=row.version,
        date=row.date,
        status=row.status,
        metadata=json.loads(row.metadata),
        embedder=row.embedder,
        superseded_by=successor.source,
        replaced_on=successor.date,
    )


def _successors(rows: Sequence[DocumentRow]) -> dict[int, _Successor]:
    """Which document replaces which, by the id of the old one, from what either of the two declares."""
    names = _by_name(rows)
    found: dict[int, _Successor] = {}
    for row in rows:
        for name in _listed(row.supersedes):
            old = names.get((row.collection, name.casefold()))
            if old is not None and old.id != row.id:
                found[old.id] = _Successor(row.source, row.date)
    for row in rows:
        if row.superseded_by:
            new = names.get((row.collection, row.superseded_by.casefold()))
            if new is None:
                found.setdefault(row.id, _Successor(row.superseded_by, ""))
            elif new.id != row.id:
                found[row.id] = _Successor(new.source, new.date)
        elif row.status in _NOT_IN_FORCE:
            found.setdefault(row.id, _Successor(row.status, ""))
    return found


def _by_name(rows: Sequence[DocumentRow]) -> dict[tuple[str, str], DocumentRow]:
    """Documents by what another one may call them: path, file name, file name without suffix, title."""
    names: dict[tuple[str, str], DocumentRow] = {}
    for row in rows:
        path = PurePosixPath(row.source)
        for name in (row.source, path.name, path.stem, row.title):
            names.setdefault((row.collection, name.casefold()), row)
    return names


def _listed(names: str) -> list[str]:
    return [name.strip(" '\"") for name in names.strip("[]").split(",") if name.strip()]
