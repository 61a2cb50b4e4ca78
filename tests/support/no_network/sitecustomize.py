"""Refuses every connection that leaves this machine; loaded by each Python process of the tests.

A library may swallow the error, so what was tried is also written to the file `PODIUM_TEST_ATTEMPTS`.
"""

from __future__ import annotations

import ipaddress
import os
import sys
from typing import Any

LOCAL_NAMES = frozenset({"localhost", "localhost.localdomain", ""})


class OutboundConnection(OSError):
    """Something tried to leave the machine."""


def is_local(host: Any) -> bool:
    """Whether a host is this machine."""
    if host is None:
        return True
    name = host.decode() if isinstance(host, bytes) else str(host)
    if name in LOCAL_NAMES:
        return True
    try:
        address = ipaddress.ip_address(name.split("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def refuse(event: str, args: tuple[Any, ...]) -> None:
    """An audit hook: it cannot be taken off again, by no library."""
    if event == "socket.getaddrinfo":
        host = args[0]
    elif event in ("socket.connect", "socket.sendto"):
        address = args[1]
        if not isinstance(address, tuple):
            return
        host = address[0]
    else:
        return
    if not is_local(host):
        if attempts := os.environ.get("PODIUM_TEST_ATTEMPTS"):
            with open(attempts, "a", encoding="utf-8") as file:  # noqa: PTH123 - pathlib would load here
                file.write(f"{host!r}\n")
        raise OutboundConnection(f"a connection to {host!r} was tried")


sys.addaudithook(refuse)
