"""A small project whose agents play the script that the user's message is."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

TOOL = '''"""A bell that everybody hears."""

from pathlib import Path

from podium import action

HEARD = Path(__file__).with_name("heard.txt")


@action("irreversible", target="bell")
def ring_bell(name: str) -> str:
    """Ring the bell for somebody."""
    with HEARD.open("a", encoding="utf-8") as heard:
        heard.write(name)
    return f"rang for {name}"
'''


@pytest.fixture
def tower(tmp_path: Path, root: Path) -> Path:
    """The project: one tool that changes the world, and no hook that copies it."""
    folder = tmp_path / "tower"
    (folder / "tools").mkdir(parents=True)
    (folder / "tools" / "bell.py").write_text(TOOL, encoding="utf-8")
    (folder / "podium.toml").write_text('[project]\nname = "tower"\n', encoding="utf-8")
    shutil.copytree(root / "benchmarks" / "retail" / "project" / "agents", folder / "agents")
    return folder


@pytest.fixture
def heard(tower: Path) -> Path:
    """What the bell leaves behind."""
    return tower / "tools" / "heard.txt"
