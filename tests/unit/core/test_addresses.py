"""Where names lead to, and which addresses are public."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from podium.core.addresses import checked_address, is_public, literal
from podium.core.errors import OutboundRefused


def leading(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> list[str]:
    """Let every name lead to these; the names that were looked up."""
    asked = list[str]()

    def found(host: str, port: int, *_: Any, **__: Any) -> list[Any]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", found)
    return asked


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.0.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "240.0.0.1"),
        *("::1", "fe80::1", "fd00::1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::"),
    ],
)
def test_what_lies_inside_is_not_public(address: str) -> None:
    found = literal(address)
    assert found is not None
    assert not is_public(found)


async def test_a_name_leads_to_the_address_that_was_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    leading(monkeypatch, "10.0.0.1", "93.184.216.34")
    assert await checked_address("models.example.com", 443) == "93.184.216.34"


@pytest.mark.parametrize("address", ["127.0.0.1", "169.254.169.254", "10.1.2.3"])
async def test_a_public_name_that_leads_inside_is_refused(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    leading(monkeypatch, address)
    with pytest.raises(OutboundRefused, match="inside a network") as caught:
        await checked_address("models.example.com", 443)
    assert "private = true" in caught.value.hint


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "10.0.0.1", "::1", "localhost", "ollama", "llm.internal", "gpu.lan", "a.LOCAL."]
)
async def test_what_is_written_as_inside_is_taken_as_it_is(
    monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    asked = leading(monkeypatch, "10.0.0.1")
    assert await checked_address(host, 80) is None
    assert asked == []
