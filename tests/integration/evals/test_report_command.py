"""`podium eval report` and `compare`: in the terminal, as JSON, and as a page."""

from __future__ import annotations

from pathlib import Path

import pytest

from podium.testing.command_line import CommandLine

pytestmark = pytest.mark.filterwarnings("ignore:'click:DeprecationWarning")

SUITE = """name: sums
target: {function: "adding.py:add"}
cases: [cases.jsonl]
scorers: [exact]
thresholds: [{metric: exact, min: 0.4}]
"""
CASES = """{"id": "two", "input": [1, 1], "expected": {"answer": 2}, "tags": ["small"]}
{"id": "nine", "input": [4, 5], "expected": {"answer": 10}}
"""


@pytest.fixture
def podium(tmp_path: Path) -> CommandLine:
    evals = tmp_path / "evals"
    evals.mkdir()
    (evals / "sums.yaml").write_text(SUITE, encoding="utf-8")
    (evals / "cases.jsonl").write_text(CASES, encoding="utf-8")
    (evals / "adding.py").write_text("def add(terms):\n    return sum(terms)\n", encoding="utf-8")
    return CommandLine(tmp_path)


def test_a_report_is_told_and_its_page_written(podium: CommandLine, tmp_path: Path) -> None:
    ran = podium(
        "eval", "run", "sums", "--log", "a.jsonl", "--no-report", "--junit", "ci/junit.xml", "--json"
    )
    assert (ran.code, ran.json["runs"][0]["report"]) == (0, None)
    assert 'name="nine"' in (tmp_path / "ci" / "junit.xml").read_text(encoding="utf-8")
    assert not (tmp_path / "a.html").exists()
    told = podium("eval", "report", "a.jsonl").out
    for part in ("2 runs of 2 cases", "exact *", "by tag: small 1.000 (1)", "nine", "passed: exact ≥ 0.4"):
        assert part in told
    assert (tmp_path / "a.html").read_text(encoding="utf-8").startswith("<!doctype html>")


def test_a_report_as_json_holds_all_of_it(podium: CommandLine) -> None:
    podium("eval", "run", "sums", "--log", "a.jsonl", "--no-report")
    report = podium("eval", "report", "a.jsonl", "--json").json
    assert (report["passed"], report["runs"], report["worst"][0]["id"]) == (True, 2, "nine")


def test_a_run_that_is_the_same_cannot_be_told_apart(podium: CommandLine, tmp_path: Path) -> None:
    for name in ("a.jsonl", "b.jsonl"):
        podium("eval", "run", "sums", "--log", name, "--no-report")
    compared = podium("eval", "compare", "a.jsonl", "b.jsonl", "--output", "c.html")
    assert (compared.code, "cannot tell" in compared.out) == (0, True)
    assert "beside the baseline" in (tmp_path / "c.html").read_text(encoding="utf-8")


def test_a_report_of_nothing_is_refused(podium: CommandLine, tmp_path: Path) -> None:
    assert podium("eval", "report", str(tmp_path)).error() == "input_invalid"
    assert podium("eval", "report", "missing.jsonl").error() == "input_invalid"
