"""Three commands to a cited answer from one's own documents."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.timeout(300)

Run = Callable[..., subprocess.CompletedProcess[str]]
HOURS = """# Opening hours

The observatory is open to visitors from 19:30 until midnight on clear nights.

# Tickets

A ticket costs 12 euros for adults and 5 euros for children under 14.
"""


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "visitors.md").write_text(HOURS, encoding="utf-8")
    return folder


def test_a_blank_project_answers_from_a_folder(documents: Path, run_podium: Run) -> None:
    home = documents.parent
    assert run_podium(home, "new", "d", "--template", "blank").returncode == 0
    assert run_podium(home / "d", "ingest", "../docs").returncode == 0
    asked = run_podium(home / "d", "ask", "How much is a ticket for an adult?", "--json")
    reply = json.loads(asked.stdout)
    assert (asked.returncode, reply["status"]) == (0, "completed")
    assert "12 euros" in reply["answer"]
    (citation,) = reply["citations"]
    quoted = HOURS[citation["start"] : citation["end"]]
    assert (citation["source"], "12 euros" in quoted) == ("visitors.md", True)


def test_a_plain_ingest_keeps_what_was_named_before(documents: Path, run_podium: Run) -> None:
    home = documents.parent
    run_podium(home, "new", "d", "--template", "blank")
    run_podium(home / "d", "ingest", "../docs")
    plain = run_podium(home / "d", "ingest")
    assert (plain.returncode, "nothing to ingest" in plain.stderr) == (2, True)
    found = json.loads(run_podium(home / "d", "search", "ticket", "--json").stdout)
    assert [item["source"] for item in found["results"]] == ["visitors.md"]


def test_the_next_commands_are_told(documents: Path, run_podium: Run) -> None:
    shown = run_podium(documents.parent, "new", "my desk", "--template", "blank").stdout
    assert "cd 'my desk'" in shown
    assert "podium ingest" in shown
