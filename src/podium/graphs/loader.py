"""Loading graph files: `path/to/file.py:factory`, by LangGraph's convention."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from podium.core.errors import ConfigError, PodiumError
from podium.core.loading import load_module, one_line, place_in


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
    if not file.is_file():
        raise ConfigError(f"there is no graph file {file}", hint="Check [graphs] in podium.toml.")
    file = file.resolve()
    exported = getattr(load_module(file), attribute, None)
    if exported is None:
        raise ConfigError(f"{file} has no {attribute!r}", hint="Check [graphs] in podium.toml.")
    made = _called(exported, config, file) if callable(exported) else exported
    return compiled(made, f"{file}: {attribute}")


def compiled(made: object, where: str) -> Any:
    """The graph, compiled if it was not.

    Args:
        made: What a graph file exports, or its factory made.
        where: Where that stands, for the message.

    Raises:
        ConfigError: It is no graph, or does not compile.
    """
    from langgraph.graph import StateGraph
    from langgraph.pregel import Pregel

    if isinstance(made, StateGraph):
        try:
            made = made.compile()
        except ValueError as error:
            raise ConfigError(f"{where}: {one_line(error)}", hint="Mend the graph.") from error
    if not isinstance(made, Pregel):
        raise ConfigError(
            f"{where} is a {type(made).__name__}, not a graph",
            hint="Export a compiled LangGraph graph, or a function that returns one.",
        )
    return made


def factory_failed(file: Path, error: BaseException) -> PodiumError:
    """What to raise for an error in a factory, or while one ran.

    Args:
        file: The file of the factory, resolved.
        error: What was raised in it.
    """
    if isinstance(error, ConfigError):
        return type(error)(f"{place_in(file, error)}: {error.message}", hint=error.hint)
    if isinstance(error, PodiumError):
        return error
    return ConfigError(
        f"{place_in(file, error)}: {type(error).__name__}: {one_line(error)}",
        hint="The graph's factory failed; mend the file.",
    )


def _called(factory: Callable[..., Any], config: dict[str, Any], file: Path) -> Any:
    takes_config = bool(inspect.signature(factory).parameters)
    try:
        made = factory(config) if takes_config else factory()
        return _awaited(made) if inspect.iscoroutine(made) else made
    except (Exception, SystemExit) as error:
        found = factory_failed(file, error)
        if found is error:
            raise
        raise found from error


def _awaited(made: Coroutine[Any, Any, Any]) -> Any:
    """What an asynchronous factory makes; on a thread of its own, since a loop may be running on this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, made).result()
