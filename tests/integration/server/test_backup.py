"""A backup that is taken while the server works, and brought back elsewhere."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from podium.app.backup import back_up
from podium.app.project import Project
from podium.app.restoring import restore
from podium.core.audit import AuditEntry
from podium.core.errors import Conflict
from podium.storage.audit import AuditLog
from podium.storage.database import Database
from podium.testing.server import served

STOCK = Path(__file__).parent / "project"
PODIUM = Path(sys.executable).with_name("podium")
CALLERS = 4
FEW = 20


class Load:
    """Clients that run graphs, and a writer of effects and audit records, until they are told to end.

    Attributes:
        runs: The runs whose end was acknowledged, in order.
        effects: The effects that were stored durably.
        records: The head of the audit chain, as it was acknowledged.
    """

    def __init__(self, client: httpx.Client, database: Database) -> None:
        self._client = client
        self._database = database
        self._stop = threading.Event()
        self._grown = threading.Condition()
        self.runs: list[str] = []
        self.effects: list[str] = []
        self.records = 0
        self._threads = [threading.Thread(target=self._call) for _ in range(CALLERS)]
        self._threads.append(threading.Thread(target=self._write))
        for thread in self._threads:
            thread.start()

    def acknowledged(self) -> tuple[set[str], set[str], int]:
        with self._grown:
            return set(self.runs), set(self.effects), self.records

    def wait(self, more: int) -> None:
        with self._grown:
            runs, effects = len(self.runs) + more, len(self.effects) + more
            assert self._grown.wait_for(
                lambda: len(self.runs) >= runs and len(self.effects) >= effects, timeout=60
            )

    def stop(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _call(self) -> None:
        body = {"assistant_id": "chat", "input": {"messages": [{"role": "user", "content": "hello"}]}}
        while not self._stop.is_set():
            thread_id = self._client.post("/threads", json={}).json()["thread_id"]
            self._client.post(f"/threads/{thread_id}/runs/wait", json=body).raise_for_status()
            (run,) = self._client.get(f"/threads/{thread_id}/runs").json()
            with self._grown:
                self.runs.append(run["run_id"])
                self._grown.notify_all()

    def _write(self) -> None:
        number = 0
        while not self._stop.is_set():
            number += 1
            name = f"effect-{number}"

            def work(connection: sqlite3.Connection, name: str = name) -> int:
                from podium.storage.audit_rows import append

                connection.execute(
                    "INSERT INTO effects(effect_id, idempotency_key, digest, thread_id, tool, effect_class,"
                    " args, status, proposed_at)"
                    " VALUES (?,?,'d','t','refund','reversible','{}','verified','')",
                    (name, name),
                )
                entry = AuditEntry("effect", "2026-01-01T00:00:00.000000Z", "clock", {"effect": name})
                return append(connection, [entry]).seq

            seq = self._database.write(work, durable=True)
            with self._grown:
                self.effects.append(name)
                self.records = seq
                self._grown.notify_all()


def stored(path: Path, query: str) -> set[str]:
    with closing(sqlite3.connect(path)) as connection:
        return {str(row[0]) for row in connection.execute(query)}


def test_what_was_acknowledged_before_a_backup_under_load_is_there_elsewhere(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(STOCK, tmp_path / "project"))
    with served(folder) as server:
        load = Load(server.client(), server.services.database)
        try:
            load.wait(FEW)
            runs, effects, records = load.acknowledged()
            made = subprocess.run(
                [str(PODIUM), "backup", str(tmp_path / "b.zip"), "--json"],
                cwd=folder,
                capture_output=True,
                text=True,
                check=True,
            )
            load.wait(FEW)  # the server goes on
            with pytest.raises(Conflict):
                restore(Project.open(folder), tmp_path / "b.zip", who="local:ada", over=True)
            load.wait(1)
        finally:
            load.stop()
    backup = json.loads(made.stdout)["backup"]
    assert backup["audit"]["fault"] == ""
    elsewhere = Project.open(shutil.copytree(STOCK, tmp_path / "elsewhere" / "project"))
    restored = restore(elsewhere, tmp_path / "b.zip", who="local:ada")
    assert restored.audit.fault is None
    assert runs <= stored(elsewhere.database, "SELECT run_id FROM run_requests WHERE status='success'")
    assert effects <= stored(elsewhere.database, "SELECT effect_id FROM effects")
    assert restored.manifest.audit.seq >= records
    with Database.open(elsewhere.database) as database:
        report = AuditLog(database).check()
    assert (report.fault, report.records) == (None, restored.manifest.audit.seq + 1)
    with served(elsewhere.folder) as server:
        listed = server.client().post("/threads/search", json={"limit": 1}).json()
        assert len(listed) == 1


def test_backups_under_load_are_each_of_one_moment(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(STOCK, tmp_path / "project"))
    with served(folder) as server:
        load = Load(server.client(), server.services.database)
        try:
            for number in range(3):
                load.wait(3)
                _, effects, records = load.acknowledged()
                backup = back_up(Project.open(folder), tmp_path / f"{number}.zip")
                assert backup.manifest.audit.fault == ""
                assert backup.manifest.audit.seq >= records
                assert backup.manifest.audit.records >= len(effects)
            load.wait(1)
        finally:
            load.stop()
