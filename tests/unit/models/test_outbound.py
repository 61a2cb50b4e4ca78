"""Servers of models are reached at the address that was checked."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import httpx
import pytest

from podium.core import addresses
from podium.models.outbound import CheckedTransport


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """A server on this machine, that a public name leads to; the hosts that it was asked for."""
    hosts = list[str]()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            hosts.append(str(self.headers["host"]))
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing is logged."""

    resolving = socket.getaddrinfo

    def found(host: str, port: int, *rest: Any, **more: Any) -> Any:
        if host == "models.example.com":
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]
        return resolving(host, port, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", found)
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        hosts.append(str(server.server_address[1]))
        yield hosts
        server.shutdown()
        thread.join()


async def test_a_public_name_that_leads_here_is_not_connected_to(asked: list[str]) -> None:
    async with httpx.AsyncClient(transport=CheckedTransport(httpx.Limits()), trust_env=False) as client:
        with pytest.raises(httpx.ConnectError, match="inside a network"):
            await client.get(f"http://models.example.com:{asked[0]}/v1/models")
    assert len(asked) == 1


async def test_the_address_is_connected_to_and_the_name_is_said(
    asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(addresses, "is_public", lambda _: True)
    async with httpx.AsyncClient(transport=CheckedTransport(httpx.Limits()), trust_env=False) as client:
        answer = await client.get(f"http://models.example.com:{asked[0]}/v1/models")
    assert answer.status_code == 200
    assert asked[1] == f"models.example.com:{asked[0]}"


async def test_this_machine_is_reached_by_its_own_names(asked: list[str]) -> None:
    async with httpx.AsyncClient(transport=CheckedTransport(httpx.Limits()), trust_env=False) as client:
        assert (await client.get(f"http://127.0.0.1:{asked[0]}/")).status_code == 200
