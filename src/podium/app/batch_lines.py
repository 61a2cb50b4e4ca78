"""The file of a batch: one request a line, as JSON.

::

    {"text": "How long is the warranty?"}
    {"id": "q-2", "text": "Who pays for a return?"}

Other fields are left alone, so that a list of questions may hold its answers too.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from podium.app.results import Problem
from podium.app.turns import checked_text
from podium.core.errors import InputError
from podium.core.ids import digest_of

MAX_LINE: Final = 8_000_000
"""Bytes; a longer line is not even looked at."""

_HINT: Final = """A line is an object such as {"id": "q-1", "text": "…"}."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a batch.

    Attributes:
        number: Counted from one.
        id: What the line calls itself; its number when it does not.
        digest: SHA-256 of the line.
        occurrence: How many equal lines of the same id come before it.
        text: The request; empty when the line is broken.
        problem: What is wrong with the line.
    """

    number: int
    id: str | int
    digest: str
    occurrence: int
    text: str = ""
    problem: Problem | None = None


def count_lines(path: Path) -> int:
    """How many requests a file holds.

    Raises:
        InputError: The file cannot be read.
    """
    return sum(1 for _ in _raw_lines(path))


def read_lines(path: Path) -> Iterator[Line]:
    """The requests of a file, one after another; a broken line is told, and the next one read.

    Raises:
        InputError: The file cannot be read.
    """
    seen: Counter[tuple[str, str]] = Counter()
    named: dict[str, int] = {}
    for number, raw in _raw_lines(path):
        line = _line(number, raw, named)
        key = (str(line.id), line.digest)
        yield Line(line.number, line.id, line.digest, seen[key], line.text, line.problem)
        seen[key] += 1


def _raw_lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """Numbers and bytes of the lines that are not blank."""
    try:
        with path.open("rb") as file:
            number = 0
            while raw := file.readline(MAX_LINE):
                number += 1
                rest = raw
                while rest and not rest.endswith(b"\n") and len(rest) == MAX_LINE:
                    rest = file.readline(MAX_LINE)
                if raw.strip():
                    yield number, raw
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}", hint="Check the path.") from None
    except ValueError:
        raise InputError(f"{str(path)!r} is no file", hint="Check the path.") from None


def _line(number: int, raw: bytes, named: dict[str, int]) -> Line:
    digest = digest_of(raw.strip())
    name: str | int = number
    try:
        request = _request(number, raw)
        name = _name(request, number)
        _check_free(name, number, named)
        return Line(number, name, digest, 0, _text(request, number))
    except InputError as error:
        return Line(number, name, digest, 0, problem=Problem(**error.as_dict()))


def _request(number: int, raw: bytes) -> dict[str, Any]:
    if len(raw) >= MAX_LINE:
        raise InputError(f"line {number} is longer than {MAX_LINE:,} bytes", hint=_HINT)
    try:
        value = json.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise InputError(
            f"line {number} is not valid UTF-8", hint="Convert the file: iconv -t utf-8."
        ) from None
    except (ValueError, RecursionError) as error:
        reason = error.msg if isinstance(error, json.JSONDecodeError) else "it cannot be read"
        raise InputError(f"line {number} is no JSON: {reason}", hint=_HINT) from None
    if not isinstance(value, dict):
        raise InputError(f"line {number} is no JSON object", hint=_HINT)
    if "thread_id" in value:
        raise InputError(
            f"line {number} names a thread; each line of a batch begins a conversation of its own",
            hint="Leave thread_id out, or go on with the thread by 'podium ask --thread'.",
        )
    return value


def _name(request: dict[str, Any], number: int) -> str | int:
    name = request.get("id", number)
    if isinstance(name, bool) or not isinstance(name, str | int) or name == "" or len(str(name)) > 200:
        raise InputError(f"line {number}: id is neither a short text nor a number", hint=_HINT)
    return name


def _check_free(name: str | int, number: int, named: dict[str, int]) -> None:
    first = named.setdefault(str(name), number)
    if first != number:
        raise InputError(
            f"line {number}: the id {name!r} is taken by line {first}",
            hint="Give each line an id of its own.",
        )


def _text(request: dict[str, Any], number: int) -> str:
    text = request.get("text")
    if not isinstance(text, str):
        raise InputError(f"line {number} has no text", hint=_HINT)
    try:
        return checked_text(text)
    except InputError as error:
        raise InputError(f"line {number}: {error.message}", hint=error.hint) from None
