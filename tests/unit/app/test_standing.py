"""What stays open for as long as a server runs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from podium.app.standing import Standing


async def test_it_is_closed_where_it_was_opened() -> None:
    tasks: list[asyncio.Task[object] | None] = []

    @asynccontextmanager
    async def held() -> AsyncIterator[int]:
        async with asyncio.TaskGroup():  # can be left only where it was entered
            tasks.append(asyncio.current_task())
            yield 7
            tasks.append(asyncio.current_task())

    standing = Standing(held())
    assert await standing.open() == 7
    await standing.close()
    await standing.close()
    opened, closed = tasks
    assert opened is closed
    assert opened is not asyncio.current_task()


async def test_what_fails_to_open_is_told_to_whoever_opens_it() -> None:
    @asynccontextmanager
    async def broken() -> AsyncIterator[int]:
        raise LookupError("no")
        yield 7

    standing = Standing(broken())
    with pytest.raises(LookupError, match="no"):
        await standing.open()
    await standing.close()
