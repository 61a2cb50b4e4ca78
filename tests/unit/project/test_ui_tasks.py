"""The twenty first-time tasks: each is walked by one test, which counts its clicks."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
ROW = re.compile(r"^\| (\d+) \|.*\| `(test_\w+\.py)` \|$", re.MULTILINE)
NAME = re.compile(r"test_task_(\d+)_")


def _walks() -> list[tuple[int, str, ast.FunctionDef]]:
    """The number of each task that is walked, in which file, and the test."""
    return [
        (int(found[1]), path.name, node)
        for path in sorted((ROOT / "tests" / "e2e" / "ui").glob("test_*.py"))
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef) and (found := NAME.match(node.name))
    ]


def test_each_task_is_walked_once_in_the_file_that_the_list_names() -> None:
    listed = ROW.findall((ROOT / "docs" / "ui-tasks.md").read_text(encoding="utf-8"))
    assert [int(number) for number, _ in listed] == list(range(1, 21))
    walked = sorted((number, file) for number, file, _ in _walks())
    assert walked == [(int(number), file) for number, file in listed]


def test_each_walk_begins_at_the_start_page_and_counts_its_clicks() -> None:
    for _, file, test in _walks():
        first = next(node for node in ast.walk(test) if isinstance(node, ast.With)).items[0].context_expr
        assert isinstance(first, ast.Call), f"{file}::{test.name}"
        assert isinstance(first.func, ast.Name), f"{file}::{test.name}"
        assert first.func.id == "first_time", f"{file}::{test.name}"
