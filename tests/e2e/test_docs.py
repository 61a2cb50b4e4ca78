"""The pages of docs/ tell what happens: their commands, files and programs are run as they stand."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from podium.testing.story import Command, File, Program, Story, steps

pytestmark = pytest.mark.timeout(300)

Run = Callable[..., subprocess.CompletedProcess[str]]
ROOT = Path(__file__).parents[2]
PAGES = (
    "start.md",
    "agents.md",
    "prompts.md",
    "batch.md",
    "effects.md",
    "audit.md",
    "notifications.md",
    "operations.md",
    "evals.md",
)
LONG = frozenset({"start.md", "agents.md", "audit.md", "batch.md", "notifications.md", "operations.md"})
"""Pages that take more than ten seconds, for their many commands: they are for the slow tier."""
READ = frozenset({"audit.md", "notifications.md"})
"""Pages whose documents were read beforehand, which takes the longest; `operations.md` reads its own."""


@pytest.mark.parametrize(
    "page", [pytest.param(page, marks=[pytest.mark.slow] if page in LONG else []) for page in PAGES]
)
def test_a_page_tells_what_happens(
    page: str, tmp_path: Path, run_podium: Run, request: pytest.FixtureRequest
) -> None:
    story, folder = Story(), tmp_path
    for step in steps((ROOT / "docs" / page).read_text(encoding="utf-8")):
        match step:
            case File():
                path = folder / step.path
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(step.text, encoding="utf-8")
            case Program():
                done = subprocess.run(
                    [sys.executable, "-c", step.text], cwd=folder, capture_output=True, text=True, check=False
                )
                assert (done.returncode, bool(done.stdout)) == (0, True), done.stderr
            case Command():
                program, *arguments = story.words(step.shown)
                if program == "cd":
                    folder = Path(os.path.normpath(folder / arguments[0]))
                    continue
                assert program == "podium"
                ended = run_podium(folder, *arguments)
                assert ended.returncode == 0, ended.stderr
                assert story.agrees(step.output, ended.stdout), f"$ {step.shown}\n{ended.stdout}"
                if page in READ and arguments[0] == "new":
                    ingested: Path = request.getfixturevalue("ingested")
                    shutil.copytree(ingested / ".podium", folder / arguments[1] / ".podium")


@pytest.mark.parametrize("page", sorted((ROOT / "docs").glob("*.md")), ids=lambda page: page.name)
def test_every_page_with_something_to_run_is_run_by_a_test(page: Path) -> None:
    runs = any(steps(page.read_text(encoding="utf-8")))
    tests = (file.read_text(encoding="utf-8") for file in (ROOT / "tests").rglob("test_*.py"))
    assert not runs or any(page.name in text for text in tests)
