"""Reading the entries of a set as a stream, each with its file and line: JSON Lines, a JSON list, a table."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, TypeAlias

from podium.core.errors import ConfigError
from podium.core.loading import one_line
from podium.evals.faults import strict_decoder, strict_json

_CHUNK = 1 << 16
_LARGEST = 1 << 24
"""An entry of more characters than this is taken for a list that never closes."""


@dataclass(frozen=True, slots=True)
class Record:
    """One entry of a set.

    Attributes:
        value: What it holds.
        place: File and line.
        key: An id that no other entry of the set has: the file's stem and a number.
    """

    value: dict[str, Any]
    place: str
    key: str


@dataclass(frozen=True, slots=True)
class Document:
    """A text that the questions of a set are about.

    Attributes:
        name: The name of its file, by which cases expect it.
        text: The whole of it; spans of cases count its characters.
    """

    name: str
    text: str


Records: TypeAlias = Iterator[Record | ConfigError]


def files_in(path: Path, pattern: str, what: str) -> list[Path]:
    """The files of a set: the path itself, or what lies under it.

    Args:
        path: A file, or a folder.
        pattern: Of the files in a folder, as `Path.glob` takes it.
        what: What is looked for, for the message.

    Raises:
        ConfigError: There is none.
    """
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise ConfigError(f"there is no {path}", hint=f"Name a folder that holds {what}.")
    found = sorted(file for file in path.glob(pattern) if file.is_file())
    if not found:
        raise ConfigError(f"{path} holds no {what} ({pattern})", hint="Check the folder and the format.")
    return found


def of_lines(path: Path) -> Records:
    """The objects of a JSON Lines file."""
    yield from _guarded(path, _lines)


def of_list(path: Path) -> Records:
    """The objects of a file that is one JSON list; reading ends at the first that is no JSON."""
    yield from _guarded(path, _list)


def of_table(path: Path, delimiter: str = ",") -> Records:
    """The rows of a table with a header."""

    def rows(file: IO[str]) -> Iterator[tuple[int, Any]]:
        reader = csv.DictReader(file, delimiter=delimiter, strict=True)
        try:
            for row in reader:
                whole = None not in row and None not in row.values()
                yield (
                    reader.line_num,
                    row if whole else ValueError("the row has more or fewer cells than the header"),
                )
        except csv.Error as error:
            yield reader.line_num, ValueError(f"no table: {one_line(error)}")

    yield from _guarded(path, rows)


def _guarded(path: Path, read: Callable[[IO[str]], Iterable[tuple[int, Any]]]) -> Records:
    """Each item as a record, or as an error at its line; what the file itself fails on, too."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            for number, (line, item) in enumerate(read(file), start=1):
                place = f"{path}:{line}"
                if isinstance(item, dict):
                    yield Record(item, place, f"{path.stem}-{number:04}")
                elif isinstance(item, Exception):
                    yield ConfigError(f"{place}: {one_line(item)}", hint="Mend this line.")
                else:
                    said = f"{place}: expected an object, found a {type(item).__name__}"
                    yield ConfigError(said, hint="Mend this line.")
    except FileNotFoundError:
        yield ConfigError(f"there is no file {path}", hint="Check the folder and the format.")
    except UnicodeDecodeError:
        yield ConfigError(f"{path} is not UTF-8 text", hint="Save it as UTF-8.")
    except OSError as error:
        yield ConfigError(f"{path} cannot be read: {error.strerror}", hint="Check its permissions.")


def _lines(file: IO[str]) -> Iterator[tuple[int, Any]]:
    for number, line in enumerate(file, start=1):
        if line.strip():
            try:
                yield number, strict_json(line)
            except (ValueError, RecursionError) as error:
                yield number, ValueError(f"no valid JSON: {one_line(error)}")


def _list(file: IO[str]) -> Iterator[tuple[int, Any]]:
    decoder = strict_decoder()
    text, line = _skipped(file, "", 1, "")
    if not text.startswith("["):
        yield line, ValueError("expected a list of objects")
        return
    text, line = _skipped(file, text[1:], line, "")
    while not text.startswith("]"):
        try:
            item, text, used = _next(file, text, decoder)
        except (ValueError, RecursionError) as error:
            yield line, ValueError(f"no valid JSON: {one_line(error)}")
            return
        yield line, item
        text, line = _skipped(file, text, line + used, ",")


def _next(file: IO[str], text: str, decoder: json.JSONDecoder) -> tuple[Any, str, int]:
    """The value that the text begins with, the text after it, and how many lines it took."""
    size = _CHUNK
    while True:
        try:
            item, end = decoder.raw_decode(text)
        except json.JSONDecodeError as error:
            more = file.read(size) if len(text) < _LARGEST else ""
            if not more:
                raise ValueError(error.msg) from None
            text, size = text + more, size * 2
        else:
            return item, text[end:], text.count("\n", 0, end)


def _skipped(file: IO[str], text: str, line: int, also: str) -> tuple[str, int]:
    """The text from its next sign on, read further where it is used up, and the line of that sign."""
    while True:
        left = text.lstrip(f" \t\r\n{also}")
        line += text.count("\n", 0, len(text) - len(left))
        text = left or file.read(_CHUNK)
        if left or not text:
            return left, line


def text_in(value: Mapping[str, Any], name: str) -> str:
    """A text of an entry.

    Raises:
        ValueError: It is not there, or is no text.
    """
    found = value.get(name)
    if not isinstance(found, str):
        raise _wrong(value, name, "a text")
    return found


def whole_in(value: Mapping[str, Any], name: str) -> int:
    """A whole number of an entry, which may be written as a text.

    Raises:
        ValueError: It is not there, or is no whole number.
    """
    found = value.get(name)
    if isinstance(found, int) and not isinstance(found, bool):
        return found
    if isinstance(found, str) and found.strip().isascii() and found.strip().isdigit():
        return int(found)
    raise _wrong(value, name, "a whole number")


def objects_in(value: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    """A list of objects of an entry.

    Raises:
        ValueError: It is not there, or is no such list.
    """
    found = value.get(name)
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise _wrong(value, name, "a list of objects")
    return found


def object_in(value: Mapping[str, Any], name: str) -> dict[str, Any]:
    """An object of an entry.

    Raises:
        ValueError: It is not there, or is no object.
    """
    found = value.get(name)
    if not isinstance(found, dict):
        raise _wrong(value, name, "an object")
    return found


def joined_in(value: Mapping[str, Any], name: str) -> str:
    """A text of an entry, which may be a list of its lines.

    Raises:
        ValueError: It is not there, or is neither.
    """
    found = value.get(name)
    if isinstance(found, list) and all(isinstance(one, str) for one in found):
        return "\n".join(found)
    return text_in(value, name)


def _wrong(value: Mapping[str, Any], name: str, wanted: str) -> ValueError:
    if name not in value:
        return ValueError(f"{name}: missing; expected {wanted}")
    return ValueError(f"{name}: expected {wanted}, found a {type(value[name]).__name__}")
