"""Traffic that no honest client sends: the server answers what it can, and goes on for everybody else."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Iterator
from contextlib import closing, suppress
from uuid import uuid4

import httpx
import pytest
from langgraph_sdk.client import LangGraphClient

from podium.testing.server import Server

PATIENCE_S = 20.0
PATH = "/runs/wait"
GOOD = b'{"assistant_id":"steps","input":{"text":"x"}}'


@pytest.fixture(autouse=True)
def alive(stock: Server) -> Iterator[None]:
    """Whatever was done to it, the server answers others rightly afterwards."""
    yield
    answer = stock.client().post(PATH, content=GOOD, headers={"Content-Type": "application/json"})
    assert answer.json()["steps"] == ["one", "two", "three", "four"]


def connected(server: Server) -> socket.socket:
    host, port = server.url.removeprefix("http://").split(":")
    return socket.create_connection((host, int(port)), timeout=PATIENCE_S)


def exchanged(server: Server, sent: bytes, *, half_close: bool = False) -> bytes:
    """What comes back until the server closes."""
    found = b""
    with closing(connected(server)) as one, suppress(ConnectionError):  # it may refuse before all is sent
        one.sendall(sent)
        if half_close:
            one.shutdown(socket.SHUT_WR)
        while part := one.recv(65_536):
            found += part
    return found


def request(body: bytes, *headers: str, path: str = PATH, length: int | None = None) -> bytes:
    head = [
        f"POST {path} HTTP/1.1",
        "Host: localhost",
        "Content-Type: application/json",
        "Connection: close",
        f"Content-Length: {len(body) if length is None else length}",
        *headers,
    ]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b"7",
        b'"text"',
        b'{"assistant_id": NaN}',
        b'{"assistant_id": "steps", "input": 1e999}',
        b"\xff\xfe\x00",
        b'{"assistant_id": "\\ud800"}',
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b'{"assistant_id": 7}',
        b'{"assistant_id": "steps", "wish": 1}',
        b'{"assistant_id": "steps", "stream_mode": {"a": 1}}',
        b'{"assistant_id": "steps", "config": []}',
        b'{"assistant_id": "steps", "metadata": "x"}',
        b'{"assistant_id": "steps", "after_seconds": "soon"}',
        b'{"assistant_id": "steps", "command": {"goto": 7}}',
    ],
)
def test_what_is_no_request_is_refused_with_a_reason(stock: Server, body: bytes) -> None:
    answer = stock.client().post(PATH, content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in (400, 404, 422), answer.text
    assert {"detail", "code", "hint"} <= answer.json().keys()


@pytest.mark.parametrize(
    "text", ["\x00", "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"), "é" * 5000]
)
def test_odd_text_in_a_state_is_kept_or_refused(stock: Server, text: str) -> None:
    body = {"assistant_id": "steps", "input": {"text": text}}
    answer = stock.client().post(PATH, json=body)
    assert answer.status_code in (200, 422)


def test_numbers_beyond_64_bits_are_kept_or_refused(stock: Server) -> None:
    body = b'{"assistant_id":"steps","input":{"text":"x"},"metadata":{"n":123456789012345678901234567890}}'
    answer = stock.client().post(PATH, content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in (200, 422)


def test_a_huge_body_is_refused_by_what_it_says_of_itself(stock: Server) -> None:
    assert status(exchanged(stock, request(b"", length=10**12))) == 413
    answer = exchanged(stock, request(b"x" * 17_000_000))  # which a reset may overtake
    assert not answer or status(answer) == 413


def test_a_huge_body_in_chunks_is_refused_while_it_comes(stock: Server) -> None:
    chunk = b"10000\r\n" + b" " * 65_536 + b"\r\n"
    head = f"POST {PATH} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    answer = exchanged(stock, head + chunk * 300)
    assert not answer or status(answer) == 413


def test_a_flood_of_headers_is_refused(stock: Server) -> None:
    flood = [f"X-Flood-{number}: {'y' * 100}" for number in range(2_000)]
    answer = exchanged(stock, request(GOOD, *flood))
    assert not answer or status(answer) in (400, 431)
    answer = exchanged(stock, request(GOOD, f"X-Long: {'y' * 200_000}"))
    assert not answer or status(answer) in (400, 431)


@pytest.mark.parametrize(
    "sent",
    [
        b"\r\n\r\n",
        b"GET\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 200,
        b"GET /ok HTTP/9.9\r\n\r\n",
        b"POST /runs/wait HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
        b"POST /runs/wait HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n",
        b"POST /runs/wait HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET /ok HTTP/1.1\r\nHost: localhost\r\n\r\n" + b"\x00\xff" * 500,
        b"SSH-2.0-OpenSSH_9.9\r\n",
    ],
)
def test_what_is_no_http_ends_the_connection(stock: Server, sent: bytes) -> None:
    answer = exchanged(stock, sent, half_close=True)
    assert b" 500 " not in answer.split(b"\r\n", 1)[0]


def test_pipelined_requests_are_answered_in_order(stock: Server) -> None:
    good = b"GET /ok HTTP/1.1\r\nHost: localhost\r\n\r\n"
    last = b"GET /none HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    answers = exchanged(stock, good * 3 + last).split(b"HTTP/1.1 ")[1:]
    assert [int(answer[:3]) for answer in answers] == [200, 200, 200, 404]


def test_garbage_behind_a_request_ends_the_connection(stock: Server) -> None:
    good = b"GET /ok HTTP/1.1\r\nHost: localhost\r\n\r\n"
    answer = exchanged(stock, good * 3 + b"\x01garbage\r\n\r\n")
    assert b"HTTP/1.1 500" not in answer


def test_sockets_that_are_half_closed_or_cut_off_leave_nothing_behind(stock: Server) -> None:
    for _ in range(50):
        with closing(connected(stock)) as one:
            one.sendall(request(GOOD)[:120])
    assert exchanged(stock, request(GOOD)[:-5], half_close=True) == b""
    exchanged(stock, request(GOOD), half_close=True)


async def test_a_client_that_never_reads_holds_up_nobody(stock: Server, client: LangGraphClient) -> None:
    thread = str(uuid4())
    body = {"assistant_id": "steps", "input": {"text": "z" * 1_000_000}, "if_not_exists": "create"}
    sent = json.dumps({**body, "stream_mode": ["values", "debug", "updates"]}).encode()
    with closing(connected(stock)) as deaf:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        deaf.sendall(request(sent, path=f"/threads/{thread}/runs/stream"))
        async with asyncio.timeout(PATIENCE_S):
            while (await _thread(client, thread)) != "idle":  # noqa: ASYNC110 - the server has no event for it
                await asyncio.sleep(0.05)
            (run,) = await client.runs.list(thread)
            told = [part async for part in client.runs.join_stream(thread, run["run_id"], last_event_id="-1")]
    assert len([part for part in told if part.event == "updates"]) == 4


async def _thread(client: LangGraphClient, thread: str) -> str:
    try:
        return (await client.threads.get(thread))["status"]
    except httpx.HTTPStatusError:
        return "not there yet"
