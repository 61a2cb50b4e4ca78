"""An MCP server's address: connected to where it was checked, and nowhere else."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import pytest

from podium.core.source_settings import McpServerSettings
from podium.tools.mcp.transport import Place, session_with


@pytest.mark.parametrize("private", [False, True])
async def test_a_public_name_that_leads_inside_is_connected_to_only_where_that_is_meant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, private: bool
) -> None:
    resolving = socket.getaddrinfo

    def found(host: str | bytes, port: int, *rest: Any, **more: Any) -> Any:
        if host in ("tools.example.com", b"tools.example.com"):
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]
        return resolving(host, port, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", found)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.5 if private else 0)
        port = listening.getsockname()[1]
        settings = McpServerSettings(
            url=f"http://tools.example.com:{port}/mcp", private=private, start_timeout=0.5, timeout=0.5
        )
        with pytest.raises(BaseException):  # noqa: B017 - nobody answers there, in either case
            async with session_with("tools", settings, Place(tmp_path, tmp_path, {})):
                raise AssertionError("there is no such server")
        if private:
            listening.accept()[0].close()
        else:
            with pytest.raises(BlockingIOError):
                listening.accept()
