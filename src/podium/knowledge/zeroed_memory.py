"""Keeps what this process held in its memory out of files that a library writes as it got the memory.

hnswlib, under Chroma, writes the file of a small index whole in each process that opens it, with memory that
nobody has filled in: what lay there before, such as a question or a key, would come to lie on the disk.
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
    _ALLOCATOR.enter()
    try:
        yield
    finally:
        _ALLOCATOR.leave()


class _Allocator:
    """Keeps the setting as long as anybody needs it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._users = 0

    def enter(self) -> None:
        with self._lock:
            self._users += 1
            if self._users == 1:
                _perturb(_ZEROES)

    def leave(self) -> None:
        with self._lock:
            self._users -= 1
            if self._users == 0:
                _perturb(_AS_IT_IS)


_ALLOCATOR: Final = _Allocator()
"""One, as the setting is the process's."""


def _perturb(byte: int) -> None:
    if (set_option := _mallopt()) is not None:
        set_option(_M_PERTURB, byte)


@cache
def _mallopt() -> Callable[[int, int], int] | None:
    try:
        found: Callable[[int, int], int] = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError, TypeError):  # macOS and Windows know no such call
        return None
    return found
