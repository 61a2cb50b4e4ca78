"""The page about scorers is true: its programs are run, its output compared, its table complete."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from podium.evals.scorers.registry import names, options_schema
from podium.testing.story import File, Program, steps

PRINTED = re.compile(r"```text\n(?P<said>(?:(?!```).*\n)*)```")


@pytest.fixture
def page(root: Path) -> str:
    return (root / "docs" / "scorers.md").read_text(encoding="utf-8")


def test_what_the_page_shows_happens(page: str, tmp_path: Path) -> None:
    said = [found["said"] for found in PRINTED.finditer(page)]
    for step in steps(page):
        if isinstance(step, File):
            (tmp_path / step.path).write_text(step.text, encoding="utf-8")
        elif isinstance(step, Program):
            done = subprocess.run(
                [sys.executable, "-c", step.text], cwd=tmp_path, capture_output=True, text=True, check=False
            )
            assert done.stdout == said.pop(0), done.stderr
    assert not said


def test_every_scorer_is_in_the_table_with_its_options(page: str) -> None:
    rows = [line.split("|")[1:-1] for line in page.splitlines() if line.startswith("| `")]
    told = {name: row[3] for row in rows for name in re.findall(r"`(\w+)`", row[0])}
    assert set(told) == set(names())
    shared = {"tools": told["tools"], "actions": told["tools"] + told["actions"]}
    for name in names():
        properties = options_schema(name).get("properties")
        assert isinstance(properties, dict)
        for option in properties:
            assert f"`{option}`" in shared.get(name, told[name]), f"{name}: {option}"
