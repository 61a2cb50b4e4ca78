"""A crowd on one process: threads that wait for a person, and streams that are all open at once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Any, NamedTuple
from uuid import uuid4

import psutil
from benchmarks.server.contenders import AT_ONCE, Contender
from benchmarks.server.project.small import PARTS
from langgraph_sdk import get_client
from langgraph_sdk.client import LangGraphClient

THREADS = 10_000
STREAMS = 1_000
BY_CLIENT = 50
"""A stock client keeps at most a hundred connections."""
EXPECTED = list(range(PARTS))


class Crowd(NamedTuple):
    """How a process stood with the crowd on it.

    Attributes:
        memory_mb: Resident memory above the idle process: the most of it that was seen.
        threads_mb: The part of it that was there with the threads alone.
        lost: Events that a stream did not tell, told twice or out of order.
        threads_s: How long it took to make the threads.
    """

    memory_mb: float
    threads_mb: float
    lost: float
    threads_s: float


async def measure(server: Contender, threads: int = THREADS, streams: int = STREAMS) -> Crowd:
    """Put the crowd on a server that has done nothing yet but a run."""
    gate = server.folder / "gate"
    async with AsyncExitStack() as stack:
        clients = [
            await stack.enter_async_context(get_client(url=server.url))
            for _ in range(-(-streams // BY_CLIENT))
        ]
        await _waits(clients[0])
        idle = _resident(server)
        async with _watched(server) as seen:
            began = time.perf_counter()
            await _make_threads(clients[0], threads)
            took, with_threads = time.perf_counter() - began, _resident(server)
            told: list[list[int]] = [[] for _ in range(streams)]
            reading = [
                asyncio.create_task(_read(clients[number // BY_CLIENT], told[number]))
                for number in range(streams)
            ]
            while not all(told):
                await _raise_failed(reading)
            gate.touch()
            await asyncio.gather(*reading)
            gate.unlink()
    lost = sum(_wrong(parts) for parts in told)
    return Crowd(max(seen) - idle, with_threads - idle, lost, took)


async def _make_threads(client: LangGraphClient, threads: int) -> None:
    turns = iter(range(threads))

    async def one_after_another() -> None:
        for _ in turns:
            await _waits(client)

    await asyncio.gather(*(one_after_another() for _ in range(AT_ONCE)))


async def _waits(client: LangGraphClient) -> None:
    state: Any = await client.runs.wait(
        str(uuid4()), "asks", input={"text": "May I?"}, if_not_exists="create"
    )
    if "__interrupt__" not in state:
        raise RuntimeError(f"a run did not wait: {state}")


async def _read(client: LangGraphClient, told: list[int]) -> None:
    stream = client.runs.stream(
        str(uuid4()), "told", input={"text": "Go on"}, stream_mode="custom", if_not_exists="create"
    )
    async for part in stream:
        if part.event == "custom":
            told.append(part.data["part"])  # noqa: PERF401 - others look at it meanwhile


async def _raise_failed(reading: list[asyncio.Task[None]]) -> None:
    done, _ = await asyncio.wait(reading, timeout=0.1, return_when=asyncio.FIRST_EXCEPTION)
    for task in done:
        task.result()
        raise RuntimeError("a stream ended before the gate was open")


def _wrong(parts: list[int]) -> int:
    if parts == EXPECTED:
        return 0
    return max(1, len(set(EXPECTED) ^ set(parts)) + len(parts) - len(set(parts)))


@asynccontextmanager
async def _watched(server: Contender) -> AsyncIterator[list[float]]:
    """The memory of the process, again and again."""
    seen: list[float] = []

    async def look() -> None:
        while True:
            seen.append(_resident(server))
            await asyncio.sleep(0.25)

    task = asyncio.create_task(look())
    try:
        yield seen
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def _resident(server: Contender) -> float:
    """Megabytes of the process and its children."""
    process = psutil.Process(server.pid)
    processes = [process, *process.children(recursive=True)]
    return float(sum(one.memory_info().rss for one in processes)) / 1e6
