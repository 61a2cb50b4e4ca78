"""Several processes share one database file."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from podium.storage import Database

WRITER = """
import sys
from podium.storage import Database
name, path = sys.argv[1:]
sys.stdin.readline()
with Database.open(path) as database:
    for number in range(150):
        database.write(lambda connection: connection.execute(
            "INSERT INTO threads(thread_id, created_at, updated_at) VALUES (?, '', '')", (f"{name}{number}",)
        ), durable=number % 50 == 0)
"""

LEASER = """
import sys
from podium.core.errors import ThreadBusy
from podium.storage import Database, ThreadLeases
sys.stdin.readline()
with Database.open(sys.argv[1]) as database:
    leases, done = ThreadLeases(database), 0
    while done < 40:
        try:
            lease = leases.acquire("t")
        except ThreadBusy:
            continue
        value = database.read(lambda c: c.execute("SELECT metadata FROM threads").fetchone()[0])
        database.execute("UPDATE threads SET metadata=?", (str(int(value) + 1),))
        leases.release(lease)
        done += 1
"""


def run_together(code: str, arguments: list[list[str]]) -> None:
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", code, *extra], stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for extra in arguments
    ]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in processes:
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors


def test_processes_that_create_and_fill_one_file_together_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "podium.db"
    run_together(WRITER, [[name, str(path)] for name in "abc"])
    with Database.open(path) as database:
        count = database.read(lambda c: c.execute("SELECT count(*) FROM threads").fetchone()[0])
    assert count == 450


def test_a_lease_admits_one_process_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "podium.db"
    with Database.open(path) as database:
        database.execute(
            "INSERT INTO threads(thread_id, created_at, updated_at, metadata) VALUES ('t', '', '', '0')"
        )
        run_together(LEASER, [[str(path)], [str(path)]])
        assert database.read(lambda c: c.execute("SELECT metadata FROM threads").fetchone()[0]) == "80"
