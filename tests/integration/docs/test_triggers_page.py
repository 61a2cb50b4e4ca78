"""The page about triggers is true: its files are served, its programs and commands run, outputs compared."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from podium.core.trigger_settings import EventTriggerSettings, ScheduleTriggerSettings
from podium.testing.dev_process import dev_process
from podium.testing.story import Command, File, Program, Story, steps

PODIUM = Path(sys.executable).with_name("podium")
SHOWN = "http://127.0.0.1:8600"


@pytest.fixture
def page(root: Path) -> str:
    return (root / "docs" / "triggers.md").read_text(encoding="utf-8")


@pytest.fixture
def harbour(page: str, tmp_path: Path) -> Path:
    folder = tmp_path / "harbour"
    folder.mkdir()
    for step in steps(page):
        if isinstance(step, File):
            (folder / step.path).write_text(step.text, encoding="utf-8")
    return folder


@pytest.fixture
def url(harbour: Path) -> Iterator[str]:
    with dev_process(harbour) as told:
        yield told["url"]


def test_everything_happens_as_it_is_shown(page: str, url: str, harbour: Path) -> None:
    story = Story()
    for step in steps(page):
        if isinstance(step, File):
            continue
        if isinstance(step, Program):
            shown = page.partition(step.text)[2].partition("```text\n")[2].partition("```")[0].splitlines()
            command = [sys.executable, "-c", step.text.replace(SHOWN, url)]
        else:
            assert isinstance(step, Command)
            shown, command = list(step.output), [str(PODIUM), *story.words(step.shown)[1:]]
        done = subprocess.run(command, cwd=harbour, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert story.agrees(shown, done.stdout), done.stdout


def test_the_defaults_are_those_that_are_told(page: str) -> None:
    event = EventTriggerSettings(graph="g")
    assert (event.max_age, event.max_ahead) == (7 * 86_400, 300)
    assert (event.max_waiting, event.attempts, event.first_wait, event.longest_wait) == (1_000, 5, 5, 3_600)
    schedule = ScheduleTriggerSettings(graph="g", schedule="* * * * *")
    assert (schedule.missed, schedule.window, schedule.overlap) == ("once", 86_400, "queue")
    for told in ("`max_waiting`** (1000)", "(a week)", "(five minutes)", "in all (5)", "seconds (a day)"):
        assert told in page
