"""Running a project's Python files by their path, without putting a folder on the import path."""

from __future__ import annotations

import importlib.util
import linecache
import sys
import threading
import traceback
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType
from typing import TYPE_CHECKING

from podium.core.errors import ConfigError, PodiumError
from podium.core.ids import digest_of

if TYPE_CHECKING:
    from importlib.abc import Loader

_LOADING = threading.RLock()
"""Two apps of one project load the same files under the same names; a file may open an app itself."""


class Uncached(SourceFileLoader):
    """Compiles a file whenever it is run: cached code is told apart by whole seconds and bytes alone."""

    def get_code(self, fullname: str) -> CodeType:  # noqa: ARG002 - the loader is for one file
        """The code of the file as it is now.

        Args:
            fullname: The module's name.
        """
        return self.source_to_code(self.get_data(self.path), self.path)


def load_module(file: Path) -> ModuleType:
    """Run a Python file as a module whose name no installed package can have.

    Raises:
        PodiumError: The file declares something wrongly; the message names file and line.
        ConfigError: It is missing or cannot be run; the message names file and line.
    """
    path = file.resolve()
    name = f"podium_project_{digest_of(str(path).encode())[:12]}_{path.stem}"
    loader = Uncached(name, str(path))
    spec = importlib.util.spec_from_file_location(name, path, loader=loader)
    if spec is None or not path.is_file():
        raise ConfigError(f"{file} is not there", hint="Correct the path in podium.toml, or write the file.")
    module = importlib.util.module_from_spec(spec)
    with _LOADING:
        _run(module, loader, path)
    return module


def _run(module: ModuleType, loader: Loader, path: Path) -> None:
    name = module.__name__
    sys.modules[name] = module  # dataclasses, pydantic and annotations look their module up
    try:
        loader.exec_module(module)
    except ConfigError as error:
        del sys.modules[name]
        raise type(error)(f"{place_in(path, error)}: {error.message}", hint=error.hint) from error
    except PodiumError as error:
        del sys.modules[name]
        raise ConfigError(f"{place_in(path, error)}: {error.message}", hint=error.hint) from error
    except (Exception, SystemExit) as error:
        del sys.modules[name]
        raise ConfigError(
            f"{place_in(path, error)}: {type(error).__name__}: {one_line(error)}", hint="Mend the file."
        ) from error


def place_in(path: Path, error: BaseException, line: int = 1) -> str:
    """File and line of an error: the last line of the file that it passed through.

    Args:
        path: The file, resolved.
        error: What was raised.
        line: What to name when it did not pass through the file.
    """
    if isinstance(error, SyntaxError) and error.filename:
        return f"{error.filename}:{error.lineno or 1}"
    linecache.checkcache(str(path))
    lines = [
        frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)
    ]
    return f"{path}:{lines[-1] if lines and lines[-1] else line}"


def one_line(error: BaseException) -> str:
    """What an error says, in one line."""
    text = error.msg if isinstance(error, SyntaxError) else str(error)
    return " ".join(text.split())
