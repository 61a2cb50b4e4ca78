"""Addresses of the Internet protocol: which are public, and where a name leads to.

A name may lead elsewhere a moment after it was looked at (DNS rebinding), so whoever checks where it leads
connects to the address that was checked.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from typing import Final, TypeAlias

from podium.core.errors import OutboundRefused

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address

_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")
_INSIDE: Final = (".localhost", ".local", ".internal", ".lan", ".home.arpa", ".test")
"""What public names never end with (RFC 6761, RFC 6762, RFC 8375; ICANN for `.internal`)."""


def literal(host: str) -> Address | None:
    """The address that a host is written as; None for a name."""
    try:
        return ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return None


def unwrapped(address: Address) -> Address:
    """The IPv4 address that an IPv6 address leads to, where it does."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour or address


def is_public(address: Address) -> bool:
    """Whether an address is anybody's to reach, and not inside a network."""
    plain = unwrapped(address)
    return plain.is_global and not plain.is_multicast and not plain.is_reserved


def is_inside_name(host: str) -> bool:
    """Whether a name can only be one inside a network, by its form."""
    name = host.lower().rstrip(".")
    return "." not in name or name.endswith(_INSIDE)


async def looked_up(host: str, port: int) -> list[Address]:
    """The addresses that a host has now.

    Raises:
        OSError: It is not known.
        UnicodeError: It is no name.
    """
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [literal(str(place[0])) for *_, place in found]
    return [address for address in addresses if address is not None]


async def checked_address(host: str, port: int) -> str | None:
    """Where to connect to for a host that configuration names.

    An address is taken as it is written, and so is a name that can only be one inside a network. Any other
    name has to lead to a public address.

    Returns:
        The address; None where the host is taken as it is.

    Raises:
        OutboundRefused: The name leads inside a network.
        OSError: It is not known.
        UnicodeError: It is no name.
    """
    if literal(host) is not None or is_inside_name(host):
        return None
    found = next((one for one in await looked_up(host, port) if is_public(one)), None)
    if found is None:
        raise OutboundRefused(
            f"{host} leads to an address inside a network",
            hint="Say 'private = true' where podium.toml names it, if it is meant to.",
        )
    return str(found)
