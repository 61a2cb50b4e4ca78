"""Which changes of files let a server start again."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from podium.cli.serving.changes import Changes, matters

BASE = Path("/desk")
PATIENCE_S = 20.0


@pytest.mark.parametrize(
    "path", ["podium.toml", "langgraph.json", ".env", ".env.local", "agent.py", "tools/deep/orders.py"]
)
def test_code_and_settings_count(path: str) -> None:
    assert matters(BASE / path, BASE)


@pytest.mark.parametrize(
    "path",
    [
        "agents/planner.md",
        "guardrails/policy.yaml",
        "notes.txt",
        "agent.pyc",
        ".podium/podium.db",
        ".venv/lib/site.py",
        "venv/lib/x.py",
        "pkg/__pycache__/agent.py",
        "node_modules/a/b.py",
        ".git/hooks/x.py",
    ],
)
def test_what_is_read_anew_or_is_not_the_projects_does_not(path: str) -> None:
    assert not matters(BASE / path, BASE)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "tools").mkdir()
    (tmp_path / "venv").mkdir()
    (tmp_path / "tools" / "orders.py").write_text("", encoding="utf-8")
    return tmp_path


def told_of(changes: Changes, file: Path) -> Path | None:
    """The first change told; the file is written until the system has begun to watch."""
    for attempt in range(int(PATIENCE_S / 0.5)):
        file.write_text(f"size = {attempt}\n", encoding="utf-8")
        if (path := changes.next(0.5)) is not None:
            return path
    return None


@pytest.mark.parametrize("name", ["agent.py", "tools/orders.py", "langgraph.json"])
def test_a_file_that_changes_is_told(folder: Path, name: str) -> None:
    with closing(Changes([folder])) as changes:
        assert told_of(changes, folder / name) == folder / name


def test_other_files_are_passed_over(folder: Path) -> None:
    with closing(Changes([folder])) as changes:
        (folder / "venv" / "site.py").write_text("", encoding="utf-8")
        (folder / "policy.yaml").write_text("", encoding="utf-8")
        assert told_of(changes, folder / "tools" / "orders.py") == folder / "tools" / "orders.py"
