"""What a search sees: the catalog's documents and chunks as of one generation, held in memory."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, cast

from podium.core.model import JsonValue
from podium.knowledge.catalog import Catalog


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


def take_snapshot(catalog: Catalog) -> Snapshot:
    """Read the catalog.

    Args:
        catalog: Where documents are listed.
    """
    if not catalog.exists():
        return Snapshot(0, (), (), {})
    generation, raw_documents, raw_chunks = catalog.rows()
    documents = {cast("int", row[0]): row for row in raw_documents}
    seen = _with_successors([cast("Any", row) for row in documents.values()])
    by_id = {document.id: document for document in seen}
    chunks = tuple(
        SeenChunk(str(row[0]), by_id[cast("int", row[1])], cast("int", row[2]), cast("int", row[3]), str(row[4]),
                  tuple(str(row[5]).split()))
        for row in raw_chunks
    )  # fmt: skip
    return Snapshot(generation, tuple(seen), chunks, {chunk.id: i for i, chunk in enumerate(chunks)})


def _with_successors(rows: Sequence[Any]) -> list[SeenDocument]:
    """Settle which document replaces which, from what either of the two declares."""
    names: dict[tuple[str, str], Any] = {}
    for row in rows:
        for name in (row[2], PurePosixPath(row[2]).name, PurePosixPath(row[2]).stem, row[3]):
            names.setdefault((row[1], name.casefold()), row)
    successor: dict[int, tuple[str, str]] = {}
    for row in rows:
        _id, collection, source, _title, _version, date, status, supersedes, superseded_by = row[:9]
        for old_name in _listed(supersedes):
            old = names.get((collection, old_name.casefold()))
            if old is not None and old[0] != row[0]:
                successor[old[0]] = (source, date)
        if superseded_by:
            new = names.get((collection, superseded_by.casefold()))
            if new is not None and new[0] != row[0]:
                successor[row[0]] = (new[2], new[5])
            elif new is None:
                successor.setdefault(row[0], (superseded_by, ""))
        elif status in ("superseded", "obsolete", "withdrawn", "archived"):
            successor.setdefault(row[0], (status, ""))
    return [
        SeenDocument(
            *row[:7],
            metadata=json.loads(row[9]),
            embedder=row[10],
            superseded_by=successor.get(row[0], ("", ""))[0],
            replaced_on=successor.get(row[0], ("", ""))[1],
        )
        for row in rows
    ]


def _listed(names: str) -> list[str]:
    return [name.strip() for name in names.strip("[]").split(",") if name.strip()]
