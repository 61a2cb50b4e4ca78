"""A decision survives the process that took it: what was approved is done once, without another word."""

from __future__ import annotations

import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

from podium.testing.server import served

DECIDES = """
import sys
from pathlib import Path
from podium.testing.crashpoints import KillAt
from podium.testing.server import Callers, served

folder = Path(sys.argv[1])
with served(folder, crash_points=KillAt("tool:after")) as server:
    client = server.client()
    callers = Callers(server, folder, client, client, client, client)
    thread_id = callers.ask(client, "support_desk", "Issue a refund for order O-10007")
    waiting = callers.waiting(client, thread_id)
    print(thread_id, flush=True)
    place = f"/podium/v1/threads/{thread_id}/interrupts/{waiting['interrupt_id']}/decision"
    client.post(place, json={"kind": "approve"})
"""


def test_what_was_approved_is_finished_by_the_next_start(reference: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(reference, tmp_path / "desk")
    cut = subprocess.run(
        [sys.executable, "-c", DECIDES, str(folder)], capture_output=True, text=True, check=False
    )
    assert cut.returncode == -signal.SIGKILL, cut.stderr
    with served(folder) as server:
        client, deadline = server.client(), time.monotonic() + 30
        while client.get(f"/threads/{cut.stdout.strip()}").json()["status"] == "busy":
            assert time.monotonic() < deadline
        effects = client.get(f"/podium/v1/threads/{cut.stdout.strip()}/effects").json()["effects"]
    assert [effect["status"] for effect in effects] == ["verified"]
    (file,) = (folder / ".podium" / "world").rglob("*.db")
    with closing(sqlite3.connect(file)) as db:
        rows = db.execute(
            "SELECT status FROM refunds WHERE order_id='O-10007' AND status<>'voided'"
        ).fetchall()
    assert len(rows) == 1
