"""The servers that are measured, each in a process of its own on a copy of the same small project."""

from __future__ import annotations

import os
import resource
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

PROJECT = Path(__file__).parent / "project"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "podium" / "benchmarks"
PEER = CACHE / "langgraph-dev"
START_S = 120.0
AT_ONCE = 16
FILES = 16_384


@dataclass(frozen=True, slots=True)
class Contender:
    """A server that runs.

    Attributes:
        url: Where it listens.
        pid: Its process.
        folder: Its copy of the project.
    """

    url: str
    pid: int
    folder: Path


def install() -> None:
    """Make an environment for `langgraph dev`, beside nothing of ours."""
    subprocess.run([sys.executable, "-m", "venv", PEER], check=True)
    subprocess.run([PEER / "bin" / "pip", "install", "--quiet", "langgraph-cli[inmem]"], check=True)


def has_peer() -> bool:
    """Whether `langgraph dev` is there."""
    return (PEER / "bin" / "langgraph").exists()


def peer_version() -> str:
    """What `langgraph dev` says it is."""
    command: list[str | Path] = [PEER / "bin" / "langgraph", "--version"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


@contextmanager
def podium(folder: Path, *arguments: str, project: Path = PROJECT) -> Iterator[Contender]:
    """Podium's server, on one SQLite file."""
    program = Path(sys.executable).with_name("podium")
    with _started([program, "dev", "--no-reload", *arguments], folder, project) as contender:
        yield contender


@contextmanager
def langgraph_dev(folder: Path) -> Iterator[Contender]:
    """LangGraph's own server for development, with a worker for each of the runs at once."""
    quiet = ["--no-browser", "--no-reload", "--server-log-level", "ERROR"]
    command: list[str | Path] = [PEER / "bin" / "langgraph", "dev", *quiet]
    with _started([*command, "--n-jobs-per-worker", str(AT_ONCE)], folder) as contender:
        yield contender


def allow_files() -> None:
    """Let this process and those it starts open as many files as they may, up to what is needed."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))


@contextmanager
def _started(command: Sequence[str | Path], folder: Path, project: Path = PROJECT) -> Iterator[Contender]:
    shutil.copytree(project, folder, ignore=shutil.ignore_patterns("__pycache__"))
    port = _free_port()
    environment = {**os.environ, "LANGSMITH_TRACING": "false", "LANGGRAPH_CLI_NO_ANALYTICS": "1"}
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "--port", str(port)], cwd=folder, env=environment, stdout=log, stderr=log
        )
        try:
            url = f"http://127.0.0.1:{port}"
            _wait_until_it_answers(process, url, folder)
            yield Contender(url, process.pid, folder)
        finally:
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_until_it_answers(process: subprocess.Popen[bytes], url: str, folder: Path) -> None:
    until = time.monotonic() + START_S
    while time.monotonic() < until and process.poll() is None:
        try:
            if httpx.get(f"{url}/ok", trust_env=False).status_code == httpx.codes.OK:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise RuntimeError(f"the server did not start: {(folder / 'server.log').read_text()[-2000:]}")


def _free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as found:
        port: int = found.getsockname()[1]
        return port
