"""Reading a batch: what a line may be, and that a broken one does not hide the next."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podium.app import batch_lines
from podium.app.batch_lines import count_lines, read_lines
from podium.core.errors import InputError


def written(folder: Path, *lines: bytes) -> Path:
    path = folder / "batch.jsonl"
    path.write_bytes(b"\n".join(lines))
    return path


def test_a_line_is_called_by_its_id_or_its_number(tmp_path: Path) -> None:
    path = written(tmp_path, b'\xef\xbb\xbf{"text": "a"}', b"", b'{"id": "x", "text": "b", "answer": "?"}')
    assert [(line.id, line.number, line.text) for line in read_lines(path)] == [(1, 1, "a"), ("x", 3, "b")]
    assert count_lines(path) == 2


@pytest.mark.parametrize(
    ("broken", "what"),
    [
        (b"{nonsense", "is no JSON"),
        (b"[1]", "is no JSON object"),
        (b"\xff\xfe{}", "is not valid UTF-8"),
        (b'{"question": "a"}', "has no text"),
        (b'{"text": " "}', "is empty"),
        (b'{"text": "\\ud800"}', "not valid Unicode"),
        (b'{"text": "a", "id": null}', "id is neither"),
        (b'{"text": "a", "id": true}', "id is neither"),
        (b'{"text": "a", "thread_id": "t"}', "names a thread"),
        (b'{"id": "good", "text": "again"}', "is taken by line 1"),
        (b"[" * 200_000, "is no JSON"),
    ],
)
def test_a_broken_line_is_told_and_the_next_one_read(tmp_path: Path, broken: bytes, what: str) -> None:
    path = written(tmp_path, b'{"id": "good", "text": "a"}', broken, b'{"id": "last", "text": "b"}')
    first, told, last = read_lines(path)
    assert (first.problem, last.problem, last.text) == (None, None, "b")
    assert told.problem is not None
    assert told.problem.message.startswith("line 2")
    assert what in told.problem.message
    assert told.problem.hint


def test_a_line_beyond_the_limit_is_passed_over_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_lines, "MAX_LINE", 40)
    path = written(tmp_path, b'{"text": "' + b"x" * 500 + b'"}', b'{"text": "b"}')
    long, last = read_lines(path)
    assert long.problem is not None
    assert (last.number, last.text) == (2, "b")


def test_equal_lines_are_told_apart(tmp_path: Path) -> None:
    path = written(tmp_path, *[b'{"id": 7, "text": "a"}'] * 3)
    assert [line.occurrence for line in read_lines(path)] == [0, 1, 2]


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    for path in (tmp_path / "gone.jsonl", tmp_path):
        with pytest.raises(InputError, match="cannot be read"):
            count_lines(path)


@given(st.lists(st.binary(max_size=60), max_size=8))
def test_any_bytes_give_one_line_or_one_problem_each(
    tmp_path_factory: pytest.TempPathFactory, lines: list[bytes]
) -> None:
    path = written(tmp_path_factory.mktemp("batch"), *lines, json.dumps({"id": "end", "text": "e"}).encode())
    found = list(read_lines(path))
    assert len(found) == count_lines(path)
    assert all((line.text == "") == (line.problem is not None) for line in found)
    assert found[-1].text == "e"
