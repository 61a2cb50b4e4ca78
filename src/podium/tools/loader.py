"""Loading a project's Python files by their path, without putting a folder on the import path."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from podium.core.errors import ConfigError
from podium.core.loading import load_module
from podium.tools.actions import Action
from podium.tools.tool import Tool

_WORLD = ("open_world", "copy_world", "destroy_world")


@dataclass(frozen=True, slots=True)
class World:
    """What a project's tools act on, as the manifest's hook opens, copies and destroys it.

    Attributes:
        open_world: Opens the world in a folder, creating it when it is not there; gives its handle.
        copy_world: Copies it from one folder to another.
        destroy_world: Deletes it.
        read_world: Gives its whole state as JSON, by the handle; None where a project has no such hook.
    """

    open_world: Callable[[Path], object]
    copy_world: Callable[[Path, Path], None]
    destroy_world: Callable[[Path], None]
    read_world: Callable[[object], object] | None = None


def load_tools(paths: Sequence[Path]) -> tuple[Tool, ...]:
    """The tools that are declared in files, and in the Python files that lie directly in folders.

    Args:
        paths: Files and folders. In a folder, names that begin with `_` are left out.

    Raises:
        ConfigError: A path is missing, a file cannot be run, or a name is declared twice; the message
            names file and line.
    """
    found: dict[str, Tool] = {}
    for file in _files(paths):
        for tool in _tools_of(load_module(file)):
            if (other := found.get(tool.name)) is not None:
                raise ConfigError(
                    f"{tool.origin}: the tool {tool.name!r} is declared at {other.origin} already",
                    hint="Give one of them another name.",
                )
            found[tool.name] = tool
    return tuple(found.values())


def load_world(file: Path) -> World:
    """The hook of a project's world.

    Raises:
        ConfigError: The file is missing, cannot be run, or lacks one of the three functions.
    """
    module = load_module(file)
    for name in _WORLD:
        if not callable(getattr(module, name, None)):
            raise ConfigError(
                f"{file}: there is no function {name}", hint=f"A world has {', '.join(_WORLD)}."
            )
    return World(
        open_world=module.open_world,
        copy_world=module.copy_world,
        destroy_world=module.destroy_world,
        read_world=getattr(module, "read_world", None),
    )


def _files(paths: Sequence[Path]) -> list[Path]:
    files: list[Path] = []
    for path in paths:
        if path.is_dir():
            files += sorted(p for p in path.glob("*.py") if not p.name.startswith("_"))
        else:
            files.append(path)
    return list(dict.fromkeys(file.resolve() for file in files))


def _tools_of(module: ModuleType) -> list[Tool]:
    actions = {
        id(value): value.tool
        for value in vars(module).values()
        if isinstance(value, Action) and value.__module__ == module.__name__
    }
    return list(actions.values())
