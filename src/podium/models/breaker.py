"""A circuit breaker for each model: after several failures in a row it is left alone for a while."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from podium.core.errors import ModelError, ModelTimeout, ModelUnavailable

if TYPE_CHECKING:
    from purgatory import AsyncCircuitBreakerFactory
    from purgatory.domain.model import ExcludeType

THRESHOLD = 5
"""Failures in a row that open the circuit."""

OPEN_SECONDS = 30.0
"""How long an open circuit refuses calls before one is tried again."""


class Breakers:
    """The circuits of one app, by model name."""

    def __init__(self, threshold: int = THRESHOLD, open_seconds: float = OPEN_SECONDS) -> None:
        self._threshold = threshold
        self._open_seconds = open_seconds
        self._factory: AsyncCircuitBreakerFactory | None = None

    @asynccontextmanager
    async def guard(self, model: str) -> AsyncIterator[None]:
        """Run one call under the model's circuit.

        Raises:
            ModelUnavailable: The circuit is open; the model was not asked.
        """
        from purgatory.domain.model import OpenedState

        breaker = await self._made().get_breaker(model)
        try:
            await breaker.__aenter__()
        except OpenedState as opened:
            # The library raises one object again and again: its traceback would hold every caller's frame.
            opened.__traceback__ = None
            raise ModelUnavailable(
                f"{model} failed {self._threshold} times in a row and is left alone for a while",
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

            healthy: ExcludeType = [(ModelError, _is_healthy), (asyncio.CancelledError, _always)]
            self._factory = AsyncCircuitBreakerFactory(
                default_threshold=self._threshold, default_ttl=self._open_seconds, exclude=healthy
            )
        return self._factory


def _is_healthy(error: BaseException) -> bool:
    """Whether the error came from a provider that works: it answered, if not as hoped."""
    return not isinstance(error, ModelTimeout | ModelUnavailable)


def _always(_: BaseException) -> bool:
    return True
