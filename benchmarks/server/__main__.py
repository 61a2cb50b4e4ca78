"""Podium's server beside `langgraph dev` and beside the bare graph without any server.

All three carry out the same four-node graph without a model, each run in a thread of its own: the servers
through `langgraph_sdk`, the bare graph in a loop in this process with LangGraph's own SQLite saver. They are
measured in turns, round by round, because the machine is shared: a ratio is taken within a round, and the
middle one counts. Podium's runs and the bare graph's are durable; `langgraph dev` keeps its in memory.

Bars: at least 7 times the throughput of `langgraph dev` and more than the bare graph's, each with 16 runs at
once; a single run's median latency at most 1/30 of that of `langgraph dev`; the first event of a stream at
most 20 ms after the bare graph's first. Then, on a fresh process, 10,000 threads that wait for a person and
1,000 open streams: at most 600 MB above idle, and no event lost, repeated or out of order.

`langgraph dev` lives in an environment of its own in the user's cache folder; with `--install` it is put
there. Where it is not there, nothing is measured.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import tempfile
from collections.abc import Mapping
from contextlib import AsyncExitStack
from pathlib import Path

from benchmarks.report import not_here, report
from benchmarks.server import contenders, crowd
from benchmarks.server.load import Bare, Served, Work, first_event, latency, rate
from benchmarks.server.project.small import four
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph_sdk import get_client

ROUNDS = 7
RUNS = {"podium": 320, "langgraph_dev": 48, "bare": 160}
SINGLE = {"podium": 40, "langgraph_dev": 4, "bare": 40}
Taken = dict[str, list[float]]


async def rounds(works: Mapping[str, Work]) -> tuple[Taken, Taken, Taken]:
    """Rates, latencies and first events of each contender, round by round."""
    rates: Taken = {name: [] for name in works}
    latencies: Taken = {name: [] for name in works}
    firsts: Taken = {name: [] for name in works}
    for name, work in works.items():
        await rate(work, RUNS[name])
    for number in range(ROUNDS):
        turns = list(works.items())
        for name, work in turns if number % 2 == 0 else turns[::-1]:
            rates[name].append(await rate(work, RUNS[name]))
            latencies[name].append(await latency(work, SINGLE[name]))
            firsts[name].append(await first_event(work, SINGLE[name]))
    return rates, latencies, firsts


async def compared(folder: Path) -> tuple[Taken, Taken, Taken]:
    """All contenders in turns."""
    async with AsyncExitStack() as stack:
        podium = stack.enter_context(contenders.podium(folder / "podium"))
        peer = stack.enter_context(contenders.langgraph_dev(folder / "peer"))
        saver = await stack.enter_async_context(AsyncSqliteSaver.from_conn_string(str(folder / "bare.db")))
        ours = await stack.enter_async_context(get_client(url=podium.url))
        theirs = await stack.enter_async_context(get_client(url=peer.url))
        bare = four.copy(update={"checkpointer": saver})
        return await rounds({"podium": Served(ours), "bare": Bare(bare), "langgraph_dev": Served(theirs)})


async def crowded(folder: Path) -> crowd.Crowd:
    """The crowd on a process of its own."""
    with contenders.podium(folder / "crowd", "--max-running", str(crowd.STREAMS)) as server:
        return await crowd.measure(server)


def ratio(above: list[float], below: list[float]) -> float:
    """The middle one of the rounds' ratios."""
    return statistics.median([one / other for one, other in zip(above, below, strict=True)])


def medians(taken: Taken) -> dict[str, float]:
    """The middle one of the rounds, by contender."""
    return {name: round(statistics.median(values), 4) for name, values in taken.items()}


def figures_of(rates: Taken, latencies: Taken, firsts: Taken, seen: crowd.Crowd) -> dict[str, float]:
    """What the bars are about, and what stands behind it."""
    late = [(ours - bare) * 1000 for ours, bare in zip(firsts["podium"], firsts["bare"], strict=True)]
    return {
        "throughput_over_langgraph_dev": ratio(rates["podium"], rates["langgraph_dev"]),
        "throughput_over_bare": ratio(rates["podium"], rates["bare"]),
        "latency_of_langgraph_dev": ratio(latencies["podium"], latencies["langgraph_dev"]),
        "first_event_above_bare_ms": statistics.median(late),
        "crowd_memory_mb": seen.memory_mb,
        "crowd_events_lost": seen.lost,
        "crowd_threads_memory_mb": seen.threads_mb,
        "crowd_threads_per_s": crowd.THREADS / seen.threads_s,
        "runs_per_s": statistics.median(rates["podium"]),
        "latency_ms": statistics.median(latencies["podium"]) * 1000,
        "first_event_ms": statistics.median(firsts["podium"]) * 1000,
    }


BARS = {
    "throughput_over_langgraph_dev": (">=", 7.0),
    "throughput_over_bare": (">", 1.0),
    "latency_of_langgraph_dev": ("<=", 1 / 30),
    "first_event_above_bare_ms": ("<=", 20.0),
    "crowd_memory_mb": ("<=", 600.0),
    "crowd_events_lost": ("==", 0.0),
}


def main() -> int:
    """Measure and report."""
    parser = argparse.ArgumentParser(prog="benchmarks.server")
    parser.add_argument("--install", action="store_true", help="get langgraph dev first")
    if parser.parse_args().install and not contenders.has_peer():
        contenders.install()
    if not contenders.has_peer():
        not_here("server", "langgraph dev; get it with python -m benchmarks.server --install")
        return 0
    print(contenders.peer_version(), flush=True)
    contenders.allow_files()
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as name:
        taken = asyncio.run(compared(Path(name)))
        print("runs/s, s a run, s to the first event:", *(medians(one) for one in taken), flush=True)
        seen = asyncio.run(crowded(Path(name)))
    rates, latencies, firsts = taken
    reference: dict[str, float] = {}
    for name in ("langgraph_dev", "bare"):
        reference[f"{name}_runs_per_s"] = statistics.median(rates[name])
        reference[f"{name}_latency_ms"] = statistics.median(latencies[name]) * 1000
        reference[f"{name}_first_event_ms"] = statistics.median(firsts[name]) * 1000
    return 0 if report("server", figures_of(rates, latencies, firsts, seen), reference, BARS) else 1


if __name__ == "__main__":
    sys.exit(main())
