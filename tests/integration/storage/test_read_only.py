"""A folder or file that may not be written: one clear error, and nothing changes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from podium.storage import Database

UNPRIVILEGED = 65534
OPEN_AND_WRITE = """
import os, sys
path, user = sys.argv[1], int(sys.argv[2])
from podium.core.errors import StorageError
from podium.storage import Database, migrate
if user:
    os.setuid(user)
try:
    with Database.open(path) as database:
        print("opened", database.read(lambda c: c.execute("SELECT count(*) FROM threads").fetchone()[0]))
        database.execute("INSERT INTO threads(thread_id, created_at, updated_at) VALUES ('b', '', '')")
        print("written")
except StorageError as error:
    print(error.code, bool(error.hint), error.message.count(chr(10)))
"""


def try_to_write(path: Path) -> str:
    """What a process without special rights meets; root is let through everywhere, so it gives up its own."""
    user = UNPRIVILEGED if os.geteuid() == 0 else 0
    for folder in (path.parent, *path.parent.parents):
        if user and folder.owner() == "root" and str(folder).startswith("/tmp/"):
            folder.chmod(folder.stat().st_mode | 0o055)
    done = subprocess.run(
        [sys.executable, "-c", OPEN_AND_WRITE, str(path), str(user)],
        check=True, capture_output=True, text=True, timeout=30,
    )  # fmt: skip
    return done.stdout.strip()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "sealed"
    made.mkdir()
    return made


def test_a_new_database_in_a_folder_that_may_not_be_written(folder: Path) -> None:
    folder.chmod(0o555)
    assert try_to_write(folder / "podium.db") == "read_only True 0"
    folder.chmod(0o755)
    assert list(folder.iterdir()) == []


def test_an_existing_database_that_may_not_be_written(folder: Path) -> None:
    path = folder / "podium.db"
    with Database.open(path) as database:
        database.execute("INSERT INTO threads(thread_id, created_at, updated_at) VALUES ('a', '', '')")
    path.chmod(0o444)
    folder.chmod(0o555)
    before = path.read_bytes()
    assert try_to_write(path).splitlines()[-1] == "read_only True 0"
    folder.chmod(0o755)
    assert path.read_bytes() == before
    assert [file.name for file in folder.iterdir()] == [path.name]
