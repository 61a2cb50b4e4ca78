"""Chat models of anybody's, by the place where Python finds them."""

from __future__ import annotations

import importlib.util
import traceback
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from podium.core.errors import ConfigError, PodiumError

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel


def imported_model(path: str, folder: Path | None = None) -> BaseChatModel:
    """The chat model at `package.module:attribute` or `file.py:attribute`.

    Args:
        path: An instance, a class or a function that makes one.
        folder: What a file is relative to.

    Raises:
        ConfigError: Nothing can be imported from there, or it is no chat model.
    """
    from langchain_core.language_models import BaseChatModel

    module, _, attribute = path.rpartition(":")
    file = (folder or Path()) / module if module.endswith(".py") else None
    try:
        found: object = getattr(_loaded(file) if file else import_module(module), attribute)
        made = found if isinstance(found, BaseChatModel) or not callable(found) else found()
    except PodiumError:
        raise
    except (Exception, SystemExit) as error:  # noqa: BLE001 - somebody's module may raise anything
        where = f"{file}:{_line(error, file)}" if file else path
        raise ConfigError(
            f"{where}: the model cannot be loaded: {type(error).__name__}: {error}"
            if file
            else f"the model {path} cannot be loaded: {type(error).__name__}",
            hint=_hint(module, error),
        ) from None
    if not isinstance(made, BaseChatModel):
        raise ConfigError(
            f"the model {path} is a {type(made).__name__}, not a LangChain chat model",
            hint="Name an instance or a subclass of BaseChatModel, or a function that makes one.",
        )
    return made


def _loaded(file: Path) -> ModuleType:
    if not file.is_file():
        raise ConfigError(f"there is no file {file}", hint="Mend the model's name in [models].")
    spec = importlib.util.spec_from_file_location(f"podium_model_{file.stem}", file)
    if spec is None or spec.loader is None:
        raise ConfigError(f"{file} cannot be loaded", hint="A model's file is a Python file.")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _line(error: BaseException, file: Path) -> int:
    if isinstance(error, SyntaxError) and error.lineno:
        return error.lineno
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename == str(file) and frame.lineno]
    return lines[-1] if lines else 1


def _hint(module: str, error: BaseException) -> str:
    if isinstance(error, ModuleNotFoundError):
        return f"Is the package of {module} installed, or its folder on PYTHONPATH?"
    return f"Import {module} in Python to see what it needs."
