"""A value that is renewed between runs and stays what it was within one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType
from typing import Any, Generic, TypeVar

T = TypeVar("T")

_HELD: ContextVar[Mapping[int, Any]] = ContextVar("podium_held", default=MappingProxyType({}))
"""What the work under way holds, by the identity of what it is held of."""


class Pinned(Generic[T]):
    """Gives work in progress the value that it began with, and new work the latest one.

    Args:
        value: The first value.
    """

    def __init__(self, value: T) -> None:
        self._latest = value

    @property
    def value(self) -> T:
        """The value that is held here, or the latest one where none is."""
        held: T = _HELD.get().get(id(self), self._latest)
        return held

    def renew(self, value: T) -> None:
        """Give a new value to all work that begins from now on."""
        self._latest = value

    @contextmanager
    def held(self) -> Iterator[T]:
        """Hold the latest value for the block and for the tasks that it starts."""
        value = self._latest
        token = _HELD.set({**_HELD.get(), id(self): value})
        try:
            yield value
        finally:
            _HELD.reset(token)
