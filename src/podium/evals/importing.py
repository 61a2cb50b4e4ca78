"""Cases from elsewhere: tables as CSV, datasets of LangSmith, and public sets."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from podium.core.errors import ConfigError, InputError
from podium.core.loading import one_line
from podium.core.model import JsonObject
from podium.evals.adapters.formats import format_named, made_of, records_of
from podium.evals.adapters.records import Record
from podium.evals.case import Case
from podium.evals.faults import explained, strict_json

COLUMNS = ("id", "input", "answer", "source", "sources", "route", "status", "tags", "cluster")
"""The columns of a table that mean something; all others become metadata."""
_SEPARATOR = ";"


def cases_of_csv(path: Path) -> Iterator[Case]:
    """The cases of a table with a header; `tags` and `sources` hold several, with `;` between them.

    Args:
        path: The table.

    Raises:
        InputError: It has no column `input`, or a row is no case; the message names file and line.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file, strict=True)
            names = rows.fieldnames or []
            if "input" not in names:
                raise InputError(
                    f"{path}:1: there is no column 'input'", hint=f"There may be: {', '.join(COLUMNS)}."
                )
            for number, row in enumerate(rows, start=1):
                yield _case(_of_row(row, f"row-{number:03}"), f"{path}:{rows.line_num}")
    except FileNotFoundError:
        raise InputError(f"there is no file {path}", hint="Check the path.") from None
    except UnicodeDecodeError:
        raise InputError(f"{path} is not UTF-8 text", hint="Save it as UTF-8.") from None
    except csv.Error as error:
        raise InputError(f"{path}: no CSV: {one_line(error)}", hint="Mend the table.") from None
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}", hint="Check its permissions.") from None


def _of_row(row: Mapping[str | None, Any], fallback: str) -> JsonObject:
    if None in row:
        return {"id": fallback, "input": None, "more cells than columns": row[None]}
    text = {str(name): str(value or "").strip() for name, value in row.items()}
    expected: JsonObject = {name: text[name] for name in ("answer", "route", "status") if text.get(name, "")}
    sources = _several(text.get("sources", "")) or _several(text.get("source", ""))
    if sources:
        expected["sources"] = [{"source": source} for source in sources]
    rest: JsonObject = {name: value for name, value in text.items() if name not in COLUMNS and value}
    return {
        "id": text.get("id") or fallback,
        "input": text["input"],
        "expected": expected,
        "tags": [*_several(text.get("tags", ""))],
        "cluster": text.get("cluster", ""),
        "metadata": rest,
    }


def cases_of_langsmith(path: Path) -> Iterator[Case]:
    """The cases of a LangSmith dataset: its examples as JSON Lines, or as one JSON list.

    A single input or output that is a text is taken as it is; else the whole object. A conversation in
    `messages` is the input with all its messages.

    Args:
        path: The exported file.

    Raises:
        InputError: It is no JSON, or an example has no inputs; the message names file and line.
    """
    for number, example in enumerate(_examples(path), start=1):
        place = f"{path} (example {number})"
        if not isinstance(example, dict) or not isinstance(example.get("inputs"), dict):
            raise InputError(f"{place} has no inputs", hint="Export the dataset's examples from LangSmith.")
        yield _case(_of_example(example, f"example-{number:03}"), place)


def _examples(path: Path) -> Iterable[Any]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise InputError(f"there is no file {path}", hint="Check the path.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read: {one_line(error)}", hint="Check the file.") from None
    if text.lstrip().startswith("["):
        found = _json(text, str(path))
        return found if isinstance(found, list) else [found]
    lines = enumerate(text.splitlines(), start=1)
    return [_json(line, f"{path}:{number}") for number, line in lines if line.strip()]


def _json(text: str, place: str) -> Any:
    try:
        return strict_json(text)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{place}: no valid JSON: {one_line(error)}", hint="Mend it.") from None


def _of_example(example: Mapping[str, Any], fallback: str) -> dict[str, Any]:
    metadata = dict(example.get("metadata") or {})
    splits = metadata.pop("dataset_split", None) or example.get("split") or []
    tags = [splits] if isinstance(splits, str) else [str(one) for one in splits]
    outputs = example.get("outputs")
    expected = {"answer": _single(outputs)} if isinstance(outputs, dict) and outputs else {}
    return {
        "id": str(example.get("id") or fallback),
        "input": _single(example["inputs"]),
        "expected": expected,
        "tags": tags,
        "metadata": metadata,
    }


def _single(held: Mapping[str, Any]) -> Any:
    """The one text of an object that holds nothing else; else the object."""
    values = list(held.values())
    return values[0] if len(values) == 1 and isinstance(values[0], str) else dict(held)


def _several(text: str) -> list[str]:
    return [part.strip() for part in text.split(_SEPARATOR) if part.strip()]


def _case(value: Mapping[str, Any], place: str) -> Case:
    try:
        return Case.model_validate(value)
    except ValidationError as error:
        where, message, hint = explained(error, Case)
        setting = ".".join(str(part) for part in where)
        raise InputError(f"{place}: {f'{setting}: ' if setting else ''}{message}", hint=hint) from None


def cases_of_set(name: str, path: Path) -> Iterator[Case]:
    """The cases of a public set, or of a file or folder in the same format.

    Args:
        name: The format, one of `podium.evals.adapters.formats.FORMATS`.
        path: The file or folder.

    Raises:
        UnknownName: There is no such format.
        InputError: The set is not there, or an entry is wrong; the message names file and line.
    """
    form = format_named(name)
    for record in records_of(form, path):
        made = record if isinstance(record, ConfigError) else made_of(form, record)
        if isinstance(made, ConfigError):
            raise InputError(made.message, hint=made.hint)
        yield _case(made, record.place if isinstance(record, Record) else str(path))


def write_cases(cases: Iterable[Case], path: Path, *, append: bool = False) -> int:
    """Write cases as JSON Lines; how many.

    Args:
        cases: The cases.
        path: The file.
        append: Whether to add to what is there; else it must not be there.

    Raises:
        InputError: The file is there, or holds one of the ids.
    """
    held = ids_in(path)
    if held and not append:
        raise InputError(f"{path} is there already", hint="Add to it with --append, or name another file.")
    lines: list[str] = []
    for case in cases:
        if case.id in held:
            raise InputError(f"{path}: the id {case.id!r} would be there twice", hint="Give it another id.")
        held.add(case.id)
        said = case.model_dump(mode="json", exclude_defaults=True)
        lines.append(json.dumps(said, ensure_ascii=False) + "\n")
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write("".join([*([] if _ends_whole(path) else ["\n"]), *lines]))
    return len(lines)


def _ends_whole(path: Path) -> bool:
    """Whether a file is empty or ends with a whole line."""
    with path.open("rb") as file:
        return not file.seek(0, os.SEEK_END) or (file.seek(-1, os.SEEK_END), file.read(1))[1] == b"\n"


def ids_in(path: Path) -> set[str]:
    """The ids of the cases in a JSON Lines file; none where it is not there."""
    if not path.exists():
        return set()
    with path.open("rb") as file:
        return {str(_json(line.decode(), str(path)).get("id")) for line in file if line.strip()}
