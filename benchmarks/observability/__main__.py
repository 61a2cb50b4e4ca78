"""What it costs a server that its requests and runs are followed.

The same server, each in a process of its own, carries out the same four-node graph, 16 runs at once: once
with `[telemetry] requests = false`, and once with metrics, a log line of each request and run, and traces
that are exported by OTLP over HTTP to a receiver on this machine. They are measured in turns, round by round,
because the machine is shared: a ratio is taken within a round, and the middle one counts.

Bar: at least 0.9 of the throughput. As a check that it was on, spans have arrived and lines were written.
"""

from __future__ import annotations

import asyncio
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path

from benchmarks.report import report
from benchmarks.server import contenders
from benchmarks.server.load import Served, Work, rate
from langgraph_sdk import get_client

ROUNDS = 7
RUNS = 160
MANIFEST = '[project]\nname = "measured"\n\n[telemetry]\n'
BARS = {"throughput": (">=", 0.9), "span_bytes_arrived": (">", 0.0), "lines_written": (">", 0.0)}


@contextmanager
def receiver(arrived: list[int]) -> Iterator[str]:
    """Where traces go, in a process of its own; how many bytes came is noted at the end."""
    command = [sys.executable, "-m", "benchmarks.observability.receiver"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("the receiver has no pipes")
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}/v1/traces"
        finally:
            process.stdin.close()
            arrived.append(int(process.stdout.readline()))


def project(folder: Path, telemetry: str) -> Path:
    """The small project, with what it says of telemetry."""
    shutil.copytree(contenders.PROJECT, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "podium.toml").write_text(MANIFEST + telemetry, encoding="utf-8")
    return folder


async def rounds(off: Work, on: Work) -> tuple[list[float], list[float]]:
    """Runs per second without and with, round by round."""
    works = {"off": off, "on": on}
    rates: dict[str, list[float]] = {"off": [], "on": []}
    for work in works.values():
        await rate(work, RUNS)
    for number in range(ROUNDS):
        turns = list(works.items())
        for name, work in turns if number % 2 == 0 else turns[::-1]:
            rates[name].append(await rate(work, RUNS))
    return rates["off"], rates["on"]


async def measured(folder: Path, address: str) -> tuple[list[float], list[float], int]:
    """The rates, and how many lines the log of the one that is followed has."""
    off = project(folder / "project-off", "requests = false\n")
    on = project(folder / "project-on", f'otlp_endpoint = "{address}"\n')
    async with AsyncExitStack() as stack:
        quiet = stack.enter_context(contenders.podium(folder / "off", project=off))
        followed = stack.enter_context(contenders.podium(folder / "on", project=on))
        clients = [await stack.enter_async_context(get_client(url=one.url)) for one in (quiet, followed)]
        without, having = await rounds(Served(clients[0]), Served(clients[1]))
    logs = (folder / "on" / ".podium" / "logs").glob("podium.jsonl*")
    return without, having, sum(len(log.read_bytes().splitlines()) for log in logs)


def main() -> int:
    """Measure and report."""
    contenders.allow_files()
    arrived: list[int] = []
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as name, receiver(arrived) as address:
        without, having, lines = asyncio.run(measured(Path(name), address))
    ratios = [one / other for one, other in zip(having, without, strict=True)]
    figures = {
        "throughput": round(statistics.median(ratios), 4),
        "runs_per_s": round(statistics.median(having), 1),
        "lines_written": float(lines),
        "span_bytes_arrived": float(sum(arrived)),
    }
    reference = {"runs_per_s_without": round(statistics.median(without), 1)}
    return 0 if report("observability", figures, reference, BARS) else 1


if __name__ == "__main__":
    sys.exit(main())
