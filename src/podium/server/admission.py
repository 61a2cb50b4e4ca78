"""Who asks, and how often: found out once, before anything else is done for a request."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.requests import HTTPConnection

from podium.core.errors import NotAuthenticated, RateLimited
from podium.core.principal import is_owner
from podium.server import errors
from podium.server.auth import caller_of, is_loopback, known_as
from podium.server.credentials import Credential, Credentials, shown_in
from podium.server.rates import Rates, TokenBuckets
from podium.server.scopes import is_open
from podium.server.watching import Watch

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from podium.server.services import Services


@dataclass(frozen=True, slots=True)
class Gate:
    """What decides.

    Attributes:
        credentials: Knows callers.
        asked: Counts what each of them asks.
        failures: Counts what is shown in vain, by address.
    """

    credentials: Credentials
    asked: Rates
    failures: Rates

    @classmethod
    def of(cls, services: Services) -> Gate:
        """That of a server, as configuration says."""
        rate = services.app.project.manifest.server.rate
        return cls(
            Credentials.of(services),
            TokenBuckets(rate.per_minute, rate.burst),
            TokenBuckets(rate.failures_per_minute, max(rate.failures_per_minute, 1)),
        )


class Admission:
    """Finds out who asks, refuses who asks too often, and ends answers whose reader may not read any more.

    A request of nobody known goes on to its route, which refuses it, unless it knows callers in its own way.

    Args:
        app: What answers.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._gate: Gate | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take a request, or refuse it."""
        if scope["type"] != "http" or is_open(scope["path"]):
            await self._app(scope, receive, send)
            return
        services: Services = scope["app"].state.services
        gate = self._gate = self._gate or Gate.of(services)
        connection = HTTPConnection(scope)
        try:
            credential = await _credential(gate, services, connection)
        except RateLimited as error:
            await errors.told(error)(scope, receive, send)
            return
        if credential is None:
            await self._app(scope, receive, send)
            return
        principal = credential.principal
        known_as(connection, caller_of(principal))
        if is_owner(principal):
            await self._app(scope, receive, send)
        elif wait := gate.asked.take((principal.tenant, principal.id)):
            await errors.told(_too_often("requests", wait))(scope, receive, send)
        else:
            watch = Watch(credential.counts, receive, send)
            await self._app(scope, watch.receive, watch.send)


async def _credential(gate: Gate, services: Services, connection: HTTPConnection) -> Credential | None:
    """What the caller shows, if it counts.

    Raises:
        RateLimited: It does not, and neither did too much before it from the same address.
    """
    shown, client = shown_in(connection), connection.client
    host = client.host if client is not None else ""
    if services.dev and is_loopback(host) and not gate.credentials.might_be_ours(shown):
        # Stock clients send the key of another service, which says nothing here.
        return Credential(services.app.principal, lambda: True)
    if not shown:
        return None
    try:
        return await gate.credentials.open(shown)
    except NotAuthenticated as error:
        if wait := gate.failures.take(host):
            raise _too_often("keys that do not count", wait) from None
        known_as(connection, error)
        return None


def _too_often(what: str, wait: float) -> RateLimited:
    return RateLimited(
        f"too many {what}",
        hint="Wait as long as Retry-After says; [server.rate] in podium.toml says how many are taken.",
        retry_after=max(math.ceil(wait), 1),
    )
