"""The knowledge base on the wire."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from podium.core.evidence import Evidence
from podium.core.model import JsonObject, Model
from podium.server.models.podium import Short
from podium.server.wire import Body


class Collection(Model):
    """A body of documents."""

    name: str
    description: str = ""
    trust: str = "internal"
    access: str = "public"
    documents: int = 0
    passages: int = 0


class CollectionList(Model):
    """The collections that the caller may look into."""

    collections: list[Collection]
    formats: list[str] = []
    """The endings of files that can be read."""


class DocumentView(Model):
    """A document, without its text."""

    source: str
    collection: str
    title: str
    version: str
    """SHA-256 of the file that was read."""
    date: str
    """ISO date that it declares for itself; empty when unknown."""
    status: str
    superseded_by: str
    """The source that replaces it; empty while it is in force."""
    characters: int
    passages: int
    uploaded: bool
    """Whether it was sent here, so that deleting it deletes its file."""
    metadata: JsonObject


class DocumentList(Model):
    """A page of documents, by source."""

    documents: list[DocumentView]


class DocumentText(Model):
    """A document and a part of its text."""

    document: DocumentView
    text: str
    start: int
    end: int
    """Where the part ends; more follows where the document has more characters."""


class PassageView(Model):
    """A passage as search sees it."""

    id: str
    start: int
    """Offset in the document's text, in characters, as those of citations."""
    end: int
    text: str
    headings: str
    tokens: int
    """An estimate on the high side."""
    flags: list[str]
    """Rules of guardrails that it breaks."""


class PassageList(Model):
    """A page of the passages of a document, in order."""

    chunks: list[PassageView]


class DocumentDeleted(Model):
    """What came of deleting a document."""

    source: str
    collection: str
    file_deleted: bool
    comes_back: bool
    """Whether its file is the project's own, so that the next ingest brings it back."""


class SearchBody(Body):
    """A question to the knowledge base."""

    query: Annotated[str, StringConstraints(min_length=1, max_length=10_000)]
    k: Annotated[int, Field(ge=1, le=100)] = 8
    collection: Short | None = None
    explain: bool = False
    """Whether to say why each passage was found."""
    as_of: date | None = None
    """Documents as they were in force on that day."""


class QueryTerm(Model):
    """What the query was cut into."""

    term: str
    rarity: float
    """Inverse document frequency, among the passages that the caller may read."""
    known: bool
    """Whether any of them holds it."""


class TermScore(Model):
    """A term that a passage holds, and what that adds to its BM25 score."""

    term: str
    score: float


class DenseMatch(Model):
    """How a passage came in the search by meaning."""

    rank: int | None
    """From 1; null where it is none of that search's candidates."""
    similarity: float


class LexicalMatch(Model):
    """How a passage came in the search by words."""

    rank: int | None
    score: float
    """BM25."""


class ScorePart(Model):
    """One part of a score."""

    name: Literal["cosine", "strength", "coverage", "fusion", "exact"]
    value: float
    weight: float
    adds: float


class HitView(Model):
    """Why a passage was found."""

    id: str
    place: int
    score: float
    dense: DenseMatch
    lexical: LexicalMatch
    matched: list[TermScore]
    missing: list[str]
    exact: list[str]
    fusion: float
    parts: list[ScorePart]
    factor: float
    """What all parts are multiplied by; less than 1 for a document that is no longer in force."""


class LeftOutView(Model):
    """A candidate that is not shown."""

    source: str
    collection: str
    start: int
    end: int
    score: float
    why: Literal["repeats", "below"]
    of: str | None


class CandidateCounts(Model):
    """How many passages were looked at."""

    dense: int
    lexical: int
    all: int


class SearchFilters(Model):
    """What the search was kept to."""

    collections: list[str] | None
    """Null for all."""
    as_of: str


class ExplanationView(Model):
    """Why documents were found; sources beside them explain nothing."""

    terms: list[QueryTerm]
    exact: list[str]
    weights: dict[str, float]
    candidates: CandidateCounts
    filters: SearchFilters
    hits: list[HitView]
    left_out: list[LeftOutView]


class SearchResult(Model):
    """What was found, the best first."""

    results: list[Evidence]
    failed: list[str] = []
    """Sources that could not be asked."""
    explanation: ExplanationView | None = None


class IngestBody(Body):
    """What to read."""

    collection: Short | None = None
    """All that the manifest declares when null."""


class IngestFailure(Model):
    """A file that was left out, and why."""

    source: str
    code: str
    message: str
    hint: str = ""


class IngestResult(Model):
    """What an ingest did."""

    collection: str
    added: int
    updated: int
    unchanged: int
    removed: int
    failed: list[IngestFailure]
    chunks: int
    seconds: float
