"""Several processes append to one chain, and any of them may be killed."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest

from podium.storage import Database
from podium.storage.audit import AuditLog

WRITER = """
import sys
from podium.core.audit import AuditEntry
from podium.storage import Database
from podium.storage.audit import AuditLog
name, path = sys.argv[1:]
sys.stdin.readline()
with Database.open(path) as database:
    log = AuditLog(database)
    for number in range(100 if name != "endless" else 1_000_000):
        entry = AuditEntry("plan", "", f"local:{name}", {"n": number}, {"n": number}, name)
        log.append([entry], durable=number % 20 == 0)
        print(number, flush=True)
"""


def writer(name: str, path: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, name, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    process.stdin.write("go\n")
    process.stdin.flush()
    return process


def test_processes_append_to_one_chain(tmp_path: Path) -> None:
    path = tmp_path / "podium.db"
    Database.open(path).close()
    processes = [writer(f"w{number}", path) for number in range(3)]
    for process in processes:
        process.communicate()
        assert process.returncode == 0
    with Database.open(path) as database:
        log = AuditLog(database)
        assert (log.check().fault, log.check().records) == (None, 300)
        for number in range(3):
            told = [record.data["n"] for record in log.records() if record.thread_id == f"w{number}"]
            assert told == list(range(100))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_process_that_is_killed_leaves_a_whole_chain(tmp_path: Path, seed: int) -> None:
    path, acknowledged = tmp_path / "podium.db", -1
    Database.open(path).close()
    process = writer("endless", path)
    assert process.stdout is not None
    for _ in range(random.Random(seed).randint(1, 60)):
        acknowledged = int(process.stdout.readline())
    process.kill()
    process.communicate()
    with Database.open(path) as database:
        log = AuditLog(database)
        found = log.check()
        assert found.fault is None
        assert found.records > acknowledged
        assert all(record.sealed for record in log.records())
