"""The context that a project's graph file builds with."""

from __future__ import annotations

import atexit
import threading
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from podium.app.project import project_of
from podium.graphs.context import GraphContext

if TYPE_CHECKING:
    from langchain_core.runnables import RunnableConfig

CONTEXT_KEY = "podium_context"
_OPENING = threading.Lock()


async def graph_context(config: RunnableConfig, file: str | Path) -> GraphContext:
    """The context for a graph file's factory.

    An app passes its own context in the configuration, so that several apps live in one process.
    Another server that loads the file, such as `langgraph dev`, passes none: then the project around
    the file is opened, once per process and off the event loop, and the server's own checkpointer
    stores the threads.

    Args:
        config: What the factory was called with.
        file: The graph file, `__file__`.

    Raises:
        ConfigError: The project around the file cannot be opened.
    """
    given = (config or {}).get("configurable", {}).get(CONTEXT_KEY)
    if isinstance(given, GraphContext):
        return given
    import asyncio

    return await asyncio.to_thread(_hosted_context, file)


def _hosted_context(file: str | Path) -> GraphContext:
    with _OPENING:
        return _opened(project_of(file))


# Such a server calls the factory for every request and keeps nothing for it, while one process is to have
# one writer of the database and one owner of the index.
@cache
def _opened(folder: Path) -> GraphContext:
    from dataclasses import replace

    from podium.app.podium import Podium

    app = Podium.from_project(folder)
    context = replace(app.context, checkpointer=None)
    atexit.register(app.close)
    return context
