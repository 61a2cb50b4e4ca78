"""Cuts documents into chunks whose spans are exact: `document.text[chunk.start:chunk.end] == chunk.text`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from podium.knowledge.documents import Document, Heading
from podium.knowledge.sentences import Span, split_sentences


@dataclass(frozen=True, slots=True)
class Chunk:
    """A passage of a document.

    Attributes:
        start: Offset in the document's text, in characters.
        end: Offset just after it.
        text: The passage itself.
        context: Title and headings above it; embedded and searched with it, but no part of the span.
    """

    start: int
    end: int
    text: str
    context: str

    def searchable(self) -> str:
        """What is embedded and searched: the context, then the passage."""
        return f"{self.context}\n{self.text}" if self.context else self.text


@dataclass(frozen=True, slots=True)
class Chunker:
    """Packs whole sentences into chunks, never across a larger heading.

    Attributes:
        size: Characters a chunk should not exceed; a longer sentence is cut at white space.
        least: A chunk shorter than this goes on over the next heading.
        overlap: Characters of whole sentences that a chunk repeats from the one before in its section.
        row_size: The same as `size`, for the records of a table.
    """

    size: int = 900
    least: int = 160
    overlap: int = 120
    row_size: int = 300

    @property
    def name(self) -> str:
        """Identifies how documents are cut: chunks of different names are never mixed."""
        return f"sentences-2:{self.size}:{self.least}:{self.overlap}:{self.row_size}"

    def chunks(self, document: Document) -> list[Chunk]:
        """The chunks of a document, in order.

        Args:
            document: The document.
        """
        if document.rows:
            sentences = _lines(document.text)
            spans = list(self._pack(sentences, [], self.row_size, 0))
        else:
            sentences = [
                piece
                for span in split_sentences(document.text)
                for piece in self._pieces(document.text, span)
            ]
            spans = list(self._pack(sentences, [h.start for h in document.headings], self.size, self.overlap))
        return [
            Chunk(
                start, end, document.text[start:end], heading_path(document.title, document.headings, start)
            )
            for start, end in spans
        ]

    def _pack(self, sentences: list[Span], headings: list[int], size: int, overlap: int) -> Iterator[Span]:
        breaks = frozenset(headings)
        held: list[Span] = []
        fresh = 0
        for span in sentences:
            new_section = span.start in breaks and _length(held) >= self.least
            if held and (new_section or span.end - held[0].start > size):
                if fresh:
                    yield Span(held[0].start, held[-1].end)
                held = [] if new_section else _tail(held, overlap, size - (span.end - span.start))
                fresh = 0
            held.append(span)
            fresh += 1
        if held and fresh:
            yield Span(held[0].start, held[-1].end)

    def _pieces(self, text: str, span: Span) -> Iterator[Span]:
        """The sentence itself, or pieces of it when it is longer than a chunk."""
        start, end = span
        while end - start > self.size:
            cut = max(text.rfind(" ", start + self.size // 2, start + self.size), 0)
            cut = cut or start + self.size
            yield Span(start, cut)
            start = cut
            while start < end and text[start].isspace():
                start += 1
        if start < end:
            yield Span(start, end)


def heading_path(title: str, headings: Iterable[Heading], position: int) -> str:
    """Title and headings above a place, outermost first, joined with ` > `.

    Args:
        title: The document's title.
        headings: Its headings in order.
        position: Offset in its text.
    """
    open_headings: list[Heading] = []
    for heading in headings:
        if heading.start > position:
            break
        while open_headings and open_headings[-1].level >= heading.level:
            open_headings.pop()
        open_headings.append(heading)
    path = [title] if title else []
    path.extend(h.title for h in open_headings if h.title != title)
    return " > ".join(path)


def _lines(text: str) -> list[Span]:
    spans, start = [], 0
    for line in text.split("\n"):
        if line.strip():
            spans.append(Span(start, start + len(line)))
        start += len(line) + 1
    return spans


def _length(spans: list[Span]) -> int:
    return spans[-1].end - spans[0].start if spans else 0


def _tail(spans: list[Span], overlap: int, room: int) -> list[Span]:
    """The last sentences that fit into the overlap and leave room for what follows."""
    kept: list[Span] = []
    for span in reversed(spans[1:]):
        if spans[-1].end - span.start > min(overlap, room):
            break
        kept.insert(0, span)
    return kept
