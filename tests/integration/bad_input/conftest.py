"""A small project whose agents do as they are told and whose tools go wrong."""

from __future__ import annotations

import shutil
import warnings
from pathlib import Path

import pytest

from podium.testing.command_line import CommandLine

with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
    import typer  # noqa: F401 - asks click for names that click will drop one day

WORKSHOP = Path(__file__).parent / "workshop"


@pytest.fixture
def podium(tmp_path: Path) -> CommandLine:
    """The command in a fresh copy of the project."""
    folder = tmp_path / "workshop"
    shutil.copytree(WORKSHOP, folder, ignore=shutil.ignore_patterns("__pycache__", ".podium"))
    return CommandLine(folder)
