"""What a format's reader produces, and the builder that lays out its text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime

from podium.core.errors import KnowledgeError
from podium.core.model import JsonValue
from podium.knowledge.documents import Heading

_SPACE = re.compile(r"\s+")
_FIELDS = ("title", "date", "status", "supersedes", "superseded_by")


@dataclass(slots=True)
class Draft:
    """A document before it has a source and a version."""

    text: str
    title: str = ""
    date: str = ""
    status: str = ""
    supersedes: str = ""
    superseded_by: str = ""
    metadata: dict[str, JsonValue] = field(default_factory=dict)
    headings: tuple[Heading, ...] = ()
    rows: bool = False

    def declare(self, values: dict[str, object]) -> None:
        """Take over what the document declares of itself.

        Args:
            values: Names and values, as front matter or meta tags give them.
        """
        for raw, value in values.items():
            name = str(raw).strip().lower().replace("-", "_")
            if value is None or name == "":
                continue
            if name == "date":
                self.date = iso_date(value) or self.date
            elif name in _FIELDS:
                setattr(self, name, one_line(str(value)))
            else:
                self.metadata[name] = _plain(value)


class TextBuilder:
    """Lays out blocks as plain text and remembers where the headings are."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._headings: list[Heading] = []

    def heading(self, level: int, text: str) -> None:
        """A heading on a line of its own.

        Args:
            level: 1 is the outermost.
            text: Its words.
        """
        if words := one_line(text):
            self._gap("\n\n")
            self._headings.append(Heading(self._length, level, words))
            self._add(words)

    def block(self, text: str) -> None:
        """A paragraph, set off by an empty line.

        Args:
            text: Its words; white space is evened out.
        """
        if words := one_line(text):
            self._gap("\n\n")
            self._add(words)

    def line(self, text: str, *, first: bool = False) -> None:
        """A line of a list or table.

        Args:
            text: Its words.
            first: Whether it opens the list or table.
        """
        if words := one_line(text):
            self._gap("\n\n" if first else "\n")
            self._add(words)

    def verbatim(self, text: str) -> None:
        """Preformatted text, kept as it is.

        Args:
            text: Such as a code block.
        """
        if text.strip():
            self._gap("\n\n")
            self._add(text.strip("\n").rstrip())

    def text(self) -> str:
        """Everything laid out so far."""
        return "".join(self._parts)

    def headings(self) -> tuple[Heading, ...]:
        """The headings laid out so far."""
        return tuple(self._headings)

    def _gap(self, gap: str) -> None:
        if self._length:
            self._add(gap)

    def _add(self, text: str) -> None:
        self._parts.append(text)
        self._length += len(text)


def one_line(text: str) -> str:
    """The words with single spaces between them."""
    return _SPACE.sub(" ", text).strip()


def row_line(headers: list[str], cells: list[str]) -> str:
    """A table row as `Header: value; Header: value`, so that it can be read and quoted alone.

    Args:
        headers: Names of the columns; a missing one leaves the value alone.
        cells: The values; empty ones are left out.
    """
    pairs = []
    for position, cell in enumerate(cells):
        value = one_line(cell)
        header = one_line(headers[position]) if position < len(headers) else ""
        if value:
            pairs.append(f"{header}: {value}" if header else value)
    return "; ".join(pairs)


def iso_date(value: object) -> str:
    """The value as an ISO date, or empty text where it is none.

    Args:
        value: A date, a moment, or text such as `2026-02-01`, `2026-02-01T10:00:00Z` or `1 February 2026`.
    """
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    text = one_line(str(value))
    for length in (10, 7, 4):
        pattern = {10: "%Y-%m-%d", 7: "%Y-%m", 4: "%Y"}[length]
        if (parsed := _parse(text[:length], pattern)) and not text[length : length + 1].isdigit():
            return parsed.isoformat()[:length] if length == 10 else parsed.isoformat()
    for pattern in ("%d %B %Y", "%B %d, %Y", "%d %b %Y", "%d.%m.%Y", "%Y/%m/%d"):
        if parsed := _parse(text, pattern):
            return parsed.isoformat()
    return ""


def decode(data: bytes, name: str) -> str:
    """The bytes as text, with even line ends.

    Args:
        data: UTF-8, or UTF-16 with a byte order mark.
        name: Where they come from, for messages.

    Raises:
        KnowledgeError: They are not UTF-8.
    """
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise KnowledgeError(
            f"{name} is not UTF-8 text (byte {error.start})",
            hint="Save the file as UTF-8 and ingest it again.",
        ) from None
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "\ufffd")


def _parse(text: str, pattern: str) -> date | None:
    try:
        return datetime.strptime(text, pattern).date()  # noqa: DTZ007 - a declared date has no time zone
    except ValueError:
        return None


def _plain(value: object) -> JsonValue:
    match value:
        case bool() | int() | float() | str():
            return value
        case list() | tuple():
            return [_plain(item) for item in value]
        case dict():
            return {str(key): _plain(item) for key, item in value.items()}
        case _:
            return str(value)
