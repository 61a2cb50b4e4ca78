"""HTTP that reaches only what configuration names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from podium.core.errors import SourceError

if TYPE_CHECKING:
    import httpx

_PORTS = {"http": 80, "https": 443}
_CONNECTIONS = 20


class Reach:
    """The hosts that may be contacted, also by a redirect.

    An address, or a name that can only be one inside a network, is taken as it is named. Any other name has
    to lead to a public address, and the connection goes to the very address that was checked.

    Args:
        url: An address whose scheme, host and port are allowed.
        hosts: Further hosts, `name` or `name:port`; without a port, the usual one of the scheme.
        private: Whether public names may lead inside a network.
    """

    def __init__(self, url: str, hosts: Iterable[str] = (), *, private: bool = False) -> None:
        self._private = private
        parts = urlsplit(url)
        self._secure = parts.scheme == "https"
        self._allowed = {_place(parts.scheme, parts.hostname or "", parts.port)}
        for host in hosts:
            named = urlsplit(f"//{host}")
            for scheme in ("https",) if self._secure else ("https", "http"):
                self._allowed.add(_place(scheme, named.hostname or "", named.port))

    def allows(self, url: str) -> bool:
        """Whether the address may be contacted."""
        parts = urlsplit(url)
        return _place(parts.scheme, parts.hostname or "", parts.port) in self._allowed

    def client(
        self, *, timeout: float | httpx.Timeout, headers: Mapping[str, str] | None = None
    ) -> httpx.AsyncClient:
        """A client that contacts nothing else, not even where a redirect leads to.

        Args:
            timeout: Seconds to connect, and between two pieces of a response.
            headers: Sent with every request.
        """
        import httpx

        from podium.models.outbound import CheckedTransport

        limits = httpx.Limits(max_connections=_CONNECTIONS, max_keepalive_connections=_CONNECTIONS)

        async def check(request: httpx.Request) -> None:
            if not self.allows(str(request.url)):
                raise SourceError(
                    f"{request.url.host} is not among the hosts that may be contacted",
                    hint="Name it in podium.toml if it may be.",
                )

        # No proxy, certificate or password is taken from the environment: nobody named it here.
        return httpx.AsyncClient(
            timeout=timeout,
            headers=dict(headers or {}),
            follow_redirects=True,
            max_redirects=3,
            trust_env=False,
            transport=None if self._private else CheckedTransport(limits, trust_env=False),
            event_hooks={"request": [check]},
        )


def _place(scheme: str, host: str, port: int | None) -> tuple[str, str, int]:
    return scheme, host.casefold(), port or _PORTS.get(scheme, 0)
