"""`podium dev` and `podium serve` as a person and a service manager use them."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from langgraph_sdk import get_client

from podium.testing.certificates import write_certificate

PODIUM = Path(sys.executable).with_name("podium")
PATIENCE_S = 60.0

AGENT = """
from __future__ import annotations

import asyncio
import operator
from pathlib import Path
from typing import Annotated, TypedDict

from langgraph.graph import StateGraph

GATE = Path(__file__).with_name("gate")


class State(TypedDict):
    said: Annotated[list[str], operator.add]


def first(state: State) -> State:
    return {"said": ["VERSION first"]}


async def second(state: State) -> State:
    if state["said"][0] == "wait":
        while not GATE.exists():
            await asyncio.sleep(0.02)
    return {"said": ["VERSION second"]}


graph = StateGraph(State).add_sequence([first, second]).set_entry_point("first").compile()
"""


class Server:
    """A running command."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.folder = folder
        self.process = subprocess.Popen(
            [PODIUM, *arguments, "--port", "0", "--json"],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.lines: list[str] = []
        self._reading = threading.Thread(target=self._read, daemon=True)
        self._reading.start()

    def told(self) -> dict[str, Any]:
        """The next thing that it says when it serves."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, "\n".join(self.lines)
        found: dict[str, Any] = json.loads(line)
        return found

    def end(self, number: int = signal.SIGTERM) -> int:
        """Tell it to end; its exit code."""
        self.process.send_signal(number)
        code = self.process.wait(PATIENCE_S)
        self._reading.join()
        return code

    def _read(self) -> None:
        assert self.process.stderr is not None
        self.lines.extend(line.rstrip("\n") for line in self.process.stderr)

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(10)
            self.process.kill()
        self.process.wait()
        self._reading.join()
        for stream in (self.process.stdout, self.process.stderr):
            if stream is not None:
                stream.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "plain"
    place.mkdir()
    write(place, "old")
    graphs = {"dependencies": ["."], "graphs": {"agent": "./agent.py:graph"}}
    (place / "langgraph.json").write_text(json.dumps(graphs), encoding="utf-8")
    return place


@pytest.fixture
def start(folder: Path) -> Iterator[Callable[..., Server]]:
    started: list[Server] = []

    def one(*arguments: str) -> Server:
        started.append(Server(folder, *arguments))
        return started[-1]

    yield one
    for server in started:
        server.close()


def write(folder: Path, version: str) -> None:
    (folder / "agent.py").write_text(AGENT.replace("VERSION", version), encoding="utf-8")


async def said(url: str, thread: str | None, text: str = "go") -> list[str]:
    async with get_client(url=url) as client:
        runs: Any = client.runs  # its overloads know no thread that may be None
        state = await runs.wait(thread, "agent", input={"said": [text]}, if_not_exists="create")
    found: list[str] = state["said"]
    return found


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [PODIUM, *arguments], cwd=folder, capture_output=True, text=True, check=False, timeout=PATIENCE_S
    )


@pytest.mark.parametrize(
    ("command", "number"),
    [
        (("serve",), signal.SIGTERM),
        pytest.param(("dev", "--no-reload"), signal.SIGINT, marks=pytest.mark.slow),
        pytest.param(("dev",), signal.SIGTERM, marks=pytest.mark.slow),
        (("dev",), signal.SIGINT),
    ],
)
def test_a_server_answers_and_ends_in_peace(
    start: Callable[..., Server], command: tuple[str, ...], number: int
) -> None:
    server = start(*command)
    told = server.told()
    assert (told["project"], told["graphs"], told["warnings"]) == ("plain", ["agent"], [])
    assert httpx.get(f"{told['url']}/ok").json() == {"ok": True}
    assert server.end(number) == 0
    assert server.lines == []
    with pytest.raises(httpx.TransportError):
        httpx.get(f"{told['url']}/ok")


def test_a_port_that_is_taken_is_one_line(folder: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = str(taken.getsockname()[1])
        for command in ("dev", "serve"):
            done = run(folder, command, "--port", port)
            assert done.returncode == 1
            assert done.stderr == (
                f"error[address_unusable]: 127.0.0.1:{port}: another program listens there"
                f" (Stop it, or name another port: --port {int(port) + 1}.)\n"
            )


def test_a_server_that_anybody_could_reach_is_refused(folder: Path) -> None:
    done = run(folder, "serve", "--host", "0.0.0.0")
    assert done.returncode == 2
    assert done.stderr.startswith("error[config_invalid]: there is no API key")
    assert run(folder, "dev", "--host", "0.0.0.0").returncode == 2


def test_a_folder_without_a_project_is_one_line(tmp_path: Path) -> None:
    done = run(tmp_path, "dev")
    assert done.returncode == 2
    assert done.stderr.startswith("error[project_not_found]: ")
    assert done.stderr.count("\n") == 1


def test_a_broken_graph_ends_serve_in_one_line(folder: Path) -> None:
    (folder / "agent.py").write_text("graph = 1 / 0\n", encoding="utf-8")
    done = run(folder, "serve", "--port", "0")
    assert done.returncode == 2
    where = folder / "agent.py"
    assert done.stderr == (
        f"error[config_invalid]: {where}:1: ZeroDivisionError: division by zero (Mend the file.)\n"
    )


async def test_dev_serves_what_is_sound_and_starts_again_once_the_rest_is_mended(
    folder: Path, start: Callable[..., Server]
) -> None:
    graphs = {"graphs": {"agent": "./agent.py:graph", "other": "./other.py:graph"}}
    (folder / "langgraph.json").write_text(json.dumps(graphs), encoding="utf-8")
    (folder / "other.py").write_text("graph = 1 / 0\n", encoding="utf-8")
    server = start("dev")
    told = server.told()
    assert told["graphs"] == ["agent"]
    assert told["broken"][0].startswith(f"other: {folder / 'other.py'}:1: ZeroDivisionError")
    assert await said(told["url"], None) == ["go", "old first", "old second"]
    (folder / "other.py").write_text("from agent import graph\n", encoding="utf-8")
    assert server.told()["graphs"] == ["agent", "other"]


async def test_a_change_keeps_threads_and_refuses_no_connection(
    folder: Path, start: Callable[..., Server]
) -> None:
    server = start("dev")
    url = server.told()["url"]
    thread = "6f6c1d0a-7f0b-4c43-8f4e-1b6f2f0c9d11"
    assert await said(url, thread) == ["go", "old first", "old second"]
    answers: list[int] = []
    changed = asyncio.Event()

    async def poll() -> None:
        while not changed.is_set():
            async with httpx.AsyncClient(timeout=PATIENCE_S) as client:
                answers.append((await client.get(f"{url}/ok")).status_code)

    polling = asyncio.create_task(poll())
    write(folder, "new")
    await asyncio.to_thread(server.told)
    changed.set()
    await polling
    assert set(answers) == {200}
    assert await said(url, thread) == ["go", "old first", "old second", "go", "new first", "new second"]
    assert server.end() == 0


async def test_a_run_and_its_stream_survive_a_change(folder: Path, start: Callable[..., Server]) -> None:
    server = start("dev")
    url = server.told()["url"]
    events: list[Any] = []
    running = asyncio.Event()

    async def read() -> None:
        async with get_client(url=url) as client:
            runs: Any = client.runs
            async for part in runs.stream(
                None,
                "agent",
                input={"said": ["wait"]},
                stream_mode="updates",
                stream_resumable=True,
                on_disconnect="continue",
            ):
                if part.event == "updates":
                    events.append(part.data)
                    running.set()

    reading = asyncio.create_task(read())
    await asyncio.wait_for(running.wait(), PATIENCE_S)
    write(folder, "new")
    await asyncio.to_thread(server.told)
    (folder / "gate").touch()
    await asyncio.wait_for(reading, PATIENCE_S)
    assert events == [{"first": {"said": ["old first"]}}, {"second": {"said": ["new second"]}}]


def test_a_killed_process_is_replaced(folder: Path, start: Callable[..., Server]) -> None:
    import psutil

    server = start("dev")
    url = server.told()["url"]
    workers = [
        child
        for child in psutil.Process(server.process.pid).children()
        if "spawn_main" in " ".join(child.cmdline())
    ]
    assert len(workers) == 1
    workers[0].kill()
    assert server.told()["url"] == url
    assert httpx.get(f"{url}/ok", timeout=PATIENCE_S).status_code == 200


def test_no_process_outlives_the_one_that_watches(folder: Path, start: Callable[..., Server]) -> None:
    import psutil

    server = start("dev")
    server.told()
    children = psutil.Process(server.process.pid).children(recursive=True)
    server.process.kill()
    _, alive = psutil.wait_procs(children, timeout=PATIENCE_S)
    assert alive == []


def test_running_work_has_time_to_end(folder: Path, start: Callable[..., Server]) -> None:
    """A server that is told to end carries out what it began, and answers who waits for it."""
    server = start("dev", "--no-reload")
    url = server.told()["url"]
    answer: list[Any] = []
    waiting = threading.Thread(
        target=lambda: answer.append(asyncio.run(said(url, None, "wait"))), daemon=True
    )
    waiting.start()
    until = time.monotonic() + PATIENCE_S
    while not _is_running(folder) and time.monotonic() < until:
        time.sleep(0.02)
    (folder / "gate").touch()
    assert server.end() == 0
    waiting.join(PATIENCE_S)
    assert answer == [["wait", "old first", "old second"]]


@pytest.mark.slow
def test_a_server_ends_though_somebody_waits_for_what_it_does_not_end(
    folder: Path, start: Callable[..., Server]
) -> None:
    server = start("dev", "--no-reload")
    url = server.told()["url"]
    errors: list[str] = []

    def wait() -> None:
        try:
            body = {"assistant_id": "agent", "input": {"said": ["wait"]}}
            httpx.post(f"{url}/runs/wait", json=body, timeout=PATIENCE_S)
        except httpx.TransportError as error:
            errors.append(type(error).__name__)

    waiting = threading.Thread(target=wait, daemon=True)
    waiting.start()
    until = time.monotonic() + PATIENCE_S
    while not _is_running(folder) and time.monotonic() < until:
        time.sleep(0.02)
    assert server.end() == 0
    waiting.join(PATIENCE_S)
    assert (errors, server.lines) == (["RemoteProtocolError"], [])


def _is_running(folder: Path) -> bool:
    import sqlite3

    file = folder / ".podium" / "podium.db"
    with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as connection:
        query = "SELECT 1 FROM run_requests WHERE status='running'"
        return connection.execute(query).fetchone() is not None


def test_a_server_with_a_certificate_speaks_tls_and_nothing_else(
    folder: Path, start: Callable[..., Server]
) -> None:
    cert, _ = write_certificate(folder)
    made = subprocess.run(
        [PODIUM, "keys", "new", "ci"], cwd=folder, capture_output=True, text=True, check=True
    )
    server = start("serve", "--tls-cert", "cert.pem", "--tls-key", "key.pem")
    url = server.told()["url"]
    assert url.startswith("https://127.0.0.1:")
    trusting = ssl.create_default_context(cafile=str(cert))
    key = {"X-Api-Key": made.stdout.strip()}
    with httpx.Client(base_url=url, verify=trusting, headers=key, trust_env=False) as client:
        assert client.get("/ok").json() == {"ok": True}
        run = {"assistant_id": "agent", "input": {"said": ["go"]}}
        assert client.post("/runs/wait", json=run).json()["said"][-1] == "old second"
    with httpx.Client(trust_env=False) as client, pytest.raises(httpx.ConnectError):
        client.get(f"{url}/ok")  # nobody vouches for the certificate
    with httpx.Client(trust_env=False) as client, pytest.raises(httpx.HTTPError):
        client.get(f"{url.replace('https', 'http')}/ok")
    assert server.end() == 0
