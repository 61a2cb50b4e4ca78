"""What the catalog stores, row by row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from podium.knowledge.chunking import Chunk
from podium.knowledge.documents import Document
from podium.knowledge.index import Space


@dataclass(frozen=True, slots=True)
class Stored:
    """A document as an ingest compares it with its file."""

    id: int
    source: str
    root: str
    path: str
    version: str
    recipe: str


class DocumentRow(NamedTuple):
    """A document without its text, as it is stored."""

    id: int
    collection: str
    source: str
    title: str
    version: str
    date: str
    status: str
    supersedes: str
    superseded_by: str
    metadata: str
    """JSON."""
    embedder: str


class PlaceRow(NamedTuple):
    """A chunk without its text, as it is stored."""

    id: str
    document: int
    start: int
    end: int
    context: str
    flags: str


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
