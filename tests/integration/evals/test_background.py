"""Suites that are run in a process of their own: what hangs is given up, and nothing is left behind."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from podium.core.errors import InputError
from podium.evals.background import BackgroundRuns, SuiteRun

SUITE = """\
name: stuck
target: {function: "stuck.py:answer"}
cases: [{id: a, input: go}]
scorers: [exact]
"""
IMPORTED = "import time\n\nwhile True:\n    time.sleep(0.01)\n"
CHILD = """\
import subprocess
import sys
from pathlib import Path


def answer(question):
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(3600)"])
    Path(__file__).with_name("child").write_text(str(child.pid))
    return str(child.wait())
"""


def suite_in(folder: Path, code: str) -> SuiteRun:
    (folder / "stuck.yaml").write_text(SUITE, encoding="utf-8")
    (folder / "stuck.py").write_text(code, encoding="utf-8")
    return SuiteRun(suite=folder / "stuck.yaml", out=folder / "logs")


def lives(pid: int) -> bool:
    """Whether a process is there and has not ended."""
    try:
        os.kill(pid, 0)
        stat = Path(f"/proc/{pid}/stat")
        return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_until(holds: Callable[[], bool]) -> None:
    for _ in range(3_000):
        if holds():
            return
        time.sleep(0.02)
    raise AssertionError


async def test_a_suite_that_does_not_begin_keeps_nobody_waiting(tmp_path: Path) -> None:
    runs = BackgroundRuns(patience=3.0)
    with pytest.raises(InputError, match="did not begin"):
        await runs.start(suite_in(tmp_path, IMPORTED))
    with pytest.raises(InputError, match="did not begin"):  # and not: one runs already
        await runs.start(suite_in(tmp_path, IMPORTED))


@pytest.mark.timeout(200)
async def test_what_a_case_has_started_ends_with_its_run(tmp_path: Path) -> None:
    runs = BackgroundRuns()
    begun = await runs.start(suite_in(tmp_path, CHILD))
    note = tmp_path / "child"
    await asyncio.to_thread(wait_until, lambda: note.is_file() and note.read_text() != "")
    pid = int(note.read_text())
    assert lives(pid)
    stopped = await runs.stop(begun.log)
    assert stopped is not None
    assert stopped.state == "stopped"
    await asyncio.to_thread(wait_until, lambda: not lives(pid))
