"""A thread of 500 turns through the server: what its last turns cost, and what each took of the disk.

A turn says 300 characters and is answered in as many; the client waits for the whole state each time. Once
the thread has 500 turns, further ones are measured in turns with the tenth ones of young threads, because
the machine is shared. The graph keeps its messages as what each turn added, as Podium's own does; the
reference is the same thread with LangGraph's `MessagesState`, which stores the whole conversation with every
turn. Bars: a turn at the end takes at most 25 ms longer than a tenth one, and a turn between 450 and 500
takes at most half as much again of the disk as one between 50 and 100.
"""

from __future__ import annotations

import asyncio
import sqlite3
import statistics
import sys
import tempfile
import time
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any
from uuid import uuid4

from benchmarks.report import report
from benchmarks.server.contenders import Contender, podium
from langgraph_sdk import get_client
from langgraph_sdk.client import LangGraphClient

PROJECT = Path(__file__).parent / "project"
TURNS = 500
PAIRS = 15
EARLY, LATE = (50, 100), (450, 500)
PERIODS = (*EARLY, *LATE)
WORDS = "What would you say to this? "
SAID = (WORDS * 11)[:300]


async def turn(client: LangGraphClient, graph: str, thread: str, number: int) -> float:
    """Milliseconds of one turn."""
    began = time.perf_counter()
    said: dict[str, Any] = {"messages": [{"role": "user", "content": f"{number}: {SAID}"}]}
    await client.runs.wait(thread, graph, input=said, if_not_exists="create")
    return (time.perf_counter() - began) * 1000


async def young(client: LangGraphClient, graph: str) -> float:
    """Milliseconds of the tenth turn of a new thread."""
    thread = str(uuid4())
    for number in range(9):
        await turn(client, graph, thread, number)
    return await turn(client, graph, thread, 9)


async def measure(server: Contender, graph: str) -> dict[str, float]:
    """One long thread, then young ones beside it."""
    used: dict[int, int] = {}
    thread = str(uuid4())
    async with get_client(url=server.url) as client:
        for number in range(1, TURNS + 1):
            await turn(client, graph, thread, number)
            if number in PERIODS:
                used[number] = bytes_used(server)
        late, tenth = [], []
        for number in range(PAIRS):
            late.append(await turn(client, graph, thread, TURNS + number))
            tenth.append(await young(client, graph))
    early_bytes = (used[EARLY[1]] - used[EARLY[0]]) / (EARLY[1] - EARLY[0])
    late_bytes = (used[LATE[1]] - used[LATE[0]]) / (LATE[1] - LATE[0])
    return {
        "turn_500_above_turn_10_ms": statistics.median(late) - statistics.median(tenth),
        "late_over_early_bytes": late_bytes / early_bytes,
        "turn_10_ms": statistics.median(tenth),
        "turn_500_ms": statistics.median(late),
        "early_bytes_a_turn": early_bytes,
        "late_bytes_a_turn": late_bytes,
        "megabytes": used[TURNS] / 1e6,
    }


def bytes_used(server: Contender) -> int:
    """What the server's database holds, without free pages."""
    file = server.folder / ".podium" / "podium.db"
    with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as connection:
        count, free, size = (
            int(connection.execute(f"PRAGMA {name}").fetchone()[0])
            for name in ("page_count", "freelist_count", "page_size")
        )
    return (count - free) * size


def measured(graph: str) -> dict[str, float]:
    """The figures of a graph on a server of its own."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=Path.cwd()))) / "thread"
        return asyncio.run(measure(stack.enter_context(podium(folder, project=PROJECT)), graph))


def main() -> int:
    """Measure and report."""
    found = measured("chat")
    reference = {f"stock_{name}": value for name, value in measured("stock").items()}
    bars = {"turn_500_above_turn_10_ms": ("<=", 25.0), "late_over_early_bytes": ("<=", 1.5)}
    return 0 if report("thread", found, reference, bars) else 1


if __name__ == "__main__":
    sys.exit(main())
