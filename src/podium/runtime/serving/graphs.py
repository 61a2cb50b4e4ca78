"""Where runs get their graphs from."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from langchain_core.runnables import RunnableConfig
    from langgraph.pregel import Pregel


class GraphSource(Protocol):
    """The graphs that are served."""

    def names(self) -> tuple[str, ...]:
        """Their names, the default one first."""
        ...

    def opened(
        self, name: str, config: RunnableConfig | None = None
    ) -> AbstractAsyncContextManager[Pregel[Any, Any, Any, Any]]:
        """The graph, stored by the server's saver, for as long as the block lasts.

        Args:
            name: The graph.
            config: What a factory that takes one is called with.

        Raises:
            UnknownName: No graph is called so.
            ConfigError: Its file is broken.
        """
        ...
