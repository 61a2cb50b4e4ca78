"""How soon a run that was broken off goes on after the server starts again.

A run waits in its second node; the server's process is killed, or told to end, and started again. It counts
when that node runs again: from the moment that the server says it serves, and from its process's start. The
reference is a start with nothing to go on with. Bar: within two seconds of serving, in the middle of rounds.
"""

from __future__ import annotations

import json
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from benchmarks.report import report

PROJECT = Path(__file__).parent / "project"
PODIUM = Path(sys.executable).with_name("podium")
ROUNDS = 5
PATIENCE_S = 60.0


@dataclass(frozen=True, slots=True)
class Started:
    """A server's process, when it began and when it served, by the clock of `time.monotonic`."""

    process: subprocess.Popen[str]
    url: str
    began: float
    served: float

    def end(self, number: signal.Signals) -> None:
        """End it."""
        self.process.send_signal(number)
        self.process.wait(PATIENCE_S)
        if self.process.stdout is not None:
            self.process.stdout.close()


def start(folder: Path) -> Started:
    """Start the server; it serves when this returns."""
    command = [str(PODIUM), "dev", "--no-reload", "--no-browser", "--port", "0", "--json"]
    began = time.monotonic()
    process = subprocess.Popen(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    if process.stdout is None:
        raise RuntimeError("the server's answer cannot be read")
    told = process.stdout.readline()
    return Started(process, json.loads(told)["url"], began, time.monotonic())


@contextmanager
def project() -> Iterator[Path]:
    """A folder of its own with the graph."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "restart"
        shutil.copytree(PROJECT, folder, ignore=shutil.ignore_patterns("__pycache__"))
        yield folder


def begun(folder: Path, times: int) -> float:
    """Wait until the second node has begun so many times; when that was seen."""
    file, until = folder / "begun", time.monotonic() + PATIENCE_S
    while not file.exists() or file.read_text().count("\n") < times:
        if time.monotonic() > until:
            raise RuntimeError("the run did not go on")
        time.sleep(0.005)
    return time.monotonic()


def resumed(number: signal.Signals) -> tuple[float, float]:
    """Seconds until the run goes on: after serving, and after the process's start."""
    with project() as folder:
        first = start(folder)
        with httpx.Client(base_url=first.url, timeout=PATIENCE_S, trust_env=False) as client:
            thread = client.post("/threads", json={}).json()["thread_id"]
            body = {"assistant_id": "gated", "input": {"log": []}}
            client.post(f"/threads/{thread}/runs", json=body).raise_for_status()
        begun(folder, 1)
        first.end(number)
        again = start(folder)
        seen = begun(folder, 2)
        (folder / "gate").touch()
        again.end(signal.SIGTERM)
        return seen - again.served, seen - again.began


def bare() -> float:
    """Seconds that a start takes with nothing to go on with."""
    with project() as folder:
        started = start(folder)
        started.end(signal.SIGTERM)
        return started.served - started.began


def main() -> int:
    """Measure and report."""
    rounds = [(resumed(signal.SIGKILL), resumed(signal.SIGTERM), bare()) for _ in range(ROUNDS)]
    killed, ended, starts = zip(*rounds, strict=True)
    figures = {
        "after_kill_s": statistics.median(after for after, _ in killed),
        "after_term_s": statistics.median(after for after, _ in ended),
        "after_kill_since_process_s": statistics.median(whole for _, whole in killed),
        "after_term_since_process_s": statistics.median(whole for _, whole in ended),
    }
    bars = {"after_kill_s": ("<=", 2.0), "after_term_s": ("<=", 2.0)}
    return 0 if report("restart", figures, {"start_s": statistics.median(starts)}, bars) else 1


if __name__ == "__main__":
    sys.exit(main())
