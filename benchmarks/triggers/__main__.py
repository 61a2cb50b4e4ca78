"""What it costs to take an event, to have ten thousand schedules, and how late firings start.

Sixteen callers at once send events, each of which is on disk before its caller goes on: to the service, and
over HTTP from a process of their own. The reference inserts rows of about the size into a bare SQLite file in
WAL mode with `synchronous=FULL`, from 16 threads at once, on the same disk and in turns with the events. What
counts is the time for one, all callers together, which is a sixteenth of what each of them waits on average.
The machine is shared: ratios are taken within stretches, and the middle one counts.

Ten thousand schedules of which none is due are looked after for some seconds: the share of a core that the
process spends. Then some of them are due at odd moments, and it counts by how much their runs begin late.
Bars: keeping an event takes at most 5 times a bare insert, schedules cost at most 2 % of a core, and nothing
begins more than 100 ms late. What HTTP, keys, limits and JSON add to an event is told without a bar.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.report import report

from podium.core.clock import SystemClock, from_iso, to_iso
from podium.core.ids import new_id
from podium.core.principal import Access
from podium.runtime.triggers.events import Event
from podium.runtime.triggers.service import TriggerService
from podium.storage.database import Database
from podium.storage.firings import Firing, Firings
from podium.storage.triggers import Trigger
from podium.testing.server import served

CALLERS = 16
EACH = 25
STRETCHES = 7
SCHEDULES = 10_000
WATCHED_S = 10.0
DUE = 60
_TABLE = "CREATE TABLE bare(id INTEGER PRIMARY KEY, key TEXT UNIQUE, at TEXT, event TEXT)"
_ROW = "INSERT INTO bare(key, at, event) VALUES (?, ?, ?)"
DATA: dict[str, Any] = {"order": "O-1", "customer": "nora", "lines": [{"sku": "knife", "note": "x" * 600}]}
MANIFEST = """
[project]
name = "bench"

[triggers.orders]
kind = "event"
graph = "small"
max_waiting = 100000
paused = true
"""
GRAPH = """
from typing import TypedDict
from langgraph.graph import StateGraph

class State(TypedDict, total=False):
    order: str

small = StateGraph(State).add_node("one", lambda state: {}).set_entry_point("one").compile()
"""


class Bare:
    """A bare SQLite file that callers insert into, each insert synced."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._lock = threading.Lock()
        for statement in ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", _TABLE):
            self._connection.execute(statement)

    def per_insert(self, pool: ThreadPoolExecutor) -> float:
        """Seconds for an insert, all callers together."""

        def caller(_: int) -> None:
            for _ in range(EACH):
                with self._lock:  # SQLite's own waiting for its lock sleeps, and would be slower
                    self._connection.execute(_ROW, (new_id(), to_iso(datetime.now(UTC)), json.dumps(DATA)))

        began = time.perf_counter()
        list(pool.map(caller, range(CALLERS)))
        return (time.perf_counter() - began) / (CALLERS * EACH)


async def per_event(service: TriggerService, trigger: Trigger) -> float:
    """Seconds for an event in the service, all callers together."""

    async def caller() -> None:
        for _ in range(EACH):
            await service.events.take(trigger, Event(new_id(), DATA, datetime.now(UTC)))

    began = time.perf_counter()
    await asyncio.gather(*(caller() for _ in range(CALLERS)))
    return (time.perf_counter() - began) / (CALLERS * EACH)


def per_request(url: str) -> float:
    """Seconds for an event over HTTP, all callers together."""
    host, _, port = url.removeprefix("http://").partition(":")
    command = [sys.executable, str(Path(__file__).with_name("sender.py")), host, port, str(EACH)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(done.stdout.split()[-1])


def measure_events(folder: Path) -> tuple[dict[str, float], dict[str, float]]:
    """Figures and references of taking events."""
    bare = Bare(folder / "bare.db")
    found: dict[str, list[float]] = {"bare": [], "service": [], "http": []}
    with served(folder) as server, ThreadPoolExecutor(CALLERS) as pool:
        service = server.services.triggers
        trigger = service.stored.list(Access(server.services.app.principal.tenant))[0]
        for number in range(STRETCHES + 1):
            taking = asyncio.run_coroutine_threadsafe(per_event(service, trigger), server.loop)
            taken = {
                "service": taking.result(),
                "bare": bare.per_insert(pool),
                "http": per_request(server.url),
            }
            if number:  # the first ones open connections and files
                for kind, seconds in taken.items():
                    found[kind].append(seconds)
    figures = {}
    for kind in ("service", "http"):
        ratios = [mine / theirs for mine, theirs in zip(found[kind], found["bare"], strict=True)]
        figures[f"{kind}_ratio"] = statistics.median(ratios)
        figures[f"{kind}_ms"] = statistics.median(found[kind]) * 1_000
    return figures, {"bare_insert_ms": statistics.median(found["bare"]) * 1_000}


class Noting:
    """Begins firings as the server does, and notes how late."""

    def __init__(self, firings: Firings) -> None:
        self._firings = firings
        self.late: list[float] = []
        self.all = asyncio.Event()

    async def start(self, firing: Firing) -> None:
        """Note that it has begun."""
        noting = self._firings.beginning(firing, firing.next_run_id, firing.thread_id)
        await self._firings.database.awrite(noting, durable=True)
        self.late.append((datetime.now(UTC) - from_iso(firing.event_id)).total_seconds() * 1_000)
        if len(self.late) == DUE:
            self.all.set()

    async def cancel(self, run_id: str) -> None:
        """Nothing is ever cancelled here."""
        raise AssertionError(run_id)


def cpu_seconds() -> float:
    """What this process has spent so far."""
    spent = resource.getrusage(resource.RUSAGE_SELF)
    return spent.ru_utime + spent.ru_stime


async def measure_schedules(folder: Path) -> dict[str, float]:
    """The share of a core that waiting takes, and how late firings begin."""
    columns = "cron_id, assistant_id, schedule, next_run_at, created_at, updated_at, overlap"
    insert = f"INSERT INTO crons({columns}) VALUES (?,?,?,?,?,?,?)"
    rows = [
        (
            f"c{n:05}",
            "a",
            f"{n % 60} {n % 24} 1 1 *",
            f"2099-01-01T00:{n % 60:02}:00.000000Z",
            "",
            "",
            "queue",
        )
        for n in range(SCHEDULES)
    ]
    with Database.open(folder / "schedules.db") as database:
        database.write(lambda connection: connection.executemany(insert, rows))
        service = TriggerService.of(database, SystemClock())
        carrier = Noting(service.firings)
        async with service.engine.serving(carrier):
            await asyncio.sleep(1)
            began, spent = time.perf_counter(), cpu_seconds()
            await asyncio.sleep(WATCHED_S)
            share = (cpu_seconds() - spent) / (time.perf_counter() - began) * 100
            now = datetime.now(UTC)
            moments = [to_iso(now + timedelta(seconds=0.5 + number * 0.137)) for number in range(DUE)]
            update = "UPDATE crons SET next_run_at=? WHERE cron_id=?"
            changes = [(moment, f"c{number:05}") for number, moment in enumerate(moments)]
            database.write(lambda connection: connection.executemany(update, changes))
            service.engine.nudge()
            async with asyncio.timeout(60):
                await carrier.all.wait()
    late = sorted(carrier.late)
    return {"idle_percent": share, "late_p50_ms": late[DUE // 2], "late_max_ms": late[-1]}


def main() -> int:
    """Measure and report."""
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as name:
        folder = Path(name)
        (folder / "podium.toml").write_text(MANIFEST, encoding="utf-8")
        (folder / "graphs.py").write_text(GRAPH, encoding="utf-8")
        (folder / "langgraph.json").write_text('{"graphs": {"small": "./graphs.py:small"}}', encoding="utf-8")
        figures, reference = measure_events(folder)
        figures |= asyncio.run(measure_schedules(folder))
    bars = {
        "service_ratio": ("<=", 5.0),
        "idle_percent": ("<=", 2.0),
        "late_max_ms": ("<=", 100.0),
    }
    return 0 if report("triggers", figures, reference, bars) else 1


if __name__ == "__main__":
    sys.exit(main())
