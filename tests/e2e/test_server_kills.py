"""A server that is killed while clients run, stream and resume: nothing is lost and nothing is doubled."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import httpx
import pytest

PODIUM = Path(sys.executable).with_name("podium")
PATIENCE_S = 90.0
KILLS = 4
"""A run whose process ends more often than that is given up: it may be what ends them."""
NODES = ("one", "two", "three")
MANIFEST = """
[project]
name = "killed"

[server]
drain_seconds = 0.2
"""
GRAPHS = """
from __future__ import annotations

import asyncio
import operator
from pathlib import Path
from typing import Annotated, TypedDict

from langgraph.graph import StateGraph
from langgraph.types import interrupt

GATE = Path(__file__).with_name("gate")


class State(TypedDict, total=False):
    text: str
    log: Annotated[list[str], operator.add]


async def one(state: State) -> State:
    await asyncio.sleep(0.02)
    return {"log": [f"{state['text']} one"]}


async def two(state: State) -> State:
    await asyncio.sleep(0.02)
    return {"log": [f"{state['text']} two"]}


async def three(state: State) -> State:
    await asyncio.sleep(0.02)
    return {"log": [f"{state['text']} three"]}


async def ask(state: State) -> State:
    return {"log": [f"{state['text']} {interrupt('what?')}"]}


async def wait(state: State) -> State:
    while not GATE.exists():
        await asyncio.sleep(0.02)
    return {"log": [f"{state['text']} waited"]}


def row(*nodes):
    return StateGraph(State).add_sequence(nodes).set_entry_point(nodes[0].__name__).compile()


steps = row(one, two, three)
asks = row(one, ask)
waits = row(one, wait, three)
"""


class Killed:
    """A server that can be killed and started again where it was."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = ""
        self.process: asyncio.subprocess.Process | None = None
        self.starts = 0

    async def start(self) -> None:
        """Start it; it serves when this returns."""
        port = self.url.rpartition(":")[2] or "0"
        with (self.folder / f"server-{self.starts}.log").open("wb") as log:
            self.process = await asyncio.create_subprocess_exec(
                PODIUM,
                *("dev", "--no-reload", "--json", "--port", port),
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
            )
        self.starts += 1
        assert self.process.stdout is not None
        line = await asyncio.wait_for(self.process.stdout.readline(), PATIENCE_S)
        assert line, (self.folder / f"server-{self.starts - 1}.log").read_text()
        self.url = json.loads(line)["url"]

    async def stop(self, number: int = signal.SIGKILL) -> int:
        """End it; its exit code."""
        assert self.process is not None
        if self.process.returncode is None:
            os.kill(self.process.pid, number)
        return await asyncio.wait_for(self.process.wait(), PATIENCE_S)


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Killed]:
    (tmp_path / "podium.toml").write_text(MANIFEST, encoding="utf-8")
    (tmp_path / "graphs.py").write_text(GRAPHS, encoding="utf-8")
    graphs = {name: f"./graphs.py:{name}" for name in ("steps", "asks", "waits")}
    (tmp_path / "langgraph.json").write_text(json.dumps({"graphs": graphs}), encoding="utf-8")
    server = Killed(tmp_path)
    await server.start()
    yield server
    await server.stop()


class Event(NamedTuple):
    """One event of a stream."""

    seq: int
    name: str
    data: str


class Reader:
    """Reads one run's stream to its end, wherever it is cut off, and remembers what it was told."""

    def __init__(self, client: httpx.AsyncClient, thread: str) -> None:
        self.client = client
        self.thread = thread
        self.run_id = ""
        self.events: list[Event] = []
        self.cuts = 0
        self.is_reading = False

    async def start(self, body: dict[str, Any]) -> None:
        """Ask for a run and read it."""
        key = {"Idempotency-Key": str(uuid4())}
        path = f"/threads/{self.thread}/runs/stream"

        async def once() -> bool:
            if self.run_id:
                return await self._read("GET", self._place(), headers=self._since())
            return await self._read("POST", path, headers=key, json=body)

        await again(once)

    async def replayed(self) -> list[Event]:
        """All that the server has of the run's stream."""
        whole = Reader(self.client, self.thread)
        whole.run_id = self.run_id
        await whole._read("GET", self._place(), headers={"Last-Event-ID": "-1"})
        return whole.events

    def _place(self) -> str:
        return f"/threads/{self.thread}/runs/{self.run_id}/stream"

    def _since(self) -> dict[str, str]:
        self.cuts += 1
        return {"Last-Event-ID": str(self.events[-1].seq if self.events else -1)}

    async def _read(self, method: str, path: str, **options: Any) -> bool:
        self.is_reading = False
        async with self.client.stream(method, path, **options) as response:
            if response.status_code != httpx.codes.OK:
                await response.aread()
                return _refused(response)
            self.run_id = response.headers["Content-Location"].rpartition("/")[2]
            self.is_reading = True
            fields: dict[str, str] = {}
            async for line in response.aiter_lines():
                if line:
                    name, _, value = line.partition(": ")
                    fields[name] = value
                elif "data" in fields:
                    self.events.append(Event(int(fields["id"]), fields["event"], fields["data"]))
                    fields = {}
            self.is_reading = False
        run = await self.client.get(f"/threads/{self.thread}/runs/{self.run_id}")
        return bool(run.json()["status"] in ("success", "interrupted", "error"))


async def again(once: Callable[[], Awaitable[bool]]) -> None:
    """Try until it is done, as a client whose server may go away."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        try:
            if await once():
                return
        except httpx.TransportError:
            await asyncio.sleep(0.02)
    raise TimeoutError("not done in time")


def _refused(response: httpx.Response) -> bool:
    """Whether to try again: a server that is about to stop says so."""
    assert response.status_code == httpx.codes.TOO_MANY_REQUESTS, response.text
    return False


class Life:
    """What one client did, and what must be there for it at the end."""

    def __init__(self, client: httpx.AsyncClient, number: int) -> None:
        self.client = client
        self.number = number
        self.thread = str(uuid4())
        self.runs: dict[str, str] = {}
        self.expected: list[str] = []
        self.readers: list[Reader] = []

    @property
    def is_reading(self) -> bool:
        """Whether a stream of its own is open."""
        return any(reader.is_reading for reader in self.readers)

    async def live(self, turns: int) -> None:
        """Run, stream and resume in turns."""
        for turn in range(turns):
            text = f"{self.number}.{turn}"
            kind = (self.number + turn) % 3
            if kind == 0:
                await self._background(text)
            elif kind == 1:
                await self._streamed({**_asked("steps", text), "stream_mode": ["updates", "values"]})
                self.expected += [f"{text} {node}" for node in NODES]
            else:
                await self._streamed({**_asked("asks", text), "stream_mode": ["updates"]})
                resume = {"assistant_id": "asks", "command": {"resume": "so"}, "stream_mode": ["updates"]}
                await self._streamed(resume)
                self.expected += [f"{text} one", f"{text} so"]

    async def _background(self, text: str) -> None:
        key = {"Idempotency-Key": str(uuid4())}
        made: list[str] = []

        async def create() -> bool:
            answer = await self.client.post(
                f"/threads/{self.thread}/runs", json=_asked("steps", text), headers=key
            )
            if answer.status_code != httpx.codes.OK:
                return _refused(answer)
            made.append(answer.json()["run_id"])
            return True

        async def ended() -> bool:
            answer = await self.client.get(f"/threads/{self.thread}/runs/{made[0]}/join")
            return answer.status_code == httpx.codes.OK and answer.content.strip() not in (b"", b"null")

        await again(create)
        await again(ended)
        self.runs[made[0]] = "success"
        self.expected += [f"{text} {node}" for node in NODES]

    async def _streamed(self, body: dict[str, Any]) -> None:
        reader = Reader(self.client, self.thread)
        self.readers.append(reader)
        await reader.start(body)
        waits = body["assistant_id"] == "asks" and "command" not in body
        self.runs[reader.run_id] = "interrupted" if waits else "success"

    async def check(self) -> None:
        """Compare what there is with what was acknowledged."""
        listed = (await self.client.get(f"/threads/{self.thread}/runs", params={"limit": 100})).json()
        assert {run["run_id"]: run["status"] for run in listed} == self.runs
        state = (await self.client.get(f"/threads/{self.thread}/state")).json()
        assert state["values"]["log"] == self.expected
        assert state["next"] == []
        for reader in self.readers:
            assert reader.events == await reader.replayed()
            seqs = [event.seq for event in reader.events]
            assert seqs == sorted(set(seqs))


def _asked(graph: str, text: str) -> dict[str, Any]:
    return {"assistant_id": graph, "input": {"text": text}, "if_not_exists": "create"}


@asynccontextmanager
async def clients(server: Killed, number: int) -> AsyncIterator[list[Life]]:
    """Clients, each with connections of its own."""
    lives = [
        Life(httpx.AsyncClient(base_url=server.url, timeout=PATIENCE_S, trust_env=False), one)
        for one in range(number)
    ]
    try:
        yield lives
    finally:
        for life in lives:
            await life.client.aclose()


async def killed_at_random(server: Killed, *, number: int, turns: int, kills: int, seed: int) -> int:
    """Clients live while the server is killed; how often a stream was cut off."""
    when = random.Random(seed)
    async with clients(server, number) as lives:
        living = [asyncio.create_task(life.live(turns)) for life in lives]
        for _ in range(kills):
            await asyncio.wait(living, timeout=when.uniform(0.05, 0.8))
            while not _is_cut(living, lives):  # noqa: ASYNC110 - told by sockets
                await asyncio.sleep(0.001)
            await server.stop()
            await server.start()
        await asyncio.gather(*living)
        for life in lives:
            await life.check()
        return sum(reader.cuts for life in lives for reader in life.readers)


def _is_cut(living: list[asyncio.Task[None]], lives: list[Life]) -> bool:
    """Whether a stream would be cut off now, or there will be none any more."""
    return all(one.done() for one in living) or any(life.is_reading for life in lives)


async def test_clients_live_through_kills(server: Killed) -> None:
    cuts = 0
    for seed in (6, 7, 8):  # a stream that ends in the moment of the kill is not cut off
        cuts = cuts or await killed_at_random(server, number=8, turns=4, kills=1, seed=seed)
    assert cuts > 0, "no stream was cut off, so that nothing was tried"


@pytest.mark.slow
@pytest.mark.timeout(500)
@pytest.mark.parametrize("seed", [1, 2, 3, 4])
async def test_fifty_clients_live_through_many_kills(server: Killed, seed: int) -> None:
    cuts = await killed_at_random(server, number=50, turns=12, kills=KILLS, seed=seed)
    assert cuts > 0


async def _begun(client: httpx.AsyncClient, thread: str, run: str, attempt: int) -> None:
    """Wait until an attempt at the run has stored its first step or goes on after it."""

    async def reached() -> bool:
        found = (await client.get(f"/threads/{thread}/runs/{run}")).json()
        state = (await client.get(f"/threads/{thread}/state")).json()
        await asyncio.sleep(0.02)
        return bool(
            found["attempt"] == attempt and found["status"] == "running" and state["next"] == ["wait"]
        )

    await again(reached)


@pytest.mark.parametrize("number", [signal.SIGKILL, pytest.param(signal.SIGTERM, marks=pytest.mark.slow)])
async def test_what_runs_goes_on_after_the_next_start(server: Killed, number: int) -> None:
    thread = str(uuid4())
    async with httpx.AsyncClient(base_url=server.url, timeout=PATIENCE_S, trust_env=False) as client:
        answer = await client.post(f"/threads/{thread}/runs", json=_asked("waits", "a"))
        run = answer.json()["run_id"]
        await _begun(client, thread, run, 1)
        code = await server.stop(number)
        assert code == (0 if number == signal.SIGTERM else -signal.SIGKILL)
        await server.start()
        await _begun(client, thread, run, 2)
        (server.folder / "gate").touch()
        state = (await client.get(f"/threads/{thread}/runs/{run}/join")).json()
    assert state["log"] == ["a one", "a waited", "a three"]


async def test_a_reader_is_let_go_when_the_server_stops_and_goes_on_after_the_restart(server: Killed) -> None:
    async with httpx.AsyncClient(base_url=server.url, timeout=PATIENCE_S, trust_env=False) as client:
        reader = Reader(client, str(uuid4()))
        body = {**_asked("waits", "a"), "stream_mode": ["updates"], "on_disconnect": "cancel"}
        reading = asyncio.create_task(reader.start(body))
        while not any(event.name == "updates" for event in reader.events):  # noqa: ASYNC110 - told by a socket
            await asyncio.sleep(0.02)
        assert await server.stop(signal.SIGTERM) == 0
        await server.start()
        (server.folder / "gate").touch()
        await asyncio.wait_for(reading, PATIENCE_S)
        assert reader.cuts > 0
        assert reader.events == await reader.replayed()
    told = [name for event in reader.events if event.name == "updates" for name in json.loads(event.data)]
    assert told == ["one", "wait", "three"]
