"""A suite as tests of pytest: a test for each case, and one for the gate."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

SUITE = """name: sums
target: {function: "adding.py:add"}
cases: [cases.jsonl]
scorers: [exact]
thresholds: [{metric: exact, min: 0.6}]
"""
FUNCTION = """def add(given):
    if given["b"] == 0:
        raise ValueError("not nothing")
    return given["a"] + given["b"]
"""
ALONE = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
CASES = """{"id": "small", "input": {"a": 1, "b": 2}, "expected": {"answer": 3}}
{"id": "wrong", "input": {"a": 1, "b": 2}, "expected": {"answer": 4}}
{"id": "broken", "input": {"a": 1, "b": 0}, "expected": {"answer": 1}}
"""


def run_pytest(folder: Path, *args: str) -> tuple[int, str]:
    evals = folder / "evals"
    evals.mkdir(exist_ok=True)
    (evals / "sums.yaml").write_text(SUITE, encoding="utf-8")
    (evals / "adding.py").write_text(FUNCTION, encoding="utf-8")
    (evals / "cases.jsonl").write_text(CASES, encoding="utf-8")
    pytest = [sys.executable, "-m", "pytest", "-p", "podium.testing.pytest_plugin", "-v", "-c", "/dev/null"]
    done = subprocess.run(
        [*pytest, "--rootdir", str(folder), *args],
        cwd=folder,
        env=ALONE,
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    return done.returncode, done.stdout + done.stderr


def test_each_case_passes_or_fails_by_its_own_name(tmp_path: Path) -> None:
    code, told = run_pytest(tmp_path, "evals/sums.yaml")
    assert code == 1
    assert "evals/sums.yaml::small PASSED" in told
    assert "evals/sums.yaml::wrong FAILED" in told
    assert "evals/sums.yaml::broken FAILED" in told
    assert "evals/sums.yaml::gate FAILED" in told
    assert "not nothing" in told
    assert "Traceback" not in told


def test_only_what_is_asked_for_is_run(tmp_path: Path) -> None:
    code, told = run_pytest(tmp_path, "evals/sums.yaml", "-k", "small or gate")
    assert code == 0, told
    assert "2 passed, 2 deselected" in told


def test_a_suite_that_was_not_named_is_left_alone(tmp_path: Path) -> None:
    code, told = run_pytest(tmp_path)
    assert (code, "no tests ran" in told) == (5, True)


def test_a_broken_suite_is_named_with_its_line(tmp_path: Path) -> None:
    run_pytest(tmp_path)
    (tmp_path / "evals" / "sums.yaml").write_text(SUITE.replace("cases:", "case:"), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "podium.testing.pytest_plugin", "evals/sums.yaml"],
        cwd=tmp_path,
        env=ALONE,
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert "sums.yaml:3" in done.stdout
    assert "Traceback" not in done.stdout
