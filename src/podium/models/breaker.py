"""Circuit breakers for each model: after several failures in a row it is left alone for a while.

One circuit counts a provider that is out of order, the other a model that answers and never usably.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from podium.core.errors import ModelAuthError, ModelError, ModelOutputError, ModelTimeout, ModelUnavailable

if TYPE_CHECKING:
    from purgatory import AsyncCircuitBreakerFactory
    from purgatory.domain.model import ExcludeType

THRESHOLD = 5
"""Failures in a row that open the circuit."""

OPEN_SECONDS = 30.0
"""How long an open circuit refuses calls before one is tried again."""

USELESS = 2
"""Calls in a row without a usable reply, each with its re-asks, that open the circuit."""


class Breakers:
    """The circuits of one app, by model name.

    Args:
        threshold: Failures in a row that open a circuit.
        open_seconds: How long it then stays open.
    """

    def __init__(self, threshold: int = THRESHOLD, open_seconds: float = OPEN_SECONDS) -> None:
        self._threshold = threshold
        self.open_seconds = open_seconds
        self._factory: AsyncCircuitBreakerFactory | None = None
        self._refused: dict[str, tuple[ModelAuthError, float]] = {}

    @asynccontextmanager
    async def guard(self, model: str) -> AsyncIterator[None]:
        """Run one exchange under the model's circuit.

        Raises:
            ModelUnavailable: The circuit is open; the model was not asked.
        """
        why = f"{model} failed {self._threshold} times in a row and is left alone for a while"
        async with self._circuit(model, self._threshold, _is_healthy, why):
            yield

    @asynccontextmanager
    async def guard_usable(self, model: str) -> AsyncIterator[None]:
        """Run one whole call, re-asks included, under the circuit that counts unusable replies.

        Raises:
            ModelUnavailable: The circuit is open; the model was not asked.
        """
        why = f"{model} gave nothing usable {USELESS} times in a row and is left alone for a while"
        async with self._circuit(f"{model} usable", USELESS, _is_usable, why):
            yield

    def refuse_key(self, model: str, error: ModelAuthError) -> None:
        """The model's key was refused: it is not sent again for a while, by any role."""
        self._refused[model] = error, time.monotonic() + self.open_seconds

    def spare_refused_key(self, model: str) -> None:
        """Keep a refused key from being sent again and again.

        Raises:
            ModelAuthError: It was refused a short while ago.
        """
        error, until = self._refused.get(model, (None, 0.0))
        if error is not None and time.monotonic() < until:
            raise ModelAuthError(error.message, hint=error.hint)

    @asynccontextmanager
    async def _circuit(
        self, name: str, threshold: int, healthy: Callable[[BaseException], bool], why: str
    ) -> AsyncIterator[None]:
        from purgatory.domain.model import OpenedState

        exclude: ExcludeType = [(ModelError, healthy), (asyncio.CancelledError, _always)]
        breaker = await self._made().get_breaker(
            name, threshold=threshold, ttl=self.open_seconds, exclude=exclude
        )
        try:
            await breaker.__aenter__()
        except OpenedState as opened:
            # The library raises one object again and again: its traceback would hold every caller's frame.
            opened.__traceback__ = None
            hint = f"It is tried again after {self.open_seconds:g} seconds."
            raise ModelUnavailable(why, hint=hint) from None
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
    """Whether the error came from a provider that works: it answered, if not as hoped."""
    return not isinstance(error, ModelTimeout | ModelUnavailable)


def _is_usable(error: BaseException) -> bool:
    """Whether the call came to anything but a reply that nobody can use."""
    return not isinstance(error, ModelOutputError)


def _always(_: BaseException) -> bool:
    return True
