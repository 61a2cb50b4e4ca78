"""`podium eval run` killed in the middle, again and again, and gone on with."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from podium.evals.log import read_trials

pytestmark = pytest.mark.slow

CASES = 300
FUNCTION = """\
import os, time
def answer(text):
    with open(os.environ["RAN"], "a") as file:
        file.write(text + "\\n")
    time.sleep(0.01)
    return text.upper()
"""
SUITE = """\
name: long
target: {function: "answering.py:answer"}
cases: [cases.jsonl]
scorers: [exact]
limits: {concurrency: 4}
"""


def _write(folder: Path) -> None:
    evals = folder / "evals"
    evals.mkdir()
    (evals / "long.yaml").write_text(SUITE)
    (evals / "answering.py").write_text(FUNCTION)
    lines = [
        json.dumps({"id": f"c{n}", "input": f"word {n}", "expected": {"answer": f"WORD {n}"}})
        for n in range(CASES)
    ]
    (evals / "cases.jsonl").write_text("\n".join(lines) + "\n")


def _run(folder: Path, *args: str) -> subprocess.Popen[bytes]:
    start = "import sys; from podium.cli.main import main; main(sys.argv[1:])"
    command = [sys.executable, "-c", start, "eval", "run", "long", "--log", "log.jsonl", *args]
    return subprocess.Popen(
        command,
        cwd=folder,
        env={**os.environ, "RAN": str(folder / "ran.txt")},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def _lines(file: Path) -> int:
    return file.read_bytes().count(b"\n") if file.exists() else 0


@pytest.mark.parametrize("seed", [1, 2])
def test_a_run_that_is_killed_loses_nothing_and_repeats_no_case_that_is_on_record(
    tmp_path: Path, seed: int
) -> None:
    _write(tmp_path)
    draw = random.Random(seed)
    log, kills = tmp_path / "log.jsonl", 0
    while kills < 4:
        running = _run(tmp_path, "--resume")
        wanted = _lines(log) + draw.randint(5, 60)
        while running.poll() is None and _lines(log) < wanted:
            os.sched_yield()
        if running.poll() is not None:
            break
        running.send_signal(signal.SIGKILL)
        running.wait()
        assert running.stderr is not None
        running.stderr.close()
        kills += 1
        log.write_bytes(log.read_bytes() + b'{"kind":"trial","case":{"id"')  # as a write that was cut
    last = _run(tmp_path, "--resume")
    _, said = last.communicate(timeout=100)
    assert last.returncode == 0, said
    assert kills == 4
    keys = [record.key for record in read_trials(log)]
    assert sorted(keys) == sorted((f"c{n}", 0) for n in range(CASES))
    # Only what was under way, or had not reached the log, was run again.
    ran = (tmp_path / "ran.txt").read_text().splitlines()
    assert len(set(ran)) == CASES
    assert len(ran) - CASES <= kills * 40
    assert all(record.value("exact") == 1.0 for record in read_trials(log))
