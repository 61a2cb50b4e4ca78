"""Finding what a suite names in Python: `file.py:name` beside it, or `package.module:name`."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from podium.core.errors import ConfigError, UnknownName
from podium.core.explaining import nearest
from podium.core.loading import load_module, one_line


def load_place(place: str, folder: Path) -> Any:
    """What the name stands for.

    Args:
        place: `file.py:name`, relative to the folder, or `package.module:name`.
        folder: The suite's.

    Raises:
        ConfigError: The file cannot be run, or the module not imported.
        UnknownName: It has nothing of that name.
    """
    where, _, name = place.rpartition(":")
    module = load_module(folder / where) if where.endswith(".py") else _imported(where, place)
    try:
        return getattr(module, name)
    except AttributeError:
        public = [one for one in vars(module) if not one.startswith("_")]
        meant = nearest(name, public)
        hint = f"Did you mean {meant!r}?" if meant else f"Write it into {where}."
        raise UnknownName(f"{place}: {where} has nothing called {name!r}", hint=hint) from None


def _imported(module: str, place: str) -> ModuleType:
    try:
        return import_module(module)
    except Exception as error:  # noqa: BLE001 - a module of anybody's may raise anything
        raise ConfigError(
            f"{place}: {module} cannot be imported: {one_line(error)}",
            hint="Install it, or name a file: file.py:name.",
        ) from None
