"""PDF, through pypdf: lines are joined into sentences again, page by page."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from podium.core.errors import KnowledgeError
from podium.knowledge.formats.draft import Draft, TextBuilder, iso_date, one_line

if TYPE_CHECKING:
    from pypdf import DocumentInformation, PdfReader

_ENDS = re.compile(r"[.!?:;]['\")\]\u201d\u2019]*$")
_ITEM = re.compile(r"^(?:[-*\u2022\u2013]|\d{1,3}[.)]|[a-z][.)])\s")
_PAGES = 5_000
_DAMAGE = (ValueError, TypeError, AttributeError, OSError, RecursionError, AssertionError)
"""What pypdf lets through when a file is damaged."""
_HEADING_WORDS = 9
_WRAPPED = 0.72
"""A line shorter than this share of the longest one ends its paragraph."""


def read_pdf(data: bytes, name: str) -> Draft:
    """A draft of a PDF file.

    Args:
        data: The file.
        name: Its name, for messages.

    Raises:
        KnowledgeError: It is encrypted, damaged, or holds no text.
    """
    import pypdf
    from pypdf.errors import PyPdfError

    logging.getLogger("pypdf").setLevel(logging.ERROR)
    try:
        reader = pypdf.PdfReader(io.BytesIO(data))
        pages = list(_pages(reader, name))
        info = reader.metadata
    except (PyPdfError, ArithmeticError, LookupError, *_DAMAGE) as error:
        raise KnowledgeError(
            f"{name} is no readable PDF: {one_line(str(error))[:120] or type(error).__name__}",
            hint="Open it in a PDF viewer and save it again.",
        ) from None
    if not any(page.strip() for page in pages):
        raise KnowledgeError(
            f"{name} holds no text", hint="It may be scanned: run text recognition on it first."
        )
    return _draft(pages, info)


def _pages(reader: PdfReader, name: str) -> Iterator[str]:
    if reader.is_encrypted and not reader.decrypt(""):
        raise KnowledgeError(f"{name} is encrypted", hint="Save a copy without a password.")
    for number, page in enumerate(reader.pages):
        if number >= _PAGES:
            raise KnowledgeError(f"{name} has more than {_PAGES} pages", hint="Split it.")
        yield page.extract_text().replace("\x00", "")


def _draft(pages: list[str], info: DocumentInformation | None) -> Draft:
    builder = TextBuilder()
    title = one_line(str(info.title or "")) if info else ""
    for page in pages:
        _lay_out([one_line(line) for line in page.splitlines()], builder, title)
    draft = Draft(text=builder.text(), title=title, headings=builder.headings())
    draft.metadata["pages"] = len(pages)
    if info is not None:
        if info.author:
            draft.metadata["author"] = one_line(str(info.author))
        if info.subject:
            draft.metadata["subject"] = one_line(str(info.subject))
        draft.date = _pdf_date(str(info.get("/ModDate") or info.get("/CreationDate") or ""))
    return draft


def _pdf_date(raw: str) -> str:
    digits = raw.removeprefix("D:")[:8]
    return iso_date(f"{digits[:4]}-{digits[4:6]}-{digits[6:8]}") if len(digits) == 8 else ""


def _lay_out(lines: list[str], builder: TextBuilder, title: str) -> None:
    width = max((len(line) for line in lines), default=0)
    paragraph: list[str] = []
    for position, line in enumerate(lines):
        if not line:
            _flush(paragraph, builder)
            continue
        following = next((other for other in lines[position + 1 :] if other), "")
        if not paragraph and _is_heading(line, following, title):
            builder.heading(1 if line == title else 2, line)
            continue
        if _ITEM.match(line):
            _flush(paragraph, builder)
        paragraph.append(line)
        short = len(line) < width * _WRAPPED
        ends = _ENDS.search(line) is not None
        if (short and (ends or following[:1].isupper())) or (ends and _is_heading(following, "X", title)):
            _flush(paragraph, builder)
    _flush(paragraph, builder)


def _is_heading(line: str, following: str, title: str) -> bool:
    if line and line == title:
        return True
    if (
        not line
        or _ENDS.search(line)
        or _ITEM.match(line)
        or len(line.split()) > _HEADING_WORDS
        or len(line) > 60
    ):
        return False
    return line[0].isupper() and following[:1].isupper() and "," not in line


def _flush(paragraph: list[str], builder: TextBuilder) -> None:
    builder.block(" ".join(paragraph))
    paragraph.clear()
