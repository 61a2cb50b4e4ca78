"""The page about governed tools is true: its files are written, its program run, its output compared."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from podium.testing.story import File, Program, steps

PRINTED = re.compile(r"```text\n(?P<said>(?:(?!```).*\n)*)```")
MOST_LINES = 25


def test_what_the_page_shows_happens(root: Path, tmp_path: Path) -> None:
    page = (root / "docs" / "govern.md").read_text(encoding="utf-8")
    said = [found["said"] for found in PRINTED.finditer(page)]
    for step in steps(page):
        if isinstance(step, File | Program):
            assert len([line for line in step.text.splitlines() if line.strip()]) <= MOST_LINES
        if isinstance(step, File):
            path = tmp_path / step.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(step.text, encoding="utf-8")
        elif isinstance(step, Program):
            done = subprocess.run(
                [sys.executable, "-c", step.text], cwd=tmp_path, capture_output=True, text=True, check=False
            )
            assert done.stdout == said.pop(0), done.stderr
    assert not said
