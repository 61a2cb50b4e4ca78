"""What is done to each contender: many runs at once, one run after another, first events of streams."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable
from typing import Any, Protocol
from uuid import uuid4

from benchmarks.server.contenders import AT_ONCE
from langgraph_sdk.client import LangGraphClient

INPUT = {"text": "What is the answer?"}
VISITED = ["one", "two", "three", "four"]


class Work(Protocol):
    """Something that carries the graph out."""

    async def run(self) -> None:
        """One run in a thread of its own, to its end."""
        ...

    async def first(self) -> float:
        """Seconds until the first event of a run's stream, which is read to its end."""
        ...


class Served:
    """The graph behind a server."""

    def __init__(self, client: LangGraphClient) -> None:
        self._client = client

    async def run(self) -> None:
        """One run, waited for."""
        thread = str(uuid4())
        state: Any = await self._client.runs.wait(thread, "four", input=INPUT, if_not_exists="create")
        if state.get("log") != VISITED:
            raise RuntimeError(f"a run ended with {state}")

    async def first(self) -> float:
        """Seconds until the first event that the graph caused."""
        began, found = time.perf_counter(), 0.0
        stream = self._client.runs.stream(
            str(uuid4()), "four", input=INPUT, stream_mode="updates", if_not_exists="create"
        )
        async for part in stream:
            if part.event == "updates":
                found = found or time.perf_counter() - began
        return found


class Bare:
    """The graph in this process, with LangGraph's own SQLite saver and without a server."""

    def __init__(self, graph: Any) -> None:
        self._graph = graph

    async def run(self) -> None:
        """One run."""
        state = await self._graph.ainvoke(INPUT, {"configurable": {"thread_id": str(uuid4())}})
        if state["log"] != VISITED:
            raise RuntimeError(f"a run ended with {state}")

    async def first(self) -> float:
        """Seconds until the first event."""
        began, found = time.perf_counter(), 0.0
        config = {"configurable": {"thread_id": str(uuid4())}}
        async for _ in self._graph.astream(INPUT, config, stream_mode="updates"):
            found = found or time.perf_counter() - began
        return found


async def rate(work: Work, runs: int) -> float:
    """Runs per second, as many at once as may be."""
    turns = iter(range(runs))

    async def one_after_another() -> None:
        for _ in turns:
            await work.run()

    began = time.perf_counter()
    await asyncio.gather(*(one_after_another() for _ in range(AT_ONCE)))
    return runs / (time.perf_counter() - began)


async def latency(work: Work, runs: int) -> float:
    """The median seconds of a run that has the server for itself."""

    async def timed() -> float:
        began = time.perf_counter()
        await work.run()
        return time.perf_counter() - began

    return await _median(timed, runs)


async def first_event(work: Work, runs: int) -> float:
    """The median seconds until the first event of a run that has the server for itself."""
    return await _median(work.first, runs)


async def _median(measured: Callable[[], Awaitable[float]], times: int) -> float:
    return statistics.median([await measured() for _ in range(times)])
