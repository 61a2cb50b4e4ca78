from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path

import pytest

from podium.core.errors import EvalError
from podium.evals.loading import load_suite
from podium.evals.log import TrialRecord, read_trials
from podium.evals.running import RunOptions, prepare, run_suite
from podium.evals.targets.processes import ProcessTarget, WorkerOptions

TARGET = """\
import ctypes, os
def answer(text, world):
    print("noise on standard output")
    (world.folder / "file").write_text("x")
    match text:
        case "kill": os.kill(os.getpid(), 9)
        case "crash": ctypes.string_at(0)
        case "exit": os._exit(3)
        case "hang":
            while True: ...
        case "memory": return str(len([bytearray(10**8) for _ in range(30)]))
        case "fail": raise ValueError("no way")
    return f"{os.getpid()}"
"""
WORDS = ("kill", "crash", "exit", "hang", "memory", "fail", "well", "well again")


def _suite(folder: Path, *, memory: bool = True) -> Path:
    (folder / "answering.py").write_text(TARGET)
    cases = [json.dumps({"id": word, "input": word, "expected": {"answer": "x"}}) for word in WORDS]
    (folder / "cases.jsonl").write_text("\n".join(cases) + "\n")
    limits = "memory_mb: 600, " if memory else ""
    (folder / "small.yaml").write_text(
        "name: small\ntarget: {function: 'answering.py:answer'}\nprocesses: true\n"
        f"limits: {{{limits}timeout: 8, retries: 0, concurrency: 2}}\n"
        "cases: [cases.jsonl]\nscorers: [exact]\n"
    )
    return folder / "small.yaml"


def test_a_case_that_ends_its_process_is_an_error_and_the_others_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = tmp_path / "left"
    left.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(left))
    ran = asyncio.run(run_suite(prepare(load_suite(_suite(tmp_path)), RunOptions(tmp_path / "out"))))
    found = {record.case.id: record for record in read_trials(ran.log)}
    assert {name: _said(found[name]) for name in WORDS[:6]} == {
        "kill": ("case_crashed", "the case ended its process by signal SIGKILL: noise on standard output"),
        "crash": ("case_crashed", "the case ended its process by signal SIGSEGV: noise on standard output"),
        "exit": ("case_crashed", "the case ended its process by exit code 3: noise on standard output"),
        "hang": ("case_timeout", "it did not end within 8 s"),
        "memory": ("case_memory", "the case took more memory than it may"),
        "fail": ("case_failed", "ValueError: no way"),
    }
    for name in WORDS[6:]:
        assert found[name].error is None
        assert found[name].value("exact") == 0.0
        assert _process(found[name]) != os.getpid()
    assert not ran.tally.stopped
    assert not list(left.iterdir())


def _said(record: TrialRecord) -> tuple[str, str]:
    assert record.error is not None
    assert record.scores == ()
    return record.error.code, record.error.message


def _process(record: TrialRecord) -> int:
    assert record.observation is not None
    return int(str(record.observation.output))


def test_a_target_that_cannot_be_used_is_told_before_any_case(tmp_path: Path) -> None:
    file = _suite(tmp_path, memory=False)
    (tmp_path / "answering.py").write_text("answer = 3\n")
    with pytest.raises(EvalError, match=r"answering.py:answer is no function"):
        asyncio.run(ProcessTarget(WorkerOptions(file), "x").open())
