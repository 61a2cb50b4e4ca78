"""The shop's database: filled from `db.json` once, then copied for each task."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from benchmarks.retail.project.tools.store import Store, fill
from benchmarks.retail.reference.tasks import retail_folder

NAME = "store.db"


def open_world(path: Path) -> object:
    """The shop in a folder; filled from the public data when it is not there yet."""
    file = path / NAME
    if not file.exists():
        path.mkdir(parents=True, exist_ok=True)
        fill(file, retail_folder() / "db.json")
    return Store(file)


def copy_world(src: Path, dst: Path) -> None:
    """Copy the shop at `src` to `dst`."""
    destroy_world(dst)
    dst.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(src / NAME)) as source, closing(sqlite3.connect(dst / NAME)) as target:
        source.backup(target)


def destroy_world(path: Path) -> None:
    """Delete the shop at `path`."""
    (path / NAME).unlink(missing_ok=True)
