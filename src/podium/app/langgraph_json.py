"""`langgraph.json`: the graphs that it names, and what has to be in place before they are loaded."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from podium.core.errors import ConfigError
from podium.core.explaining import first_problem, written_path
from podium.core.late_imports import is_installed
from podium.core.settings import LANGGRAPH_JSON

_LEFT_OUT: Final[Mapping[str, str]] = {
    **dict.fromkeys(
        (
            "api_version",
            "base_image",
            "dockerfile_lines",
            "image_distro",
            "internal_docker_tag",
            "keep_pkg_tools",
            "pip_config_file",
            "pip_installer",
        ),
        "is about building an image, which Podium does not do",
    ),
    "auth": "is not used: Podium knows callers by its own API keys ('podium keys')",
    "checkpointer": "is not used: checkpoints are stored in the project's database",
    "encryption": "is not used: nothing is encrypted at rest",
    "http": "is not used: there are no custom routes; see [server] in podium.toml",
    "node_version": "is not used: only Python graphs are served",
    "store": "is not used: the store is kept in the project's database, with its own index",
    "ui": "is not served",
    "ui_config": "is not served",
    "webhooks": "is not used",
}
"""Fields that LangGraph knows and Podium leaves out, and why."""
_SILENT: Final = ("$schema", "dependencies", "env", "graphs", "python_version")


class _Entry(BaseModel):
    model_config = ConfigDict(extra="allow")

    path: str
    description: str = ""

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, value: object) -> object:
        return {"path": value} if isinstance(value, str) else value


class _File(BaseModel):
    model_config = ConfigDict(extra="allow")

    graphs: dict[str, _Entry] = Field(min_length=1)
    dependencies: tuple[str, ...] = ()
    env: str | dict[str, str] = Field(default_factory=dict)
    python_version: str | None = None


@dataclass(frozen=True, slots=True)
class Declared:
    """A graph that a file names.

    Attributes:
        name: What clients call it.
        place: What exports it: `path/to/file.py:name`, or `package.module:name`.
        description: For people; may be empty.
        origin: File and line of the declaration.
    """

    name: str
    place: str
    description: str
    origin: str


@dataclass(frozen=True, slots=True)
class LanggraphJson:
    """What a folder's `langgraph.json` says.

    Attributes:
        file: The file.
        graphs: The graphs, in the order of the file.
        folders: What `dependencies` puts on the import path.
        variables: What `env` sets.
        warnings: What in it has no effect, one line each.
    """

    file: Path
    graphs: tuple[Declared, ...]
    folders: tuple[Path, ...]
    variables: Mapping[str, str]
    warnings: tuple[str, ...]

    def prepare(self, environment: MutableMapping[str, str]) -> None:
        """Make the graphs importable: the folders go on the import path, the variables into the environment.

        Folders come last on the path, as LangGraph puts them, so that none hides an installed package; and
        what the environment has already stays.

        Args:
            environment: That of the process.
        """
        for folder in map(str, self.folders):
            if folder not in sys.path:
                sys.path.append(folder)
        for name, value in self.variables.items():
            environment.setdefault(name, value)


def read_langgraph_json(folder: Path) -> LanggraphJson | None:
    """The `langgraph.json` of a folder; None where there is none.

    Args:
        folder: The project's folder, absolute.

    Raises:
        ConfigError: It is broken; the message names file and line.
    """
    path = folder / LANGGRAPH_JSON
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{path}:{line}: not UTF-8 text", hint="Save it as UTF-8.") from None
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}", hint="Check its permissions.") from None
    return _parsed(text, path)


def _parsed(text: str, path: Path) -> LanggraphJson:
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        where = f"{path}:{error.lineno}"
        raise ConfigError(f"{where}: not valid JSON: {error.msg}", hint="Mend this line.") from None
    try:
        given = _File.model_validate(data)
    except ValidationError as error:
        place = written_path(data, error.errors()[0]["loc"])
        message, hint = first_problem(error, _File, "Mend this field.")
        setting = ".".join(map(str, place))
        where = f"{path}:{_line(text, *map(str, place))}"
        raise ConfigError(f"{where}: {setting or 'the file'}: {message}", hint=hint) from None
    reader = _Reader(path, text)
    return LanggraphJson(
        file=path,
        graphs=tuple(
            Declared(name, entry.path, entry.description, reader.place("graphs", name))
            for name, entry in given.graphs.items()
        ),
        folders=tuple(_folders(path.parent, given)),
        variables=_variables(path.parent, given),
        warnings=tuple(reader.warnings(given, data)),
    )


@dataclass(frozen=True, slots=True)
class _Reader:
    path: Path
    text: str

    def place(self, *keys: str) -> str:
        return f"{self.path}:{_line(self.text, *keys)}"

    def warnings(self, given: _File, data: Mapping[str, Any]) -> Iterator[str]:
        for name in data:
            if name not in _SILENT:
                reason = _LEFT_OUT.get(name, "is no field that Podium knows; it has no effect")
                yield f"{self.place(name)}: {name!r} {reason}"
        for name, entry in given.graphs.items():
            for extra in entry.model_extra or ():
                yield f"{self.place('graphs', name)}: graphs.{name}.{extra!r} has no effect"
        running = f"{sys.version_info.major}.{sys.version_info.minor}"
        if given.python_version not in (None, running):
            wanted = given.python_version
            yield f"{self.place('python_version')}: it asks for Python {wanted}; this is {running}"
        yield from self._dependencies(given)
        if isinstance(given.env, str) and not (self.path.parent / given.env).is_file():
            yield f"{self.place('env')}: there is no file {given.env}; no variables are set"

    def _dependencies(self, given: _File) -> Iterator[str]:
        where = self.place("dependencies")
        for item in given.dependencies:
            if item.startswith("."):
                if not (self.path.parent / item).is_dir():
                    yield f"{where}: there is no folder {item}"
            elif (name := _distribution(item)) and not is_installed(name):
                yield f"{where}: {name} is not installed: pip install '{item}'"


def _folders(base: Path, given: _File) -> Iterator[Path]:
    """The folder of the file, then each local dependency, as it would lie on the path once installed."""
    yield base
    for item in given.dependencies:
        folder = (base / item).resolve()
        if not item.startswith(".") or not folder.is_dir():
            continue
        yield folder
        if (folder / "src").is_dir() and (folder / "pyproject.toml").is_file():
            yield folder / "src"


def _variables(base: Path, given: _File) -> dict[str, str]:
    if not isinstance(given.env, str):
        return dict(given.env)
    from dotenv import dotenv_values

    found = dotenv_values(base / given.env, encoding="utf-8")
    return {name: value for name, value in found.items() if value is not None}


def _distribution(requirement: str) -> str:
    """The name in a requirement; empty for an address."""
    found = re.match(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:[\[<>=!~;@ ]|$)", requirement)
    return found[1] if found and "://" not in requirement.partition("@")[0] else ""


def _line(text: str, *keys: str) -> int:
    """The line, from 1, on which a field stands, or its closest parent that is found."""
    at = 0
    for key in keys:
        found = re.compile(rf"{re.escape(json.dumps(key))}\s*:").search(text, at)
        if found is None:
            break
        at = found.start()
    return text.count("\n", 0, at) + 1
