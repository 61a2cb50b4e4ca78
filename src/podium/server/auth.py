"""Who asks: the principal behind a request, what it may see and what it may do.

A caller shows an API key as `X-Api-Key` or as `Authorization: Bearer`. In dev the user of this machine needs
none. Keys never appear in an answer, an error or a log.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Final

from fastapi import Depends, Request

from podium.core.errors import NotAllowed, NotAuthenticated
from podium.core.ids import derived_id, new_id
from podium.core.principal import Access, Principal, is_owner
from podium.server import scopes
from podium.server.services import Services, services_of
from podium.storage.api_keys import PREFIX

if TYPE_CHECKING:
    from starlette.requests import HTTPConnection

    from podium.storage.api_keys import Scope

_KNOWN: Final = "podium.caller"
_EVERYTHING: Final = frozenset({"admin"})


@dataclass(frozen=True, slots=True)
class Caller:
    """The one who asks.

    Attributes:
        principal: Who.
        access: Whose resources they may see.
        creates: What tells the things that the request makes from all others; empty without a key for it.
    """

    principal: Principal
    access: Access
    creates: str = ""

    def id_of(self, what: str) -> str:
        """The id of something that the request makes: the same when it is made again with its key.

        Args:
            what: Which thing of those that it makes.
        """
        return derived_id(self.creates, what) if self.creates else new_id()

    def need(self, scope: Scope) -> None:
        """Refuse what the caller may not do.

        Raises:
            NotAllowed: They may not.
        """
        scopes.check(_EVERYTHING if is_owner(self.principal) else self.principal.roles, scope)

    def need_project(self, services: Services) -> None:
        """Refuse what concerns all tenants to all but the project's own admins.

        Raises:
            NotAllowed: The caller is none.
        """
        self.need("admin")
        if self.principal.tenant != services.app.principal.tenant:
            raise NotAllowed("this concerns other tenants too", hint="Ask those who run the project.")


def identified(connection: HTTPConnection) -> Caller:
    """The one behind a request or a connection.

    Raises:
        NotAuthenticated: Nobody knows who it is.
    """
    known: Caller | None = connection.scope.get(_KNOWN)
    if known is None:
        known = connection.scope[_KNOWN] = _identify(connection)
    return known


def creating(connection: HTTPConnection, creates: str) -> None:
    """Note what tells the things that a request makes from all others."""
    connection.scope[_KNOWN] = replace(identified(connection), creates=creates)


async def caller(request: Request) -> Caller:
    """The one behind the request, who may do what its route does.

    Raises:
        NotAuthenticated: Nobody knows who it is.
        NotAllowed: The key is not good for it.
    """
    known = identified(request)
    known.need(scopes.scope_for(request.method, request.scope["path"]))
    return known


async def services(request: Request) -> Services:
    """The parts of the server that answers the request."""
    return services_of(request)


def is_loopback(host: str) -> bool:
    """Whether an address is this machine's own."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _identify(connection: HTTPConnection) -> Caller:
    parts: Services = connection.app.state.services
    shown = _shown(connection)
    if parts.dev and not shown.startswith(PREFIX) and _is_local(connection):
        # Stock clients send the key of another service, which says nothing here.
        return _as(parts.app.principal)
    if not shown:
        raise NotAuthenticated(
            "no key was sent", hint="Send X-Api-Key; make one with 'podium keys new NAME'."
        )
    key = parts.key_ring.open(shown)
    if key is None:
        raise NotAuthenticated("the key does not count", hint="It is unknown, has expired or was taken back.")
    return _as(Principal(key.owner, key.tenant, key.words))


def _shown(connection: HTTPConnection) -> str:
    headers = connection.headers
    if key := headers.get("x-api-key"):
        return key.strip()
    kind, _, key = headers.get("authorization", "").partition(" ")
    return key.strip() if kind.lower() == "bearer" else ""


def _is_local(connection: HTTPConnection) -> bool:
    return connection.client is not None and is_loopback(connection.client.host)


def _as(principal: Principal) -> Caller:
    owner = None if is_owner(principal) or "admin" in principal.roles else principal.id
    return Caller(principal, Access(principal.tenant, owner))


Who = Annotated[Caller, Depends(caller)]
"""The caller, for the arguments of a route."""

Parts = Annotated[Services, Depends(services)]
"""The server's parts, for the arguments of a route."""
