"""Stored data that is damaged, of another time, in the way, or has no room: told in one line."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from podium.storage.database import Database
from podium.testing.command_line import CommandLine


def database(podium: CommandLine) -> Path:
    return podium.folder / ".podium" / "podium.db"


def garbage(file: Path) -> None:
    file.parent.mkdir()
    file.write_bytes(b"this is no database " * 100)


def foreign(file: Path) -> None:
    file.parent.mkdir()
    with closing(sqlite3.connect(file)) as db:
        db.execute("CREATE TABLE theirs (x)")


def newer(file: Path) -> None:
    Database.open(file).close()
    with closing(sqlite3.connect(file)) as db:
        db.execute("PRAGMA user_version = 99")
        db.execute("PRAGMA journal_mode = DELETE")


def damaged(file: Path) -> None:
    Database.open(file).close()
    with closing(sqlite3.connect(file)) as db:
        db.execute("PRAGMA journal_mode = DELETE")
    whole = file.read_bytes()
    file.write_bytes(whole[:100] + bytes(len(whole) - 100))


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (garbage, "not_a_database"),
        (foreign, "not_a_database"),
        (damaged, "not_a_database"),
        (newer, "newer_schema"),
    ],
)
@pytest.mark.parametrize("command", [("ask", "hi"), ("threads", "list"), ("resume", "x", "--approve")])
def test_a_database_that_is_not_ours_is_left_alone(
    podium: CommandLine, spoil: Callable[[Path], None], code: str, command: tuple[str, ...]
) -> None:
    file = database(podium)
    spoil(file)
    before = file.read_bytes()
    ended = podium(*command)
    assert (ended.code, ended.error()) == (1, code)
    assert file.read_bytes() == before


def test_a_folder_or_a_file_in_the_way(podium: CommandLine) -> None:
    database(podium).mkdir(parents=True)
    assert podium("ask", "hi").error() == "not_a_database"
    database(podium).rmdir()
    database(podium).parent.rmdir()
    database(podium).parent.write_text("mine")
    assert podium("ask", "hi").error() == "storage_error"
    assert database(podium).parent.read_text() == "mine"


def test_a_full_disk_loses_nothing_that_was_acknowledged(
    podium: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    thread = podium("ask", "hi", "--json").json["thread_id"]
    before = podium("threads", "show", thread, "--json").out
    connect = sqlite3.connect

    def full(*arguments: object, **options: object) -> sqlite3.Connection:
        connection = connect(*arguments, **options)  # type: ignore[call-overload]  # passed on as it came
        connection.execute("PRAGMA max_page_count = 1")
        return connection  # type: ignore[no-any-return]  # of an overloaded call

    with monkeypatch.context() as patch:
        patch.setattr("podium.storage.database.sqlite3.connect", full)
        ended = podium("ask", "a question that needs some room " * 500, "--thread", thread)
    assert (ended.code, ended.error()) == (1, "disk_full")
    assert podium("threads", "show", thread, "--json").out == before
    assert podium("ask", "again", "--thread", thread).code == 0


def test_a_checkpoint_that_was_damaged(podium: CommandLine) -> None:
    thread = podium("ask", "hi", "--json").json["thread_id"]
    with closing(sqlite3.connect(database(podium))) as db, db:
        db.execute("UPDATE checkpoints SET payload = X'00FF00FF'")
        db.execute("UPDATE checkpoint_blobs SET channels = X'00FF00FF'")
    for command in (("ask", "more", "--thread", thread), ("threads", "show", thread)):
        ended = podium(*command)
        assert (ended.code, ended.error()) == (1, "not_a_database")


def test_what_is_stored_is_for_this_user_alone(podium: CommandLine) -> None:
    before = os.umask(0o022)
    try:
        podium("ask", "hi")
    finally:
        os.umask(before)
    data = podium.folder / ".podium"
    assert stat.S_IMODE(data.stat().st_mode) == 0o700
    for file in (data / "podium.db", data / "logs" / "podium.jsonl"):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_secret_is_kept_out_of_records_and_of_later_turns(podium: CommandLine) -> None:
    key = "sk-proj-" + "Ab3" * 16
    rules = (podium.folder / "guardrails" / "policy.yaml").read_text()
    secrets = "rules:\n  - { name: secrets, validator: secrets, stages: [input], on_fail: fix }\n"
    (podium.folder / "guardrails" / "policy.yaml").write_text(rules.replace("rules:\n", secrets, 1))
    thread = podium("ask", f"my key is {key}, is that fine?", "--json").json["thread_id"]
    podium("ask", "do look_raises", "--thread", thread)
    assert key not in podium("threads", "show", thread).out
    for file in (podium.folder / ".podium" / "logs").iterdir():
        assert key not in file.read_text()
        assert "hunter22hunter22" not in file.read_text()
    with closing(sqlite3.connect(database(podium))) as db:
        for table in ("threads", "runs", "events", "effects", "audit"):
            rows = str(db.execute(f"SELECT * FROM {table}").fetchall())
            assert key not in rows
            assert "hunter22hunter22" not in rows
