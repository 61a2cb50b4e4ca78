"""What keeps a tool from being called too much: its rate, its concurrency, and a circuit that opens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from podium.core.errors import ActionCrashed, ActionError, ActionTimeout, ActionUnavailable
from podium.tools.rate import RateLimiter
from podium.tools.tool import Tool

if TYPE_CHECKING:
    from purgatory import AsyncCircuitBreakerFactory
    from purgatory.domain.model import ExcludeType

THRESHOLD = 5
"""Calls that break or hang, one after the other, until the tool is left alone."""

OPEN_SECONDS = 30.0
"""For how long, before one call is tried again."""


class Gates:
    """The limits of an app's tools, by tool.

    Args:
        threshold: Calls in a row that have to break before a circuit opens.
        open_seconds: How long it then refuses calls.
    """

    def __init__(self, threshold: int = THRESHOLD, open_seconds: float = OPEN_SECONDS) -> None:
        self._threshold = threshold
        self._open_seconds = open_seconds
        self._limiters: dict[str, RateLimiter] = {}
        # A semaphore belongs to the event loop on which somebody first waited for it.
        self._slots: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[str, asyncio.Semaphore]]
        self._slots = WeakKeyDictionary()
        self._factory: AsyncCircuitBreakerFactory | None = None

    @asynccontextmanager
    async def passed(self, tool: Tool) -> AsyncIterator[None]:
        """Hold a place among the tool's calls; an error of the body counts against the tool.

        Raises:
            ActionUnavailable: The tool broke too often and is left alone for a while.
        """
        if tool.options.rate is not None:
            await self._limiters.setdefault(tool.name, RateLimiter(tool.options.rate)).wait()
        if tool.options.concurrency is None:
            async with self._circuit(tool):
                yield
            return
        async with self._slot(tool.name, tool.options.concurrency), self._circuit(tool):
            yield

    def _slot(self, name: str, concurrency: int) -> asyncio.Semaphore:
        held = self._slots.setdefault(asyncio.get_running_loop(), {})
        return held.setdefault(name, asyncio.Semaphore(concurrency))

    @asynccontextmanager
    async def _circuit(self, tool: Tool) -> AsyncIterator[None]:
        from purgatory.domain.model import OpenedState

        exclude: ExcludeType = [(ActionError, _is_healthy), (asyncio.CancelledError, _always)]
        breaker = await self._made().get_breaker(
            tool.name, threshold=self._threshold, ttl=self._open_seconds, exclude=exclude
        )
        try:
            await breaker.__aenter__()
        except OpenedState as opened:
            opened.__traceback__ = None  # the library raises one object again and again
            raise ActionUnavailable(
                f"{tool.name} broke {self._threshold} times in a row and is left alone for a while",
                hint=f"It is tried again after {self._open_seconds:g} seconds.",
            ) from None
        try:
            yield
        except BaseException as error:
            await breaker.__aexit__(type(error), error, None)
            raise
        await breaker.__aexit__(None, None, None)

    def _made(self) -> AsyncCircuitBreakerFactory:
        if self._factory is None:
            from purgatory import AsyncCircuitBreakerFactory

            self._factory = AsyncCircuitBreakerFactory()
        return self._factory


def _is_healthy(error: BaseException) -> bool:
    """Whether the tool works: it answered, if with a refusal."""
    return not isinstance(error, ActionCrashed | ActionTimeout)


def _always(_: BaseException) -> bool:
    return True
