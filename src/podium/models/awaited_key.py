"""A model whose key is not there yet: looked for again, so that it plays its part as soon as it can."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel

from podium.core.errors import ModelAuthError
from podium.models.calls import Asks, Called, Check

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage

    from podium.models.record import PromptStamp

T = TypeVar("T", bound=BaseModel)


class AwaitsKey:
    """Stands in the place of a model until its key is found.

    Until then every call fails as one whose key is refused, so that whoever stands in for the model says so.

    Args:
        name: The model's name.
        find: Gives what asks the model; raises `ModelAuthError` while its key is not there. None where the
            name stands for no model any more.
    """

    def __init__(self, name: str, find: Callable[[], Asks | None]) -> None:
        self._name = name
        self._find = find
        self._asks: Asks | None = None

    @property
    def name(self) -> str:
        """The model's name."""
        return self._name

    async def call(
        self,
        messages: Sequence[BaseMessage],
        schema: type[T],
        *,
        stamp: PromptStamp | None = None,
        check: Check[T] | None = None,
        again: bool = False,
    ) -> Called[T]:
        """Ask for a value, as `Asks` says.

        Raises:
            ModelAuthError: The key is not there.
        """
        if self._asks is None:
            self._asks = await asyncio.to_thread(self._find)  # a program may be run to get the key
        if self._asks is None:
            raise ModelAuthError(f"{self._name} is no model now", hint="See [models] in podium.toml.")
        return await self._asks.call(messages, schema, stamp=stamp, check=check, again=again)
