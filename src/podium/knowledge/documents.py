"""What is known of a document, and what an ingest has done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from podium.core.model import JsonValue


class Heading(NamedTuple):
    """A heading within a document's text."""

    start: int
    level: int
    """1 is the outermost."""
    title: str


@dataclass(frozen=True, slots=True)
class Document:
    """A document as text, whose offsets every span refers to.

    Attributes:
        source: Its path within its collection.
        title: What it calls itself; the file's name where it is silent.
        text: Plain text in reading order.
        version: SHA-256 of the file.
        date: ISO date it declares for itself; empty when unknown.
        metadata: What else it declares.
        supersedes: The source it says it replaces.
        superseded_by: The source it says replaces it.
        status: Such as `current`, `superseded` or `draft`; empty when it does not say.
        headings: In order of appearance.
        rows: Whether each line is a record that must not be split or joined to a sentence.
    """

    source: str
    title: str
    text: str
    version: str
    date: str = ""
    metadata: Mapping[str, JsonValue] = field(default_factory=dict)
    supersedes: str = ""
    superseded_by: str = ""
    status: str = ""
    headings: tuple[Heading, ...] = ()
    rows: bool = False


@dataclass(frozen=True, slots=True)
class DocumentInfo:
    """A document that is in the knowledge base, without its text."""

    source: str
    collection: str
    title: str
    version: str
    date: str
    chunks: int
    characters: int
    status: str = ""
    superseded_by: str = ""
    metadata: Mapping[str, JsonValue] = field(default_factory=dict)
    path: str = ""
    """The file that it was read from, relative to the project."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage of a document as search sees it.

    Attributes:
        id: What evidence names it by.
        start: Offset in the document's text, in characters.
        end: Offset just after it.
        text: The passage itself.
        headings: Title and headings above it, searched with it.
        flags: Rules of guardrails that it breaks.
    """

    id: str
    start: int
    end: int
    text: str
    headings: str
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class IngestFailure:
    """A file that was left out, and why."""

    source: str
    code: str
    message: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class IngestProgress:
    """How far an ingest is.

    Attributes:
        done: Files finished.
        total: Files to look at.
        source: The file that was finished last.
    """

    done: int
    total: int
    source: str


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What an ingest did, as sources in each list."""

    collection: str
    added: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    failed: tuple[IngestFailure, ...] = ()
    chunks: int = 0
    """Chunks in the collection afterwards."""
    seconds: float = 0.0

    @property
    def changed(self) -> bool:
        """Whether the collection is another one than before."""
        return bool(self.added or self.updated or self.removed)
