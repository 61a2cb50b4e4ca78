"""What the agents know about where a piece of knowledge comes from."""

from __future__ import annotations

from typing import Final, Literal

from podium.core.model import JsonValue, Model

Trust = Literal["trusted", "internal", "untrusted"]
"""Trusted: the project's own data and its users. Internal: its documents. Untrusted: everything else."""


EVENT_MARK: Final = "podium_event"
"""Among the additional arguments of a message: it is the words of an event, not of a user."""


class Evidence(Model):
    """A passage that may support an answer."""

    id: str
    """Stable for the same passage of the same version of the same source."""
    source: str
    """Where it comes from: a document's path within its collection, or a tool's name."""
    title: str = ""
    text: str
    start: int = 0
    """Offset of the passage in the source's text, in characters."""
    end: int = 0
    """Offset just after the passage, in characters."""
    version: str = ""
    """Content hash or declared version of the source."""
    date: str = ""
    """ISO date that the source declares for itself; empty when unknown."""
    score: float = 0.0
    """Relevance to the query in 0..1; comparable within one retrieval."""
    similarity: float = 0.0
    """Cosine similarity of query and passage in -1..1; 0 where it was not computed."""
    collection: str = ""
    trust: Trust = "untrusted"
    access: str = "public"
    superseded_by: str = ""
    """The source that replaces this one; empty while it is in force."""
    metadata: dict[str, JsonValue] = {}


class Citation(Model):
    """A span of a source that supports a sentence of the answer."""

    source: str
    start: int
    end: int
    quote: str
    evidence_id: str = ""
    title: str = ""
    date: str = ""


class Provenance(Model):
    """Where one value came from."""

    origin: Literal["user", "event", "tool", "document", "model", "default", "person"]
    source: str = ""
    """The message, trigger, tool or document; empty when the origin says it all."""
    trust: Trust = "untrusted"
