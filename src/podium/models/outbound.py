"""HTTP to servers that configuration names: to the addresses that were checked, and no others."""

from __future__ import annotations

import httpx

from podium.core.addresses import checked_address
from podium.core.errors import OutboundRefused

_PORTS = {"http": 80, "https": 443}


class CheckedTransport(httpx.AsyncBaseTransport):
    """Connects to the very address that a name was found to lead to, if that is public.

    Args:
        limits: How many connections are kept.
        trust_env: Whether certificates are taken from where the environment says.
    """

    def __init__(self, limits: httpx.Limits, *, trust_env: bool = True) -> None:
        self._inner = httpx.AsyncHTTPTransport(limits=limits, trust_env=trust_env)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request.

        Raises:
            httpx.ConnectError: Its host is not known, or leads inside a network.
        """
        url = request.url
        try:
            address = await checked_address(url.host, url.port or _PORTS.get(url.scheme, 0))
        except (OutboundRefused, OSError, UnicodeError) as error:
            raise httpx.ConnectError(str(error), request=request) from error
        if address is None:
            return await self._inner.handle_async_request(request)
        checked = httpx.Request(  # the certificate still has to be the host's, and so has the head
            request.method,
            url.copy_with(host=address),
            headers=request.headers,
            stream=request.stream,
            extensions={**request.extensions, "sni_hostname": url.host},
        )
        return await self._inner.handle_async_request(checked)

    async def aclose(self) -> None:
        """Close what is open."""
        await self._inner.aclose()
