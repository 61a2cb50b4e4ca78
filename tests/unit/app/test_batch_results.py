"""The results of a batch on disk: what survives, and what is left alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from podium.app.batch_lines import Line
from podium.app.batch_results import BatchReport, BatchResult, ResultFile
from podium.app.results import Status
from podium.core.errors import InputError


def result(name: str, status: Status = "completed") -> BatchResult:
    return BatchResult(thread_id="t", run_id="r", status=status, id=name, line=1, request=f"digest of {name}")


def line(name: str, occurrence: int = 0) -> Line:
    return Line(1, name, f"digest of {name}", occurrence, "text")


def filled(path: Path, *results: BatchResult) -> Path:
    file = ResultFile(path)
    for item in results:
        file.add(item)
    file.close()
    return path


def test_a_result_is_one_line_that_begins_with_what_it_answers(tmp_path: Path) -> None:
    path = filled(tmp_path / "out.jsonl", result("a"), result("b"))
    lines = path.read_text(encoding="utf-8").splitlines()
    assert list(json.loads(lines[0]))[:4] == ["schema_version", "id", "line", "request"]
    assert [json.loads(item)["id"] for item in lines] == ["a", "b"]


def test_what_has_a_result_is_known_when_the_file_is_opened_again(tmp_path: Path) -> None:
    file = ResultFile(filled(tmp_path / "out.jsonl", result("a"), result("b", "failed")))
    assert [file.holds(line(name)) for name in ("a", "b", "c")] == [True, True, False]
    assert not file.holds(line("a", occurrence=1))
    assert file.statuses == {"completed": 1, "failed": 1}
    file.close()


@pytest.mark.parametrize("cut", [1, 10, 17, 18, 100, -1])
def test_a_line_that_was_cut_off_is_taken_away(tmp_path: Path, cut: int) -> None:
    path = filled(tmp_path / "out.jsonl", result("a"))
    whole = path.read_bytes()
    path.write_bytes(whole + whole[:cut])
    file = ResultFile(path)
    file.close()
    assert path.read_bytes() == whole


def test_what_failed_is_taken_away_to_be_run_again(tmp_path: Path) -> None:
    path = filled(tmp_path / "out.jsonl", result("a"), result("b", "failed"), result("c"))
    file = ResultFile(path, retry=True)
    assert [file.holds(line(name)) for name in ("a", "b", "c")] == [True, False, True]
    file.add(result("b"))
    file.close()
    assert [json.loads(item)["id"] for item in path.read_text().splitlines()] == ["a", "c", "b"]


@pytest.mark.parametrize("text", ["dear diary\n", "dear diary", '{"id": 1}\n', '{"schema_version": 1}\n'])
def test_a_file_that_holds_something_else_is_left_alone(tmp_path: Path, text: str) -> None:
    path = tmp_path / "out.jsonl"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"out\.jsonl:1: this is no result"):
        ResultFile(path)
    assert path.read_text(encoding="utf-8") == text


def test_a_result_of_a_later_or_an_earlier_podium_counts(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    path.write_text('{"id": "a", "request": "digest of a", "status": "completed", "more": 1}\n')
    file = ResultFile(path)
    assert file.holds(line("a"))
    file.close()


@pytest.mark.parametrize(
    ("statuses", "code"),
    [
        ({}, 0),
        ({"completed": 3, "abstained": 1}, 0),
        ({"completed": 3, "refused": 1}, 4),
        ({"interrupted": 1, "refused": 1}, 3),
        ({"interrupted": 1, "failed": 1}, 1),
    ],
)
def test_the_exit_code_is_that_of_the_gravest_line(statuses: dict[Status, int], code: int) -> None:
    report = BatchReport(file="f", out="o", total=4, done=4, ran=4, statuses=statuses)
    assert report.exit_code == code
