"""Keeps what this process held in its memory out of files that a library writes as it got the memory.

hnswlib, under Chroma, writes the first file of an index from memory that nobody has filled in: what lay there
before, such as a question or a key, would come to lie on the disk.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from threading import Lock
from typing import Final

_M_PERTURB: Final = -6
_ZEROES: Final = 0xFF
"""New memory is filled with the complement of this byte (mallopt(3))."""
_AS_IT_IS: Final = 0


@contextmanager
def zeroed_memory() -> Iterator[None]:
    """Meanwhile, the C library gives out zeroed memory only.

    That goes for the whole process, since libraries allocate in threads of their own. glibc can do it; with
    another C library nothing happens.
    """
    allocator = _allocator()
    allocator.enter()
    try:
        yield
    finally:
        allocator.leave()


class _Allocator:
    """The process's; the setting stays as long as anybody needs it."""

    def __init__(self, setting: Callable[[int, int], int] | None) -> None:
        self._setting = setting
        self._lock = Lock()
        self._users = 0

    def enter(self) -> None:
        with self._lock:
            self._users += 1
            if self._users == 1:
                self._set(_ZEROES)

    def leave(self) -> None:
        with self._lock:
            self._users -= 1
            if self._users == 0:
                self._set(_AS_IT_IS)

    def _set(self, byte: int) -> None:
        if self._setting is not None:
            self._setting(_M_PERTURB, byte)


@cache
def _allocator() -> _Allocator:
    return _Allocator(_mallopt())


def _mallopt() -> Callable[[int, int], int] | None:
    try:
        found: Callable[[int, int], int] = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError, TypeError):  # macOS and Windows know no such call
        return None
    return found
