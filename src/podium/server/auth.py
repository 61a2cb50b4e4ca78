"""Who asks: the principal behind a request, and what it may see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from podium.core.errors import NotAuthenticated
from podium.core.principal import Access, Principal, is_owner
from podium.server.services import Services, services_of


@dataclass(frozen=True, slots=True)
class Caller:
    """The one who asks.

    Attributes:
        principal: Who.
        access: Whose resources they may see.
    """

    principal: Principal
    access: Access


def caller(request: Request) -> Caller:
    """The one behind the request.

    Raises:
        NotAuthenticated: Nobody knows who it is.
    """
    services = services_of(request)
    if services.dev:
        return _as(services.app.principal)
    raise NotAuthenticated("no key was sent", hint="Send X-Api-Key; make one with 'podium keys new'.")


def _as(principal: Principal) -> Caller:
    owner = None if is_owner(principal) or "admin" in principal.roles else principal.id
    return Caller(principal, Access(principal.tenant, owner))


Who = Annotated[Caller, Depends(caller)]
"""The caller, for the arguments of a route."""

Parts = Annotated[Services, Depends(services_of)]
"""The server's parts, for the arguments of a route."""
