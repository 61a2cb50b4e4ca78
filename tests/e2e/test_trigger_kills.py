"""Events sent again and again to a server that is killed meanwhile: each has one outcome."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from podium.core.clock import to_iso
from podium.testing.webhook_receiver import Answer, WebhookReceiver

PODIUM = Path(sys.executable).with_name("podium")
PATIENCE_S = 90.0
EVENTS, SAME, TIMES, KILLS = 20, 1_000, 10, 4
MANIFEST = """
[project]
name = "killed"

[server]
drain_seconds = 0.2

[triggers.orders]
kind = "event"
graph = "steps"
key = "data.customer"
"""
GRAPHS = """
from __future__ import annotations

import operator
from typing import Annotated, TypedDict

from langgraph.graph import StateGraph


class State(TypedDict, total=False):
    order: int
    customer: str
    log: Annotated[list[str], operator.add]


async def one(state: State) -> State:
    return {"log": [f"{state['order']} one"]}


async def two(state: State) -> State:
    return {"log": [f"{state['order']} two"]}


steps = StateGraph(State).add_sequence([one, two]).set_entry_point("one").compile()
"""


class Server:
    """A server that can be killed and started again where it was."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = "0"
        self.process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start it, and wait until it serves."""
        self.process = await asyncio.create_subprocess_exec(
            PODIUM,
            *("dev", "--no-reload", "--json", "--port", self.port),
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert self.process.stdout is not None
        line = await asyncio.wait_for(self.process.stdout.readline(), PATIENCE_S)
        self.port = json.loads(line)["url"].rpartition(":")[2]

    async def kill(self) -> None:
        """End it at once."""
        assert self.process is not None
        if self.process.returncode is None:
            os.kill(self.process.pid, signal.SIGKILL)
        await self.process.wait()


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    (tmp_path / "podium.toml").write_text(MANIFEST, encoding="utf-8")
    (tmp_path / "graphs.py").write_text(GRAPHS, encoding="utf-8")
    graphs = {"graphs": {"steps": "./graphs.py:steps"}}
    (tmp_path / "langgraph.json").write_text(json.dumps(graphs), encoding="utf-8")
    server = Server(tmp_path)
    await server.start()
    yield server
    await server.kill()


async def asked(client: httpx.AsyncClient, server: Server, method: str, path: str, body: Any = None) -> Any:
    """Ask until somebody answers."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            try:
                answer = await client.request(method, f"http://127.0.0.1:{server.port}{path}", json=body)
            except httpx.TransportError:
                await asyncio.sleep(0.05)
                continue
            if answer.status_code != 429:
                answer.raise_for_status()
                return answer.json()
            await asyncio.sleep(0.05)


async def ended(client: httpx.AsyncClient, server: Server, path: str) -> Any:
    """What became of an event, once something did."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            found = await asked(client, server, "GET", path)
            if found["status"] not in ("waiting", "started"):
                return found
            await asyncio.sleep(0.05)


@pytest.mark.slow
@pytest.mark.timeout(400)
async def test_an_event_that_is_sent_a_thousand_times_has_one_outcome(server: Server) -> None:
    chance = random.Random(7)
    place = "/podium/v1/triggers/orders/events"
    sends = [0] * SAME + [number for number in range(1, EVENTS) for _ in range(TIMES)]
    chance.shuffle(sends)
    told: dict[int, set[str]] = {number: set() for number in range(EVENTS)}
    left, sent = iter(sends), 0
    gone_on = asyncio.Condition()

    async def sender(client: httpx.AsyncClient) -> None:
        nonlocal sent
        for number in left:
            body = {"id": f"order-{number}", "data": {"order": number, "customer": f"c{number % 3}"}}
            answer = await asked(client, server, "POST", place, body)
            told[number].add(answer["thread_id"])
            async with gone_on:
                sent += 1
                gone_on.notify_all()

    async def killer() -> None:
        for share in range(1, KILLS + 1):
            goal = share * len(sends) // (KILLS + 2) + chance.randrange(20)
            async with gone_on:
                await gone_on.wait_for(lambda goal=goal: sent >= goal)  # type: ignore[misc]  # a default
            await server.kill()
            await server.start()

    async with httpx.AsyncClient(timeout=30, trust_env=False) as client:
        await asyncio.gather(killer(), *(sender(client) for _ in range(8)))
        done = []
        for number in range(EVENTS):
            one = await ended(client, server, f"{place}/order-{number}")
            done.append(one)
            runs = await asked(client, server, "GET", f"/threads/{one['thread_id']}/runs")
            state = await asked(client, server, "GET", f"/threads/{one['thread_id']}/state")
            assert (one["status"], told[number]) == ("done", {one["thread_id"]})
            assert [run["run_id"] for run in runs] == [one["run_id"]]
            assert state["values"]["log"] == [f"{number} one", f"{number} two"]
        threads = await asked(client, server, "POST", "/threads/search", {"limit": 1000})
    assert sent == len(sends)
    assert {one["thread_id"] for one in threads} == {one["thread_id"] for one in done}
    for customer in range(3):
        mine = sorted((one for one in done if one["key"] == f"c{customer}"), key=lambda one: one["at"])
        begun = [one["started_at"] for one in mine]
        assert begun == sorted(begun)  # in the order in which they were taken


@pytest.mark.slow
async def test_what_the_clock_began_is_told_once_however_often_the_server_is_killed(server: Server) -> None:
    """A time comes while the server is down; it is killed after the run began, and while it tells of it."""
    silent, told = Answer(0), Answer(204)
    with WebhookReceiver(silent, silent, told) as receiver:
        async with httpx.AsyncClient(timeout=30, trust_env=False) as client:
            body = {
                "assistant_id": "steps",
                "schedule": "0 3 1 1 *",
                "input": {"order": 1, "customer": "c"},
                "webhook": receiver.url,
            }
            cron = await asked(client, server, "POST", "/runs/crons", body)
            await server.kill()
            _set_due(server.folder, cron["cron_id"])
            await server.start()
            for number in (1, 2):
                await heard(receiver, number)
                await server.kill()
                _forget_waits(server.folder)
                await server.start()
            await heard(receiver, 3)
            found = {"metadata": {"cron_id": cron["cron_id"]}}
            threads = await asked(client, server, "POST", "/threads/search", found)
            await server.kill()
            await server.start()  # nothing is left to do
            (due,) = [one for one in _firings(server.folder) if one[0] == cron["cron_id"]]
    assert due[1] == "done"
    assert len({one.headers["webhook-id"] for one in receiver.received}) == 1
    assert len(receiver.received) == 3
    assert [json.loads(one.body)["status"] for one in receiver.received] == ["success"] * 3
    assert len(threads) <= 1  # of a cron whose threads are kept, one


async def heard(receiver: WebhookReceiver, count: int) -> None:
    """Wait until so much was told."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            if len(receiver.received) >= count:
                return
            await asyncio.sleep(0.05)


def _set_due(folder: Path, cron_id: str) -> None:
    with closing(sqlite3.connect(folder / ".podium" / "podium.db")) as db, db:
        moment = to_iso(datetime.now(UTC) - timedelta(minutes=1))
        assert db.execute("UPDATE crons SET next_run_at=? WHERE cron_id=?", (moment, cron_id)).rowcount == 1


def _forget_waits(folder: Path) -> None:
    """What was being told when the server was killed is due again now, and not in some minutes."""
    with closing(sqlite3.connect(folder / ".podium" / "podium.db")) as db, db:
        db.execute("UPDATE callbacks SET due_at='2000-01-01T00:00:00Z' WHERE status='waiting'")


def _firings(folder: Path) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(folder / ".podium" / "podium.db")) as db:
        return db.execute("SELECT trigger_id, status FROM firings").fetchall()
