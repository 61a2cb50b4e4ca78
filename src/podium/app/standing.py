"""What stays open as long as a server runs, closed in the task that opened it."""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager
from typing import Generic, TypeVar

T = TypeVar("T")


class Standing(Generic[T]):
    """A context manager that is entered and left on a task of its own.

    Many can only be left where they were entered: what holds a task group or a cancel scope, such as the
    connection to an MCP server.

    Args:
        manager: What to hold open.
    """

    def __init__(self, manager: AbstractAsyncContextManager[T]) -> None:
        self._manager = manager
        self._ending = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def open(self) -> T:
        """Enter it; what it gives. An error in entering is raised here."""
        entered: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._task = asyncio.create_task(self._hold(entered))
        return await entered

    async def close(self) -> None:
        """Leave it. Safe to call twice."""
        self._ending.set()
        if self._task is not None:
            await self._task

    async def _hold(self, entered: asyncio.Future[T]) -> None:
        try:
            async with self._manager as value:
                entered.set_result(value)
                await self._ending.wait()
        except BaseException as error:
            if entered.done():
                raise
            entered.set_exception(error)
