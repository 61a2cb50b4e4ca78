"""How much of the write-ahead log is in use, and that looking does no harm."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from podium.storage.wal import WriteAheadLog


@pytest.mark.parametrize("page", [4096, 65536])
def test_what_is_in_use_is_what_was_written_since_the_log_began_anew(tmp_path: Path, page: int) -> None:
    path = tmp_path / "some.db"
    log, file = WriteAheadLog(path), Path(f"{path}-wal")
    assert log.size() == 0
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(f"PRAGMA page_size={page}")
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA wal_autocheckpoint=0")
        connection.execute("CREATE TABLE held(text TEXT)")
        for _ in range(20):
            connection.execute("INSERT INTO held VALUES (?)", ("x" * 10_000,))
        longest = file.stat().st_size
        assert log.size() == longest - 32  # the header of the file
        log.copy_back()
        log.cut(connection)
        connection.execute("INSERT INTO held VALUES ('one more')")
        assert 0 < log.size() < longest / 4
        assert file.stat().st_size == longest


def test_a_log_that_became_far_too_long_is_given_back_to_the_disk(tmp_path: Path) -> None:
    path = tmp_path / "some.db"
    log, file = WriteAheadLog(path), Path(f"{path}-wal")
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA wal_autocheckpoint=0")
        connection.execute("CREATE TABLE held(text TEXT)")
        connection.execute("INSERT INTO held VALUES (?)", ("x" * 20_000_000,))
        log.cut(connection)
        assert file.stat().st_size == 0


OTHER_PROCESS = """
import fcntl, sys
with open(sys.argv[1], "r+b") as index:
    fcntl.lockf(index, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, 128)
"""
"""Takes the lock by which SQLite tells whether anybody has the wal-index open; it fails while one has."""


def test_looking_gives_up_no_lock_of_sqlite(tmp_path: Path) -> None:
    path = tmp_path / "some.db"
    command = [sys.executable, "-c", OTHER_PROCESS, f"{path}-shm"]
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE held(text TEXT)")
        assert subprocess.run(command, capture_output=True, check=False).returncode == 1
        assert WriteAheadLog(path).size() > 0
        assert subprocess.run(command, capture_output=True, check=False).returncode == 1
