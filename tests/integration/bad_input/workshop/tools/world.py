"""A folder with one file of notes."""

from __future__ import annotations

import shutil
from pathlib import Path


def open_world(path: Path) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    return path / "notes.txt"


def copy_world(src: Path, dst: Path) -> None:
    shutil.copytree(src, dst)


def destroy_world(path: Path) -> None:
    shutil.rmtree(path, ignore_errors=True)
