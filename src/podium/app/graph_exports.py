"""Finding what exports a graph: `path/to/file.py:name`, or `package.module:name`."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from podium.core.errors import ConfigError, PodiumError
from podium.core.loading import load_module, one_line, place_in

_SCRIPTS = (".ts", ".tsx", ".mts", ".cts", ".js", ".mjs", ".cjs")


@dataclass(frozen=True, slots=True)
class Export:
    """What a file or module exports under the name that was asked for.

    Attributes:
        value: A graph, or what makes one.
        file: Where it stands, resolved.
        attribute: Its name there.
    """

    value: object
    file: Path
    attribute: str


class Exports:
    """Finds what declarations name; each file is run once, however many graphs it exports.

    Args:
        folder: The project's folder, absolute.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._loaded: dict[Path, ModuleType] = {}

    def find(self, place: str, origin: str) -> Export:
        """Load what a declaration names.

        Args:
            place: `path/to/file.py:name`, relative to the folder, or `package.module:name`.
            origin: File and line of the declaration, for messages.

        Raises:
            ConfigError: It cannot be loaded or has no such name; the message names file and line.
        """
        where, colon, attribute = place.rpartition(":")
        if not colon or not where or not attribute.isidentifier():
            raise ConfigError(
                f"{origin}: {place!r} is not 'file.py:name'",
                hint="Name a file or module and what it exports, like ./agent.py:graph.",
            )
        if where.endswith(_SCRIPTS):
            raise ConfigError(
                f"{origin}: {where} is JavaScript; only Python graphs are served",
                hint="Serve it with LangGraph.",
            )
        is_file = where.endswith(".py") or "/" in where or "\\" in where
        module = self._of_file(where, origin) if is_file else _of_name(where, origin)
        file = Path(module.__file__ or where).resolve()
        value = getattr(module, attribute, None)
        if value is None:
            names = ", ".join(name for name in vars(module) if not name.startswith("_"))
            raise ConfigError(
                f"{origin}: {file} has no {attribute!r}",
                hint=f"It has: {names:.200}." if names else "It is empty.",
            )
        return Export(value, file, attribute)

    def _of_file(self, written: str, origin: str) -> ModuleType:
        file = (self._folder / written).resolve()
        if not file.is_file():
            raise ConfigError(
                f"{origin}: there is no file {written}", hint="Correct the path, or write the file."
            )
        if file not in self._loaded:
            name = _package_name(file)
            self._loaded[file] = load_module(file) if name is None else _imported(name, file)
        return self._loaded[file]


def _of_name(name: str, origin: str) -> ModuleType:
    try:
        spec = importlib.util.find_spec(name)
    except Exception as error:
        raise ConfigError(
            f"{origin}: {name}: {type(error).__name__}: {one_line(error)}", hint="Mend it."
        ) from error
    if spec is None or spec.origin is None:
        raise ConfigError(
            f"{origin}: there is no module {name}",
            hint="Name its folder in dependencies, or install it.",
        )
    return _imported(name, Path(spec.origin).resolve())


def _package_name(file: Path) -> str | None:
    """The name of a file in a package that is importable, so that its relative imports work; else None."""
    parts, folder = [file.stem], file.parent
    while (folder / "__init__.py").is_file():
        parts.insert(0, folder.name)
        folder = folder.parent
    if len(parts) == 1 or str(folder) not in sys.path or not all(part.isidentifier() for part in parts):
        return None
    name = ".".join(parts)
    try:
        spec = importlib.util.find_spec(name)
    except Exception:  # noqa: BLE001 - loading the file itself says what is wrong, and where
        return name
    return name if spec is not None and spec.origin == str(file) else None


def _imported(name: str, file: Path) -> ModuleType:
    try:
        return importlib.import_module(name)
    except PodiumError as error:
        raise ConfigError(f"{place_in(file, error)}: {error.message}", hint=error.hint) from error
    except (Exception, SystemExit) as error:
        raise ConfigError(
            f"{place_in(file, error)}: {type(error).__name__}: {one_line(error)}", hint="Mend the file."
        ) from error
