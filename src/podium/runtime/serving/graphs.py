"""Where runs get their graphs from."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias

if TYPE_CHECKING:
    from langchain_core.runnables import RunnableConfig
    from langgraph.pregel import Pregel


Purpose: TypeAlias = Literal["threads.create_run", "threads.update", "threads.read", "assistants.read"]
"""Why a graph is opened, in the words of LangGraph's `ServerRuntime`."""


class GraphSource(Protocol):
    """The graphs that are served."""

    def names(self) -> tuple[str, ...]:
        """Their names, the default one first."""
        ...

    def opened(
        self,
        name: str,
        config: RunnableConfig | None = None,
        *,
        purpose: Purpose = "threads.create_run",
        context: object = None,
    ) -> AbstractAsyncContextManager[Pregel[Any, Any, Any, Any]]:
        """The graph, stored by the server's saver, for as long as the block lasts.

        Args:
            name: The graph.
            config: What a factory that takes one is called with.
            purpose: Why it is opened.
            context: The context of the run.

        Raises:
            UnknownName: No graph is called so.
            ConfigError: Its file is broken.
        """
        ...
