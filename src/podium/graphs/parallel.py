"""Several pieces of work side by side, without the cost of tasks when there is only one."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any, TypeVar

T = TypeVar("T")


async def together(work: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """The results in order.

    Args:
        work: What to run; a single piece runs in the caller's own task.
    """
    pieces = list(work)
    if len(pieces) == 1:
        return [await pieces[0]]
    return list(await asyncio.gather(*pieces))
