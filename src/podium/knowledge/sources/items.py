"""Turning what a source returns into evidence with exact spans."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from podium.core.errors import SourceError
from podium.core.evidence import Evidence
from podium.core.ids import digest_of
from podium.knowledge.chunking import Chunker
from podium.knowledge.documents import Document

MOST_CHARACTERS = 500_000
"""Of one item; what is longer is cut off."""

MOST_PASSAGES = 2_000
"""Of one answer."""

_CHUNKER = Chunker()


def evidence_of(name: str, items: Iterable[object]) -> list[Evidence]:
    """The passages of what a source returned.

    Args:
        name: The source.
        items: Texts, mappings with `text` and, where there are any, `title`, `date`, `source` and `id`, or
            evidence. A long text is cut into passages, like a document.

    Raises:
        SourceError: An item is none of these.
    """
    found: list[Evidence] = []
    for place, item in enumerate(items):
        if isinstance(item, Evidence):
            found.append(item)
        else:
            found += _passages(name, place, _fields(name, item))
        if len(found) >= MOST_PASSAGES:
            return found[:MOST_PASSAGES]
    return found


def iso_date(value: object) -> str:
    """The date in ISO form; empty when the value is none.

    Args:
        value: A date, a moment, or text that begins with an ISO date.
    """
    if isinstance(value, datetime | date):
        return value.isoformat()[:10]
    try:
        return date.fromisoformat(str(value)[:10]).isoformat()
    except ValueError:
        return ""


def _fields(name: str, item: object) -> Mapping[str, Any]:
    if isinstance(item, str):
        return {"text": item}
    if isinstance(item, Mapping):
        if item.get("text") is None:
            raise SourceError(f"{name} gave an item without a text", hint="Name the text of an item 'text'.")
        return item
    raise SourceError(
        f"{name} gave a {type(item).__name__}", hint="Give texts, mappings with 'text', or Evidence."
    )


def _passages(name: str, place: int, item: Mapping[str, Any]) -> Iterator[Evidence]:
    text = _printable(str(item["text"]))[:MOST_CHARACTERS].strip()
    if not text:
        return
    version = digest_of(text.encode())
    label = _printable(str(item.get("source") or item.get("id") or f"{place + 1}"))[:300]
    source = label if label.startswith(f"{name}/") else f"{name}/{label}"
    title = _printable(str(item.get("title") or ""))[:300]
    document = Document(source=source, title=title, text=text, version=version)
    for chunk in _CHUNKER.chunks(document):
        yield Evidence(
            id=digest_of("\x1f".join([name, source, version, f"{chunk.start}:{chunk.end}"]).encode())[:32],
            source=source,
            title=title,
            text=chunk.text,
            start=chunk.start,
            end=chunk.end,
            version=version,
            date=iso_date(item.get("date")),
        )


def _printable(text: str) -> str:
    """The text without half characters and without NUL, which no store takes."""
    return text.replace("\x00", "").encode("utf-8", "ignore").decode()
