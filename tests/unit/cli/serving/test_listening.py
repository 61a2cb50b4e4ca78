"""Where a server listens."""

from __future__ import annotations

import socket
from contextlib import closing

import pytest

from podium.cli.serving.listening import listen, url_of
from podium.core.errors import AddressUnusable


def test_a_free_port_is_found_and_connections_wait_there() -> None:
    with closing(listen("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        assert url_of(listening) == f"http://127.0.0.1:{port}"
        with closing(socket.create_connection(("127.0.0.1", port), timeout=5)) as connection:
            assert connection.getpeername()[1] == port


def test_the_address_for_a_browser_is_one_that_it_can_open() -> None:
    with closing(listen("0.0.0.0", 0)) as listening:
        assert url_of(listening) == f"http://127.0.0.1:{listening.getsockname()[1]}"


def test_a_port_that_is_taken_is_told_with_another_one() -> None:
    with closing(listen("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        with pytest.raises(
            AddressUnusable, match=f"127.0.0.1:{port}: another program listens there"
        ) as caught:
            listen("127.0.0.1", port)
        assert f"--port {port + 1}" in caught.value.hint


def test_another_port_will_do_where_that_is_said() -> None:
    with closing(listen("127.0.0.1", 0)) as first:
        port = first.getsockname()[1]
        with closing(listen("127.0.0.1", port, others=200)) as second:
            assert port < second.getsockname()[1] <= port + 200


def test_a_name_that_is_no_address_is_told() -> None:
    with pytest.raises(AddressUnusable, match="no address of this machine"):
        listen("no.such.host.invalid", 0)
    with pytest.raises(AddressUnusable):
        listen("192.0.2.1", 0)
