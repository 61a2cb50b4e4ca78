"""Requests that are too large, too deep, too slow or no HTTP, on the wire."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from podium.server import protocol
from podium.testing.server import Server, served

LIMIT = 4_000


@pytest.fixture(scope="module")
def limited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder: Path = tmp_path_factory.mktemp("limited")
    settings = f'[project]\nname = "demo"\n[server]\nmax_body_bytes = {LIMIT}\nbody_seconds = 0.3\n'
    (folder / "podium.toml").write_text(settings, encoding="utf-8")
    with served(folder) as running:
        yield running


def sent(server: Server, *parts: bytes, closes: bool = False) -> bytes:
    """What comes back for bytes on a connection of their own, until the server closes it."""
    port = int(server.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        for part in parts:
            connection.sendall(part)
        if closes:
            connection.shutdown(socket.SHUT_WR)
        answer = b""
        while part := _received(connection):
            answer += part
        return answer


def _received(connection: socket.socket) -> bytes:
    try:
        return connection.recv(65_536)
    except ConnectionResetError:
        return b""


def head(*lines: str, path: str = "/threads", method: str = "POST") -> bytes:
    given = "\r\n".join([f"{method} {path} HTTP/1.1", "Host: localhost", *lines])
    return f"{given}\r\n\r\n".encode()


def test_a_body_that_says_that_it_is_too_large_is_not_read(limited: Server) -> None:
    answer = sent(limited, head("Content-Type: application/json", f"Content-Length: {LIMIT + 1}"))
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b'"code":"too_large"' in answer
    assert b"connection: close" in answer.lower()


def test_a_body_that_does_not_say_is_read_as_far_as_is_taken(limited: Server) -> None:
    chunk = b"%x\r\n%b\r\n" % (LIMIT // 2, b" " * (LIMIT // 2))
    answer = sent(limited, head("Transfer-Encoding: chunked"), chunk, chunk, b"2\r\n{}\r\n0\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 413 ")


def test_a_body_of_the_largest_size_is_taken(limited: Server) -> None:
    body = json.dumps({"metadata": {}}).encode().ljust(LIMIT)
    answer = limited.client().post("/threads", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 200


@pytest.mark.parametrize("length", ["-1", "1e3", "99999999999999999999999999", "12, 13"])
def test_a_length_that_is_none_is_refused(limited: Server, length: str) -> None:
    answer = sent(limited, head(f"Content-Length: {length}"))
    assert answer[:12] in {b"HTTP/1.1 400", b"HTTP/1.1 413", b"HTTP/1.1 422"}


def test_a_body_that_does_not_come_is_not_waited_for(limited: Server) -> None:
    answer = sent(limited, head("Content-Length: 100"), b'{"metadata":')
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b'"code":"request_timeout"' in answer


def test_a_client_that_gives_up_in_its_body_harms_nobody(limited: Server) -> None:
    sent(limited, head("Content-Length: 100"), b'{"meta', closes=True)
    assert limited.client().get("/ok").status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 2_000,
        b'{"metadata":' + b'{"a":' * 500 + b"1" + b"}" * 501,
        b'{"metadata":{"a":"\\ud800"}}',
        b'{"metadata":{"a":NaN}}',
        b'{"metadata":{"a":1e999}}',
        b'{"metadata":{"a":' + b"9" * 3_000 + b"}}",
        b'{"metadata":{"a":"\xff"}}',
        b'{"metadata":',
        b"",
        b"null",
        b"[]",
        b'{"metadata":{}, "unknown":1}',
    ],
)
def test_what_is_no_json_of_ours_is_explained(limited: Server, body: bytes) -> None:
    answer = limited.client().post("/threads", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422
    assert answer.json()["code"] == "input_invalid"
    assert answer.json()["detail"]


def test_a_head_that_is_too_large_is_refused(limited: Server) -> None:
    flood = [f"X-{number}: {'a' * 100}" for number in range(1_000)]
    assert sent(limited, head(*flood, method="GET", path="/ok")).startswith(b"HTTP/1.1 431 ")
    endless = b"GET /ok HTTP/1.1\r\nX-Endless: " + b"a" * 1_000_000
    assert sent(limited, endless)[:12] in {b"HTTP/1.1 431", b""}
    assert sent(limited, b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\n\r\n")[:12] in {b"HTTP/1.1 431", b""}
    assert limited.client().get("/ok").status_code == 200


def test_a_connection_whose_head_does_not_end_is_closed(
    limited: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "HEAD_S", 0.2)
    assert sent(limited, b"GET /ok HTTP/1.1\r\nHost: local") == b""
    assert sent(limited) == b""
    kept = head(method="GET", path="/ok")
    answer = sent(limited, kept, b"GET /ok HT")
    assert answer.count(b'{"ok":true}') == 1


@pytest.mark.parametrize(
    "rubbish", [b"\x00" * 100, b"\x16\x03\x01\x02\x00", b"HELLO\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n"]
)
def test_what_is_no_http_is_refused(limited: Server, rubbish: bytes) -> None:
    assert sent(limited, rubbish).startswith(b"HTTP/1.1 400 ")


def test_requests_after_one_another_on_a_connection_are_all_answered(limited: Server) -> None:
    one = head(method="GET", path="/ok")
    last = head("Connection: close", method="GET", path="/ok")
    assert sent(limited, one + one, last).count(b'{"ok":true}') == 3


async def test_many_at_once_are_all_answered(limited: Server) -> None:
    def ask() -> int:
        return limited.client().get("/ok").status_code

    assert set(await asyncio.gather(*(asyncio.to_thread(ask) for _ in range(20)))) == {200}
