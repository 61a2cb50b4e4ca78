"""The socket that a server listens on."""

from __future__ import annotations

import errno
import socket

from podium.core.errors import AddressUnusable

BACKLOG = 2_048
"""Connections that wait to be taken, while the process that serves is replaced, say."""
_HIGHEST = 65_535


def listen(host: str, port: int, *, others: int = 0) -> socket.socket:
    """Listen, so that connections are taken or wait.

    Args:
        host: An address or name.
        port: Any free one when 0.
        others: How many of the ports after it will do where another program listens there.

    Raises:
        AddressUnusable: Another program listens there, or this one may not.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host.strip("[]"), port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except OSError as error:
        raise AddressUnusable(
            f"{host} is no address of this machine: {error.strerror or error}", hint="Mend --host."
        ) from None
    listening = socket.socket(family, kind, protocol)
    try:
        # Without it a port stays taken for a minute after a server that had connections; on Windows the
        # option means something else: that two programs may listen at once.
        if hasattr(socket, "AF_UNIX"):
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(BACKLOG)
    except OSError as error:
        listening.close()
        if error.errno == errno.EADDRINUSE and others and port < _HIGHEST:
            return listen(host, port + 1, others=others - 1)
        raise _unusable(host, port, error) from None
    return listening


def url_of(listening: socket.socket, scheme: str = "http") -> str:
    """The address for a browser on this machine."""
    host, port = listening.getsockname()[:2]
    if host in ("0.0.0.0", "::"):  # noqa: S104 - what is listened on is told, not opened
        host = "127.0.0.1" if host == "0.0.0.0" else "::1"  # noqa: S104 - as above
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"


def _unusable(host: str, port: int, error: OSError) -> AddressUnusable:
    if error.errno == errno.EADDRINUSE:
        return AddressUnusable(
            f"{host}:{port}: another program listens there",
            hint=f"Stop it, or name another port: --port {port + 1}.",
        )
    if error.errno == errno.EACCES:
        return AddressUnusable(
            f"{host}:{port}: this user may not listen there", hint="Name a port above 1023 with --port."
        )
    return AddressUnusable(f"{host}:{port}: {error.strerror or error}", hint="Mend --host or --port.")
