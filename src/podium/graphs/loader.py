"""Loading graph files: `path/to/file.py:factory`, by LangGraph's convention."""

from __future__ import annotations

import asyncio
import importlib.util
import inspect
import sys
import traceback
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType
from typing import Any

from podium.core.errors import ConfigError, PodiumError
from podium.core.ids import digest_of


def load_graph(file: Path, attribute: str, config: dict[str, Any]) -> Any:
    """The compiled graph that a graph file exports.

    Args:
        file: The Python file.
        attribute: A compiled graph, a graph to compile, or a factory, synchronous or not, that takes the
            configuration or nothing.
        config: What a factory is called with.

    Raises:
        ConfigError: The file does not load, or exports no graph; the message names file and line.
    """
    from langgraph.graph import StateGraph
    from langgraph.pregel import Pregel

    exported = getattr(_module(file), attribute, None)
    if exported is None:
        raise ConfigError(f"{file} has no {attribute!r}", hint="Check [graphs] in podium.toml.")
    made = _called(exported, config, file) if callable(exported) else exported
    if isinstance(made, StateGraph):
        made = made.compile()
    if not isinstance(made, Pregel):
        raise ConfigError(
            f"{file}: {attribute} is a {type(made).__name__}, not a graph",
            hint="Export a compiled LangGraph graph, or a function that returns one.",
        )
    return made


def _called(factory: Callable[..., Any], config: dict[str, Any], file: Path) -> Any:
    takes_config = bool(inspect.signature(factory).parameters)
    try:
        made = factory(config) if takes_config else factory()
        return _awaited(made) if inspect.iscoroutine(made) else made
    except PodiumError:
        raise
    except (Exception, SystemExit) as error:
        raise ConfigError(
            f"{file}:{line_in(error, file)}: {type(error).__name__}: {error}",
            hint="The graph's factory failed; mend the file.",
        ) from error


def _awaited(made: Coroutine[Any, Any, Any]) -> Any:
    """What an asynchronous factory makes; on a thread of its own, since a loop may be running on this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, made).result()


def _module(file: Path) -> ModuleType:
    name = f"podium_graph_{digest_of(str(file).encode())[:12]}"
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None or not file.is_file():
        raise ConfigError(f"there is no graph file {file}", hint="Check [graphs] in podium.toml.")
    module = importlib.util.module_from_spec(spec)
    # Annotations of the file are resolved through this entry.
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        del sys.modules[name]
        raise ConfigError(
            f"{file}:{line_in(error, file)}: {type(error).__name__}: {error}", hint="Mend the graph file."
        ) from error
    return module


def line_in(error: BaseException, file: Path) -> int:
    """The last line of the file that an error passed through; 1 when it did not."""
    if isinstance(error, SyntaxError) and error.lineno:
        return error.lineno
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename == str(file) and frame.lineno]
    return lines[-1] if lines else 1
