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
from podium.server import scopes, unheeded
from podium.server.services import Services, services_of

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
        scopes.check(self._words(), scope)

    def may(self, scope: Scope) -> bool:
        """Whether the caller may do what needs a scope."""
        return scopes.covers(self._words(), scope)

    def _words(self) -> frozenset[str]:
        return _EVERYTHING if is_owner(self.principal) else self.principal.roles

    def need_project(self, services: Services) -> None:
        """Refuse what concerns all tenants to all but the project's own admins.

        Raises:
            NotAllowed: The caller is none.
        """
        self.need("admin")
        if self.principal.tenant != services.app.principal.tenant:
            raise NotAllowed("this concerns other tenants too", hint="Ask those who run the project.")


def identified(connection: HTTPConnection) -> Caller:
    """The one behind a request or a connection, whom the server has let in.

    Raises:
        NotAuthenticated: Nobody knows who it is.
    """
    known: Caller | NotAuthenticated | None = connection.scope.get(_KNOWN)
    if isinstance(known, Caller):
        return known
    raise known or NotAuthenticated(
        "no key was sent", hint="Send X-Api-Key; make one with 'podium keys new NAME'."
    )


def known_as(connection: HTTPConnection, known: Caller | NotAuthenticated) -> None:
    """Note who is behind a request, or why nobody knows."""
    connection.scope[_KNOWN] = known


def caller_of(principal: Principal) -> Caller:
    """Somebody as one who asks: who may see what their roles say."""
    owner = None if is_owner(principal) or "admin" in principal.roles else principal.id
    return Caller(principal, Access(principal.tenant, owner))


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
    unheeded.note_query(request)
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


Who = Annotated[Caller, Depends(caller)]
"""The caller, for the arguments of a route."""

Parts = Annotated[Services, Depends(services)]
"""The server's parts, for the arguments of a route."""
