"""An assistant on a real HTTP server that speaks the part of the Agent Server protocol that is needed."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from podium.core.errors import ConfigError, PodiumError
from podium.evals.case import Case, Turn
from podium.evals.observation import Observation
from podium.evals.suite import AssistantSpec
from podium.evals.targets.assistant import AssistantTarget
from podium.evals.world import World


class Server(ThreadingHTTPServer):
    """Keeps what it was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[tuple[str, str, Any]] = []
        self.keys: list[str | None] = []


class Handler(BaseHTTPRequestHandler):
    server: Server

    def log_message(self, format: str, *args: Any) -> None: ...  # noqa: A002 - as the base calls it

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])) or b"{}")
        self.server.asked.append(("POST", self.path, body))
        self.server.keys.append(self.headers.get("x-api-key"))
        if self.path == "/threads":
            return self._send("application/json", json.dumps({"thread_id": "t-1"}))
        return self._send("text/event-stream", "".join(_run(body)))

    def do_DELETE(self) -> None:
        self.server.asked.append(("DELETE", self.path, None))
        self.send_response(204)
        self.end_headers()

    def _send(self, kind: str, text: str) -> None:
        data = text.encode()
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def _run(body: dict[str, Any]) -> Iterator[str]:
    yield _event("metadata", {"run_id": "r-1"})
    if body.get("command"):
        yield _event("updates", {"ask": {"approved": body["command"]["resume"]}})
        yield _event("values", {"messages": [_message("ai", f"Resumed with {body['command']['resume']}.")]})
        return
    text = body["input"]["messages"][0]["content"]
    if text == "break":
        yield _event("error", {"error": "ValueError", "message": "no way"})
        return
    yield _event("updates", {"think": {"n": 1}})
    yield _event("values", {"messages": [_message("human", text), _message("ai", text.upper())]})
    if text == "wait":
        yield _event("updates", {"__interrupt__": [{"value": "May I?", "id": "i-1"}]})


def _message(kind: str, text: str) -> dict[str, Any]:
    return {"type": kind, "content": text}


def _event(name: str, data: Any) -> str:
    return f"event: {name}\ndata: {json.dumps(data)}\n\n"


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield running
        running.shutdown()
        thread.join()


async def run(server: Server, case: Case, **spec: Any) -> Observation:
    url = f"http://127.0.0.1:{server.server_port}"
    target = AssistantTarget(AssistantSpec(url=url, assistant="desk", **spec))
    await target.open()
    try:
        return await target.run(case, World())
    finally:
        await target.close()


async def test_a_case_runs_in_a_thread_of_its_own_that_is_deleted(server: Server) -> None:
    found = await run(server, Case(id="c", input="hello"))
    assert (found.output, found.trajectory, found.status) == ("HELLO", ("think",), "completed")
    assert [(verb, path) for verb, path, _ in server.asked] == [
        ("POST", "/threads"),
        ("POST", "/threads/t-1/runs/stream"),
        ("DELETE", "/threads/t-1"),
    ]
    assert server.asked[1][2]["assistant_id"] == "desk"


async def test_a_run_that_waits_is_resumed(server: Server) -> None:
    case = Case(id="c", turns=(Turn(user="wait"), Turn(decision="approve")))
    found = await run(server, case)
    assert found.output == "Resumed with True."
    assert found.trajectory == ("think", "__interrupt__", "ask")
    assert found.escalated


async def test_a_run_that_fails_is_an_error(server: Server) -> None:
    with pytest.raises(PodiumError, match="the run failed: ValueError no way"):
        await run(server, Case(id="c", input="break"))
    assert server.asked[-1][0] == "DELETE"


async def test_the_key_comes_from_the_environment(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigError, match="the environment variable DESK_KEY is not set"):
        await run(server, Case(id="c", input="hello"), api_key_env="DESK_KEY")
    monkeypatch.setenv("DESK_KEY", "secret")
    await run(server, Case(id="c", input="hello"), api_key_env="DESK_KEY")
    assert set(server.keys) == {"secret"}


async def test_no_server_is_an_error() -> None:
    target = AssistantTarget(AssistantSpec(url="http://127.0.0.1:9", assistant="desk"))
    await target.open()
    with pytest.raises(Exception, match=r"(?i)connect"):
        await target.run(Case(id="c", input="x"), World())
    await target.close()
