"""LangSmith hears of nothing unless the manifest says so, whatever the environment says."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

WORK = """
import sys
from langchain_core.runnables import RunnableLambda
from langchain_core.tracers.langchain import wait_for_all_tracers
from podium.app.podium import Podium

with Podium.from_project(sys.argv[1]) as app:
    reply = app.ask_sync("How long do I have to return a knife?")
    [done, *_] = app.history_sync(reply.thread_id)
    app.rollback_sync(reply.thread_id, to=done.checkpoint_id)
wait_for_all_tracers()
print("asked", flush=True)
sys.stdin.readline()
RunnableLambda(lambda x: x).invoke(1)  # the application's own work is its own business
wait_for_all_tracers()
"""

COMMAND = "from podium.cli.main import main; main()"


class LangSmith(ThreadingHTTPServer):
    """Counts what it is sent."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[str] = []


class _Handler(BaseHTTPRequestHandler):
    server: LangSmith

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        self.rfile.read(int(self.headers.get("content-length", 0)))
        self.send_response(200)
        self.send_header("content-length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, *args: object) -> None:
        del args


@pytest.fixture
def langsmith() -> Iterator[LangSmith]:
    with LangSmith() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def environment(langsmith: LangSmith) -> dict[str, str]:
    return {
        **os.environ,
        "LANGSMITH_TRACING": "true",
        "LANGCHAIN_TRACING_V2": "true",
        "LANGSMITH_API_KEY": "lsv2_x",
        "LANGSMITH_ENDPOINT": f"http://127.0.0.1:{langsmith.server_port}",
    } | {"LANGSMITH_TRACING_V2": "true"}


def test_a_program_around_podium_sends_what_is_its_own_and_nothing_of_podiums(
    desk: Path, langsmith: LangSmith
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", WORK, str(desk)],
        env=environment(langsmith),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        assert process.stdout.readline() == "asked\n"
        assert langsmith.asked == []
        process.stdin.write("\n")
        process.stdin.close()
        assert process.wait(60) == 0
    assert langsmith.asked  # it would have been heard


@pytest.mark.slow
def test_a_command_sends_nothing(desk: Path, langsmith: LangSmith) -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from podium.cli.main import main; main()",
            "ask",
            "How long do I have to return a knife?",
        ],
        cwd=desk,
        env=environment(langsmith),
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert langsmith.asked == []
