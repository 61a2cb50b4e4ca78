"""Access labels: what may be read on somebody's behalf, seen by every search within a piece of work."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from typing import TypeAlias

from podium.core.principal import Principal, may_read

Reads: TypeAlias = Callable[[str], bool]
"""Whether what has an access label may be read."""

_CURRENT: ContextVar[Reads | None] = ContextVar("podium_reads", default=None)


def reads_of(principal: Principal, tenant: str) -> Reads:
    """What somebody may read.

    Args:
        principal: Who.
        tenant: The project's own.
    """
    return partial(may_read, principal, tenant=tenant)


def current_reads() -> Reads | None:
    """What may be read here; None where nothing bounds it."""
    return _CURRENT.get()


@contextmanager
def reading(reads: Reads) -> Iterator[None]:
    """Bound what the searches of a block may read.

    Args:
        reads: What they may.
    """
    token = _CURRENT.set(reads)
    try:
        yield
    finally:
        _CURRENT.reset(token)
