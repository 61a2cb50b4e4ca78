"""The tests themselves: what would leave the machine is refused, here and in subprocesses."""

from __future__ import annotations

import socket
import subprocess
import sys

import pytest


def test_a_connection_outwards_is_refused() -> None:
    with socket.socket() as outwards, pytest.raises(OSError, match=r"192\.0\.2\.1"):
        outwards.connect(("192.0.2.1", 80))


def test_looking_up_a_name_is_refused() -> None:
    with pytest.raises(OSError, match=r"example\.org"):
        socket.getaddrinfo("example.org", 80)


def test_a_subprocess_is_held_to_the_machine() -> None:
    code = "import socket; socket.create_connection(('192.0.2.1', 80))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "OutboundConnection" in done.stderr


def test_this_machine_can_be_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()
