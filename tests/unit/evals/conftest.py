"""Suites on disk."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

SUITE = """\
name: small
target: {function: "answering.py:answer"}
cases: [cases.jsonl]
scorers: [exact]
"""
TARGET = """\
def answer(text):
    return text.upper()
"""


@pytest.fixture
def write_suite(tmp_path: Path) -> Callable[..., Path]:
    """Writes a suite with its target and cases; gives its file."""

    def write(text: str = SUITE, *lines: dict[str, Any] | str, target: str = TARGET) -> Path:
        folder = tmp_path / "evals"
        folder.mkdir(exist_ok=True)
        (folder / "answering.py").write_text(target)
        given = lines or ({"id": "one", "input": "a", "expected": {"answer": "A"}},)
        cases = [line if isinstance(line, str) else json.dumps(line) for line in given]
        (folder / "cases.jsonl").write_text("".join(f"{line}\n" for line in cases))
        file = folder / "small.yaml"
        file.write_text(text)
        return file

    return write
