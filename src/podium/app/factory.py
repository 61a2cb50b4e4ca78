"""The context that a project's graph file builds with."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from podium.app.project import project_of
from podium.graphs.context import GraphContext

if TYPE_CHECKING:
    from langchain_core.runnables import RunnableConfig

CONTEXT_KEY = "podium_context"


def graph_context(config: RunnableConfig, file: str | Path) -> GraphContext:
    """The context for a graph file's factory.

    An app passes its own context in the configuration, so that several apps live in one process.
    Another server that loads the file, such as `langgraph dev`, passes none: then the project around
    the file is opened, and the server's own checkpointer stores the threads.

    Args:
        config: What the factory was called with.
        file: The graph file, `__file__`.

    Raises:
        ConfigError: The project around the file cannot be opened.
    """
    given = (config or {}).get("configurable", {}).get(CONTEXT_KEY)
    if isinstance(given, GraphContext):
        return given
    from dataclasses import replace

    from podium.app.podium import Podium

    app = Podium.from_project(project_of(file))
    return replace(app.context, checkpointer=None)
