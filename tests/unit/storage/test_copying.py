"""Copies of a database file while others use it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from podium.core.errors import Conflict, NotADatabase
from podium.storage.copying import alone, check_whole, copy_to, no_writers, snapshot
from podium.storage.database import Database


def add(database: Database, name: str) -> None:
    database.execute("INSERT INTO thread_leases(thread_id, fencing_token) VALUES (?, 1)", (name,))


def names(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return [row[0] for row in connection.execute("SELECT thread_id FROM thread_leases ORDER BY 1")]


def test_a_snapshot_does_not_see_what_is_written_after_it(database: Database, tmp_path: Path) -> None:
    add(database, "a")
    with snapshot(database.path) as connection:
        add(database, "b")
        copy_to(connection, tmp_path / "copy.db")
    assert names(tmp_path / "copy.db") == ["a"]
    assert names(database.path) == ["a", "b"]
    assert (tmp_path / "copy.db").stat().st_mode & 0o077 == 0


def test_copying_leaves_the_locks_of_who_has_it_open(database: Database, tmp_path: Path) -> None:
    add(database, "a")
    with snapshot(database.path) as connection:
        copy_to(connection, tmp_path / "copy.db")
    with pytest.raises(Conflict), alone(database.path):
        pytest.fail("the database is open")


def test_nobody_writes_while_writers_wait(path: Path) -> None:
    with Database.open(path, busy_timeout=0.05) as database:
        add(database, "a")
        with no_writers(path), pytest.raises(Exception, match="another process holds"):
            add(database, "b")
        add(database, "c")
    assert names(path) == ["a", "c"]


def test_who_is_alone_keeps_all_others_out(path: Path) -> None:
    with Database.open(path) as database:
        add(database, "a")
    with alone(path) as connection, closing(sqlite3.connect(path, timeout=0)) as other:
        assert connection.execute("SELECT count(*) FROM thread_leases").fetchone() == (1,)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("SELECT count(*) FROM thread_leases").fetchone()
    assert names(path) == ["a"]


def test_a_damaged_page_is_found(path: Path) -> None:
    with Database.open(path) as database:
        for number in range(2_000):
            add(database, f"thread-{number:06}")
    check_whole(path)
    whole = bytearray(path.read_bytes())
    whole[-40_000:-20_000] = b"\xff" * 20_000
    path.write_bytes(whole)
    with pytest.raises(NotADatabase):
        check_whole(path)
