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
    from langgraph.graph import StateGraph
    from langgraph.pregel import Pregel

    if not file.is_file():
        raise ConfigError(f"there is no graph file {file}", hint="Check [graphs] in podium.toml.")
    file = file.resolve()
    exported = getattr(load_module(file), attribute, None)
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
    except ConfigError as error:
        raise type(error)(f"{place_in(file, error)}: {error.message}", hint=error.hint) from error
    except PodiumError:
        raise
    except (Exception, SystemExit) as error:
        raise ConfigError(
            f"{place_in(file, error)}: {type(error).__name__}: {one_line(error)}",
            hint="The graph's factory failed; mend the file.",
        ) from error


def _awaited(made: Coroutine[Any, Any, Any]) -> Any:
    """What an asynchronous factory makes; on a thread of its own, since a loop may be running on this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, made).result()
