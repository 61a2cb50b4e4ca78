"""The page about the server is true: its files are served, its program run, its outputs compared."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from podium.core.settings import ServerSettings
from podium.testing.dev_process import dev_process
from podium.testing.story import File, Program, Story, steps

SHOWN = "http://127.0.0.1:8600"


@pytest.fixture
def page(root: Path) -> str:
    return (root / "docs" / "server.md").read_text(encoding="utf-8")


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
        assert (told["project"], told["graphs"], told["warnings"]) == ("harbour", ["tide"], [])
        yield told["url"]


def test_the_programs_say_what_is_shown(page: str, url: str, tmp_path: Path) -> None:
    programs = [step for step in steps(page) if isinstance(step, Program)]
    assert programs
    for program in programs:
        shown = page.partition(program.text)[2].partition("```text\n")[2].partition("```")[0]
        text = program.text.replace(SHOWN, url)
        done = subprocess.run(
            [sys.executable, "-c", text], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        assert Story().agrees(shown.splitlines(), done.stdout), done.stdout


def test_the_banner_is_the_one_that_is_shown(
    page: str, harbour: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from podium.cli.serving.plan import ServePlan
    from podium.cli.serving.telling import Started, tell_started

    shown = page.partition("$ podium dev\n")[2].partition("```")[0]
    started = Started(harbour.name, SHOWN, ["tide"], [], [], 1.0, dev=True)
    tell_started(started, plan=ServePlan(harbour, "127.0.0.1", 8600, dev=True), again=False)
    assert capsys.readouterr().err == shown


def test_the_defaults_are_those_that_are_shown(page: str) -> None:
    defaults = ServerSettings().model_dump()
    rows = re.findall(r"^\| (`[^|]+`) \|[^|]*\| ([^|]+) \|$", page.partition("| setting |")[2], re.MULTILINE)
    for names, values in rows:
        said = [value.strip("` ").replace(",", "") for value in values.split(", ")]
        assert said == [
            f"{defaults[name]:g}" if name == "drain_seconds" else str(defaults[name])
            for name in re.findall(r"`(\w+)`", names)
        ]
    assert len(rows) == 5
