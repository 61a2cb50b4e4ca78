"""Reading the cases of a suite as a stream: from JSON Lines, Python, other formats, and the suite itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from podium.core.errors import ConfigError, PodiumError
from podium.core.loading import one_line
from podium.evals.adapters.formats import Format, expanded, format_named, made_of, records_of
from podium.evals.case import Case
from podium.evals.faults import explained, strict_json
from podium.evals.places import load_place
from podium.evals.suite import CaseFile, Suite

_SUSPECT = re.compile(rb"NaN|Infinity|[eE]\+?\d{3}")
"""What a number that is not finite looks like; a line without it need not be read twice."""


@dataclass(frozen=True, slots=True)
class Found:
    """A case and where it stands."""

    case: Case
    place: str


def read_cases(suite: Suite, folder: Path, file: Path) -> Iterator[Found | ConfigError]:
    """The cases in order; what is no case is given as an error, and reading goes on after it.

    Args:
        suite: Names them.
        folder: What its paths are relative to.
        file: The suite, for messages.
    """
    seen: dict[str, str] = {}
    for source in suite.cases:
        for found in _of_source(source, folder, file):
            if isinstance(found, ConfigError):
                yield found
            elif found.case.id in seen:
                yield ConfigError(
                    f"{found.place}: the id {found.case.id!r} is used at {seen[found.case.id]} already",
                    hint="Give every case an id of its own.",
                )
            else:
                seen[found.case.id] = found.place
                yield found


def _of_source(source: str | CaseFile | Case, folder: Path, file: Path) -> Iterator[Found | ConfigError]:
    if isinstance(source, Case):
        yield Found(source, str(file))
        return
    given = CaseFile(file=source) if isinstance(source, str) else source
    try:
        found = _opened(given, folder)
    except ConfigError as error:
        yield ConfigError(f"{file}: {error.message}", hint=error.hint) if given.format else error
        return
    for one in found:
        yield _tagged(one, given.tags) if isinstance(one, Found) and given.tags else one


def _opened(given: CaseFile, folder: Path) -> Iterator[Found | ConfigError]:
    if given.format:
        return _of_set(expanded(given.file, folder), given, format_named(given.format))
    adapter = load_place(given.adapter, folder) if given.adapter else None
    if given.file:
        return _of_file(expanded(given.file, folder), given, adapter)
    return _of_adapter(given, adapter)


def _of_set(path: Path, given: CaseFile, form: Format) -> Iterator[Found | ConfigError]:
    for record in records_of(form, path):
        if isinstance(record, ConfigError):
            yield record
        elif _wanted(record.value, given):
            made = made_of(form, record)
            found = made if isinstance(made, ConfigError) else _made(made, record.place)
            if found is not None:
                yield found


def _wanted(value: Mapping[str, Any], given: CaseFile) -> bool:
    return all(value.get(name) == wanted for name, wanted in given.where.items())


def _tagged(found: Found, tags: tuple[str, ...]) -> Found:
    both = tuple(dict.fromkeys((*found.case.tags, *tags)))
    return Found(found.case.model_copy(update={"tags": both}), found.place)


def _of_adapter(given: CaseFile, adapter: Callable[..., Any] | None) -> Iterator[Found | ConfigError]:
    assert adapter is not None  # noqa: S101 - the schema asks for a file or an adapter
    number = 0
    try:
        for number, item in enumerate(adapter(), start=1):
            made = _made(item, f"{given.adapter} (case {number})")
            if made is not None:
                yield made
    except Exception as error:  # noqa: BLE001 - code of the suite's author
        yield _broke(str(given.adapter), error, f"after {number} cases")


def _of_file(
    path: Path, given: CaseFile, adapter: Callable[..., Any] | None
) -> Iterator[Found | ConfigError]:
    try:
        with path.open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                if line.isspace():
                    continue
                found = _of_line(line, f"{path}:{number}", given, adapter)
                if found is not None:
                    yield found
    except FileNotFoundError:
        yield ConfigError(f"there is no file {path}", hint="Correct the path under cases in the suite.")
    except OSError as error:
        yield ConfigError(f"{path} cannot be read: {error.strerror}", hint="Check its permissions.")


def _of_line(
    line: bytes, place: str, given: CaseFile, adapter: Callable[..., Any] | None
) -> Found | ConfigError | None:
    try:
        if adapter is None and not given.where and not _SUSPECT.search(line):
            return Found(Case.model_validate_json(line), place)
        value = strict_json(line)
    except ValidationError as error:
        return _no_case(error, place)
    except (ValueError, RecursionError) as error:
        return ConfigError(f"{place}: no valid JSON: {one_line(error)}", hint="Mend this line.")
    if not isinstance(value, dict):
        return ConfigError(
            f"{place}: expected an object, found a {type(value).__name__}", hint="Mend this line."
        )
    if not _wanted(value, given):
        return None
    if adapter is None:
        return _made(value, place)
    try:
        return _made(adapter(value), place)
    except Exception as error:  # noqa: BLE001 - code of the suite's author
        return _broke(str(given.adapter), error, f"at {place}")


def _made(item: object, place: str) -> Found | ConfigError | None:
    if item is None:
        return None
    if isinstance(item, Case):
        return Found(item, place)
    if not isinstance(item, Mapping):
        return ConfigError(
            f"{place}: a {type(item).__name__} is no case", hint="Give a Case, an object, or None."
        )
    try:
        return Found(Case.model_validate(dict(item)), place)
    except ValidationError as error:
        return _no_case(error, place)


def _no_case(error: ValidationError, place: str) -> ConfigError:
    if error.errors()[0]["type"] == "json_invalid":
        reason = str(error.errors()[0]["ctx"].get("error", "")) if "ctx" in error.errors()[0] else ""
        return ConfigError(f"{place}: no valid JSON: {reason}", hint="Mend this line.")
    where, message, hint = explained(error, Case)
    setting = ".".join(str(part) for part in where)
    return ConfigError(f"{place}: {f'{setting}: ' if setting else ''}{message}", hint=hint)


def _broke(adapter: str, error: Exception, when: str) -> ConfigError:
    if isinstance(error, PodiumError):
        return ConfigError(f"{adapter} {when}: {error.message}", hint=error.hint)
    return ConfigError(
        f"{adapter} {when}: {type(error).__name__}: {one_line(error)}", hint="Mend the adapter."
    )
