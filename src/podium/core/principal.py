"""Who acts."""

from __future__ import annotations

import getpass
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from podium.core.model import JsonObject, JsonValue


@dataclass(frozen=True, slots=True)
class Principal:
    """The identity behind a request or a decision.

    Attributes:
        id: Such as `local:ada` or `key:ci`.
        tenant: The tenant whose data it may see.
        roles: What it may do; empty means the local owner, who may do all.
    """

    id: str
    tenant: str = "default"
    roles: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Access:
    """Whose resources a query may see.

    Attributes:
        tenant: Only this tenant's.
        owner: Only this owner's; None for all owners of the tenant.
    """

    tenant: str
    owner: str | None = None


_LOCAL: Final = "local:"
_ADMIN: Final = "admin"
PUBLIC: Final = "public"
"""The access label of what everybody may read."""


def is_owner(principal: Principal) -> bool:
    """Whether this is the user of the machine, without narrower roles: they may do all."""
    return principal.id.startswith(_LOCAL) and not principal.roles


def may_read(principal: Principal, access: str, tenant: str) -> bool:
    """Whether somebody may read what has an access label: who has it as a role, and who may do all.

    Args:
        principal: Who.
        access: The label.
        tenant: The project's own, whose admins may do all; those of others may not.
    """
    roles = principal.roles
    return (
        access == PUBLIC
        or access in roles
        or is_owner(principal)
        or (_ADMIN in roles and principal.tenant == tenant)
    )


def told_of(principal: Principal) -> JsonObject:
    """A principal as a record holds it."""
    roles: list[JsonValue] = [*sorted(principal.roles)]
    return {"id": principal.id, "tenant": principal.tenant, "roles": roles}


def principal_in(told: Mapping[str, Any]) -> Principal:
    """The principal that a record holds."""
    return Principal(told["id"], told["tenant"], frozenset(told["roles"]))


def local_principal() -> Principal:
    """The user of this machine; `local:unknown` where the system has no name for them."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):
        name = "unknown"
    return Principal(id=f"{_LOCAL}{name}")
