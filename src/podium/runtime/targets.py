"""Where the server may send something that a client names: what configuration allows, and nothing inside."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from typing import TypeAlias
from urllib.parse import SplitResult, urlsplit

from podium.core.addresses import Address, is_public, literal, looked_up, unwrapped
from podium.core.errors import ConfigError, InputError, NotDelivered

_Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network
_HINT = "Name the host under callbacks.hosts in [server] of podium.toml."


class Targets:
    """The addresses that may be posted to.

    Args:
        hosts: Names, `*.name` for all below one, `*` for any, and networks.
        loopback: Whether this machine's own addresses are allowed too.

    Raises:
        ConfigError: A network is none.
    """

    def __init__(self, hosts: Iterable[str], *, loopback: bool = False) -> None:
        listed = [one.strip().lower() for one in hosts]
        self._names = frozenset(one for one in listed if not _is_network(one))
        self._networks = [_network(one) for one in listed if _is_network(one)]
        self._loopback = loopback

    def check(self, url: str) -> None:
        """Refuse an address that is not allowed, as far as that is known without looking its host up.

        Args:
            url: The address.

        Raises:
            InputError: It is not allowed, or no address.
        """
        parts = _split(url)
        host = (parts.hostname or "").lower().rstrip(".")
        address = literal(host)
        if not (self._names_host(host) if address is None else self._names_address(address)):
            raise InputError(f"webhook: {host} is not allowed", hint=_HINT)

    async def address_of(self, url: str) -> str:
        """The IP address to connect to for a URL, so that no later look-up leads elsewhere.

        Args:
            url: Checked before.

        Raises:
            NotDelivered: The host is unknown or not allowed.
        """
        try:
            self.check(url)
        except InputError as error:  # configuration has changed since
            raise NotDelivered(error.message, hint=error.hint, retryable=False) from None
        parts = _split(url)
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        try:
            found = await looked_up(host, port)
        except (OSError, UnicodeError):
            raise NotDelivered(f"{host} is not known") from None
        for address in found:
            if self._lists(address) or is_public(address):
                return str(address)
        raise NotDelivered(f"{host} leads to an address that is not allowed", hint=_HINT, retryable=False)

    def _names_host(self, host: str) -> bool:
        if "*" in self._names or host in self._names or (self._loopback and host == "localhost"):
            return True
        return any(name.startswith("*.") and host.endswith(name[1:]) for name in self._names)

    def _names_address(self, address: Address) -> bool:
        return self._lists(address) or ("*" in self._names and is_public(address))

    def _lists(self, address: Address) -> bool:
        """Whether an address is allowed although it may not be public."""
        plain = unwrapped(address)
        if self._loopback and plain.is_loopback:
            return True
        return any(plain.version == network.version and plain in network for network in self._networks)


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise InputError("webhook: no address", hint="Send one like https://host/path.") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        raise InputError("webhook: no address of HTTP", hint="Send one like https://host/path.")
    if parts.username is not None or parts.password is not None:
        raise InputError("webhook: an address with a password", hint="Sign callbacks with a secret instead.")
    return parts


def _is_network(text: str) -> bool:
    return "/" in text or literal(text) is not None


def _network(text: str) -> _Network:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        raise ConfigError(
            f"server.callbacks.hosts: {text} is no network", hint="Write one like 10.1.0.0/16."
        ) from None
