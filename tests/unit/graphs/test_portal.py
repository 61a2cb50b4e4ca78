"""The portal: asynchronous work for synchronous callers."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import AsyncGenerator, Iterator

import pytest

from podium.graphs.portal import Portal

WHO: contextvars.ContextVar[str] = contextvars.ContextVar("who", default="nobody")


@pytest.fixture
def portal() -> Iterator[Portal]:
    found = Portal()
    yield found
    found.close()


async def who() -> str:
    await asyncio.sleep(0)
    return WHO.get()


def test_the_callers_context_travels(portal: Portal) -> None:
    token = WHO.set("ada")
    try:
        assert portal.run(who()) == "ada"
    finally:
        WHO.reset(token)


def test_all_callers_share_one_loop(portal: Portal) -> None:
    async def loop_id() -> int:
        return id(asyncio.get_running_loop())

    assert portal.run(loop_id()) == portal.run(loop_id())


def test_an_error_reaches_the_caller(portal: Portal) -> None:
    async def fail() -> None:
        raise LookupError("gone")

    with pytest.raises(LookupError, match="gone"):
        portal.run(fail())


def test_waiting_for_itself_is_refused(portal: Portal) -> None:
    async def nested() -> None:
        portal.run(who())

    with pytest.raises(RuntimeError, match="asynchronous"):
        portal.run(nested())


def test_items_arrive_in_order_and_errors_last(portal: Portal) -> None:
    async def items() -> AsyncGenerator[int, None]:
        yield 1
        yield 2
        raise ValueError("after two")

    seen: list[int] = []
    with pytest.raises(ValueError, match="after two"):
        seen.extend(portal.iterate(items()))
    assert seen == [1, 2]


def test_leaving_early_closes_the_source(portal: Portal) -> None:
    closed = threading.Event()

    async def endless() -> AsyncGenerator[int, None]:
        try:
            while True:
                yield 0
                await asyncio.sleep(0)
        finally:
            closed.set()

    stream = portal.iterate(endless())
    assert next(stream) == 0
    stream.close()
    assert closed.wait(10)


def test_a_closed_portal_starts_again() -> None:
    portal = Portal()
    assert portal.run(who()) == "nobody"
    portal.close()
    assert portal.run(who()) == "nobody"
    portal.close()
    portal.close()
