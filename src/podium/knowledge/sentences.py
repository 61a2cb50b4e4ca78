"""Sentences with their exact places in a text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_ABBREVIATIONS_TEXT = """
mr mrs ms dr prof sr jr st mt vs etc e.g i.e eg ie cf al fig figs eq no nos vol vols pp ca approx
est dept inc ltd corp co jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed thu thur
thurs fri sat sun a.m p.m u.s u.k u.n ed eds rev gen col sgt capt lt hon ave blvd rd tel ext art sec
ch para z.b d.h bzw usw bspw nr
"""
_ABBREVIATIONS = frozenset(_ABBREVIATIONS_TEXT.split())
_OPENING_ABBREVIATIONS_TEXT = """
mr mrs ms dr prof st mt fig figs eq no nos vol gen col capt lt hon nr e.g i.e cf vs
"""
_OPENING_ABBREVIATIONS = frozenset(_OPENING_ABBREVIATIONS_TEXT.split())
_END = re.compile(r"(?:[.!?\u2026]+|[\u3002\uff01\uff1f])[\"'\u201d\u2019)\]\u00bb\u300d\u300f]*")
_WORD_BEFORE = re.compile(r"(\w+(?:\.\w+)*)$")
_LINE = re.compile(r"[^\n]+")
_ITEM = re.compile(r"\s*(?:[-*+\u2022\u2013]|\d{1,3}[.)]|[A-Za-z][.)]|#{1,6})\s+\S|\s*\|")
_ROW = re.compile(r"^[^:;\n]{1,60}: [^;\n]+; ")
_CLOSED = re.compile(r"[.!?:;\u2026\u3002\uff01\uff1f][\"'\u201d\u2019)\]]*\s*$")
_LONGEST_WORD = 24
_WRAP = 55
"""A line at least this long that does not end a sentence goes on in the next one."""


class Span(NamedTuple):
    """A piece of a text, from `start` up to and without `end`."""

    start: int
    end: int


def split_sentences(text: str) -> list[Span]:
    """The sentences of a text in order, without the white space around them.

    Headings, list items and table rows count as sentences of their own. Decimals, ordinals, initials and
    abbreviations do not end one.

    Args:
        text: Any text.
    """
    spans: list[Span] = []
    for start, end in _paragraphs(text):
        if _ROW.match(text[start:end]) and "\n" not in text[start:end]:
            spans.append(Span(start, end))
        else:
            spans.extend(_sentences(text, start, end))
    return spans


def _paragraphs(text: str) -> Iterator[tuple[int, int]]:
    """Runs of lines that belong together: a wrapped paragraph, one list item, one heading, one row."""
    start: int | None = None
    end = 0
    for line in _LINE.finditer(text):
        if not line[0].strip():
            if start is not None:
                yield start, end
            start = None
            continue
        if start is not None and _breaks(text, start, end, line):
            yield start, end
            start = None
        if start is None:
            start = line.start()
        end = line.end()
    if start is not None:
        yield start, end


def _breaks(text: str, start: int, end: int, line: re.Match[str]) -> bool:
    """Whether a new line begins something new."""
    if text.count("\n", end, line.start()) > 1 or _ITEM.match(line[0]):
        return True
    before = text[max(text.rfind("\n", start, end) + 1, start) : end]
    if _ROW.match(line[0]) or _CLOSED.search(before):
        return True
    return not line[0].lstrip()[:1].islower() and len(before.strip()) < _WRAP


def _sentences(text: str, start: int, end: int) -> Iterator[Span]:
    ahead = _Ahead(text, end)
    begin = _past_space(text, start, end)
    for match in _END.finditer(text, start, end):
        if match.end() < end and not _is_end(text, match, begin, ahead):
            continue
        if match.end() > begin:
            yield Span(begin, match.end())
        begin = _past_space(text, match.end(), end)
    while end > begin and text[end - 1].isspace():
        end -= 1
    if end > begin:
        yield Span(begin, end)


def _is_end(text: str, match: re.Match[str], begin: int, ahead: _Ahead) -> bool:
    if text[match.start()] in "\u3002\uff01\uff1f":
        return True
    if not text[match.end()].isspace():
        return False
    following = ahead.letter(match.end())
    if match[0][0] != ".":
        return not following.islower()
    word = _WORD_BEFORE.search(text, max(begin, match.start() - _LONGEST_WORD), match.start())
    before = word[1].lower() if word else ""
    if match[0].startswith("..") or not before:
        return not following.islower()
    if len(before) == 1 and before.isalpha() and before != "i":
        return False
    if word and before.isdigit() and word.start() == begin:
        return False
    if before in _OPENING_ABBREVIATIONS:
        return False
    if before in _ABBREVIATIONS:
        return following.isupper()
    return not following.islower()


class _Ahead:
    """Tells the next letter or digit from places that only grow, and looks at no character twice."""

    def __init__(self, text: str, end: int) -> None:
        self._text = text
        self._end = end
        self._at = 0

    def letter(self, position: int) -> str:
        """The first letter or digit from the position on, past quotes and brackets; empty at the end."""
        self._at = max(self._at, position)
        while self._at < self._end and not self._text[self._at].isalnum():
            self._at += 1
        return self._text[self._at] if self._at < self._end else ""


def _past_space(text: str, start: int, end: int) -> int:
    while start < end and text[start].isspace():
        start += 1
    return start
