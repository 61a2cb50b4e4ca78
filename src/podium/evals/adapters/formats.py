"""The formats by name, and what a set in one of them gives: cases, and the documents that they are about."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from podium.core.errors import ConfigError, UnknownName
from podium.core.explaining import nearest
from podium.core.loading import one_line
from podium.core.model import JsonObject
from podium.evals.adapters import begin, bipia, chunking, clapnq, cranfield, piguard, presidio, tau2
from podium.evals.adapters.records import Document, Record, Records

_VARIABLE = re.compile(r"^\$(?:\{(\w+)\}|(\w+))")


@dataclass(frozen=True, slots=True)
class Format:
    """How the sets of one kind are laid out.

    Attributes:
        records: The entries of a file or folder, in order; what is wrong stands in the place of an entry.
        case: The case of an entry; raises a ValueError where a part of it is missing or wrong.
        documents: The texts that the cases are about; None where each case brings all of it.
    """

    records: Callable[[Path], Records]
    case: Callable[[Record], JsonObject]
    documents: Callable[[Path], Iterator[Document | ConfigError]] | None = None


FORMATS: Final[Mapping[str, Format]] = MappingProxyType(
    {
        "begin": Format(begin.records, begin.case),
        "bipia": Format(bipia.records, bipia.case),
        "chunking": Format(chunking.records, chunking.case, chunking.documents),
        "clapnq": Format(clapnq.records, clapnq.case, clapnq.documents),
        "cranfield": Format(cranfield.records, cranfield.case, cranfield.documents),
        "piguard": Format(piguard.records, piguard.case),
        "presidio": Format(presidio.records, presidio.case),
        "tau2": Format(tau2.records, tau2.case),
    }
)


def format_named(name: str) -> Format:
    """The format of a name.

    Raises:
        UnknownName: There is none.
    """
    try:
        return FORMATS[name]
    except KeyError:
        meant = nearest(name, FORMATS)
        known = f"There are: {', '.join(FORMATS)}; one of your own is file.py:name."
        raise UnknownName(
            f"there is no adapter {name!r}", hint=f"{f'Did you mean {meant!r}? ' if meant else ''}{known}"
        ) from None


def records_of(form: Format, path: Path) -> Records:
    """The entries of a set; a fault of the whole set is given in the place of an entry.

    Args:
        form: How the set is laid out.
        path: A file or folder.
    """
    if not path.exists():
        yield ConfigError(f"the data set {path} is not there", hint="Name the folder that holds it.")
        return
    try:
        yield from form.records(path)
    except ConfigError as error:
        yield error


def made_of(form: Format, record: Record) -> JsonObject | ConfigError:
    """The case of an entry, or what is wrong with it.

    Args:
        form: How the set is laid out.
        record: The entry.
    """
    try:
        return form.case(record)
    except (ValueError, RecursionError) as error:
        return ConfigError(f"{record.place}: {one_line(error)}", hint="Mend this entry.")


def documents_of(name: str, path: Path) -> Iterator[Document]:
    """The texts that a set's cases are about.

    Args:
        name: Its format.
        path: A file or folder.

    Raises:
        UnknownName: There is no such format.
        ConfigError: The set has none, or one is wrong.
    """
    form = format_named(name)
    if form.documents is None:
        raise ConfigError(
            f"{path} has no documents", hint="Leave out --documents: each case brings its text."
        )
    for document in form.documents(path):
        if isinstance(document, ConfigError):
            raise document
        if Path(document.name).name != document.name:
            raise ConfigError(f"{path}: {document.name!r} is no name of a file", hint="Give it another id.")
        yield document


def write_documents(name: str, path: Path, folder: Path) -> int:
    """Write the texts that a set's cases are about, one file each; how many.

    Args:
        name: Its format.
        path: A file or folder.
        folder: Where they are written.

    Raises:
        UnknownName: There is no such format.
        ConfigError: The set has none, or one is wrong.
    """
    folder.mkdir(parents=True, exist_ok=True)
    count = 0
    for document in documents_of(name, path):
        (folder / document.name).write_text(document.text, encoding="utf-8", newline="")
        count += 1
    return count


def expanded(name: str, folder: Path) -> Path:
    """A path of a suite; a variable of the environment may stand at its start.

    Args:
        name: As the suite has it: `cases.jsonl`, or `$PODIUM_DATA/cranfield`.
        folder: What it is relative to.

    Raises:
        ConfigError: The variable is not set.
    """
    found = _VARIABLE.match(name)
    if not found:
        return folder / name
    variable = found[1] or found[2]
    value = os.environ.get(variable, "")
    if not value:
        raise ConfigError(
            f"{name}: {variable} is not set", hint=f"Set {variable} to the folder that holds the data."
        )
    return folder / (value + name[found.end() :])
