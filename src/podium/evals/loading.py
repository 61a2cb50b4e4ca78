"""Finding and reading suites: `evals/NAME.yaml`, or `evals/NAME.py` with a function `suite`."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from podium.core.canonical import canonical_digest
from podium.core.errors import ConfigError, PodiumError, UnknownName
from podium.core.explaining import nearest
from podium.core.loading import load_module, one_line, place_in
from podium.core.yaml_file import read_yaml
from podium.evals.adapters.formats import expanded
from podium.evals.case import Case
from podium.evals.faults import explained
from podium.evals.reading import Found, read_cases
from podium.evals.suite import CaseFile, Suite, written

FOLDER: Final = "evals"
_ENDINGS = (".yaml", ".yml", ".py")
_IMMATERIAL = {"description", "limits", "thresholds", "primary", "cache", "processes"}
"""What may change between two runs of one suite: it decides how they go, not what they measure."""


@dataclass(frozen=True, slots=True)
class LoadedSuite:
    """A suite and where it lies.

    Attributes:
        suite: What it says.
        file: Where it was read.
    """

    suite: Suite
    file: Path

    @property
    def folder(self) -> Path:
        """What its paths are relative to."""
        return self.file.parent

    def cases(self) -> Iterator[Case]:
        """The cases, read as they are needed.

        Raises:
            ConfigError: One is wrong; the message names file and line.
        """
        for found in self.found():
            if isinstance(found, ConfigError):
                raise found
            yield found.case

    def found(self) -> Iterator[Found | ConfigError]:
        """The cases with their places; what is wrong is given in place of a case."""
        return read_cases(self.suite, self.folder, self.file)

    def digest(self) -> str:
        """SHA-256 of all that decides what is measured: target, scorers, and what the case files hold."""
        said = self.suite.model_dump(mode="json", exclude=_IMMATERIAL)
        contents: list[str] = []
        for source in self.suite.cases:
            name = source if isinstance(source, str) else source.file if isinstance(source, CaseFile) else ""
            if name:
                contents.append(_content_digest(name, self.folder))
        return canonical_digest({"suite": _text_numbers(said), "files": contents})


def find_suite(name: str, project: Path) -> Path:
    """The file of a suite.

    Args:
        name: A name in `evals/`, or a path.
        project: The project's folder.

    Raises:
        UnknownName: There is none.
    """
    given = Path(name)
    if given.suffix in _ENDINGS and given.is_file():
        return given
    for ending in _ENDINGS:
        if (file := project / FOLDER / f"{name}{ending}").is_file():
            return file
    there = suites_in(project)
    meant = nearest(name, there)
    known = f"There are: {', '.join(there)}." if there else "Write one with 'podium eval init NAME'."
    raise UnknownName(
        f"there is no suite {name!r} in {project / FOLDER}",
        hint=f"{f'Did you mean {meant!r}? ' if meant else ''}{known}",
    )


def suites_in(project: Path) -> list[str]:
    """The names of a project's suites."""
    folder = project / FOLDER
    if not folder.is_dir():
        return []
    yaml = {file.stem for file in folder.iterdir() if file.suffix in (".yaml", ".yml")}
    python = {file.stem for file in folder.glob("*.py") if "def suite(" in _start(file)}
    return sorted(yaml | python)


def load_suite(file: Path) -> LoadedSuite:
    """Read a suite; its cases are read later.

    Raises:
        ConfigError: It is broken; the message names file and line.
    """
    if file.suffix == ".py":
        return LoadedSuite(_of_python(file), file)
    read = read_yaml(file, "suite", hint="Write it, or name another one.")
    try:
        return LoadedSuite(Suite.model_validate(read.data), file)
    except ValidationError as error:
        where, message, hint = explained(error, Suite)
        path = written(where)
        setting = ".".join(str(part) for part in path)
        place = f"{read.place(path)}: {setting}" if setting else read.place(path)
        raise ConfigError(f"{place}: {message}", hint=hint) from None


def _of_python(file: Path) -> Suite:
    module = load_module(file)
    make = getattr(module, "suite", None)
    if not callable(make):
        raise ConfigError(f"{file}: there is no function suite", hint="Define suite() that returns a Suite.")
    try:
        made = make()
    except ValidationError as error:
        where, message, hint = explained(error, Suite)
        setting = ".".join(str(part) for part in written(where))
        raise ConfigError(f"{place_in(file.resolve(), error)}: {setting}: {message}", hint=hint) from None
    except PodiumError as error:
        raise ConfigError(f"{place_in(file.resolve(), error)}: {error.message}", hint=error.hint) from None
    except Exception as error:  # noqa: BLE001 - code of the suite's author
        said = f"{type(error).__name__}: {one_line(error)}"
        raise ConfigError(f"{place_in(file.resolve(), error)}: {said}", hint="Mend the file.") from None
    if not isinstance(made, Suite):
        raise ConfigError(f"{file}: suite() gave a {type(made).__name__}", hint="Return a Suite.")
    return made


def _start(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _content_digest(name: str, folder: Path) -> str:
    """The digest of a file, or of all files of a folder; empty where it is not there."""
    try:
        path = expanded(name, folder)
    except ConfigError:
        return ""
    if not path.is_dir():
        return _file_digest(path)
    inside = sorted(file for file in path.rglob("*") if file.is_file())
    return canonical_digest({file.relative_to(path).as_posix(): _file_digest(file) for file in inside})


def _file_digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def _text_numbers(value: object) -> object:
    """The value with large and fractional numbers as text, since canonical JSON limits them."""
    if isinstance(value, dict):
        return {key: _text_numbers(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_text_numbers(item) for item in value]
    return repr(value) if isinstance(value, float) or (type(value) is int) else value
