"""What callers show: keys of the server's own, and tokens of an issuer that configuration names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from podium.core.errors import NotAuthenticated
from podium.core.principal import Principal
from podium.server.tokens import Tokens, looks_like_token
from podium.storage.api_keys import PREFIX

if TYPE_CHECKING:
    from starlette.requests import HTTPConnection

    from podium.server.key_ring import KeyRing
    from podium.server.services import Services


@dataclass(frozen=True, slots=True)
class Credential:
    """Something that counts.

    Attributes:
        principal: Whose it is.
        counts: Whether it still does.
    """

    principal: Principal
    counts: Callable[[], bool]


class Credentials:
    """Knows callers by what they show.

    Args:
        keys: The server's own keys.
        tokens: Those of others; None where no issuer is named.
    """

    def __init__(self, keys: KeyRing, tokens: Tokens | None = None) -> None:
        self._keys = keys
        self._tokens = tokens

    @classmethod
    def of(cls, services: Services) -> Credentials:
        """Those of a server."""
        project = services.app.project
        settings = project.manifest.server.jwt
        if settings is None:
            return cls(services.key_ring)
        tenant = services.app.principal.tenant
        return cls(services.key_ring, Tokens.of(settings, project.folder, tenant=tenant))

    def might_be_ours(self, shown: str) -> bool:
        """Whether something was meant for this server, and not for another that clients know of."""
        if shown.startswith(PREFIX):
            return True
        return self._tokens is not None and looks_like_token(shown)

    async def open(self, shown: str) -> Credential:
        """What counts of what was shown.

        Raises:
            NotAuthenticated: It does not.
        """
        tokens = self._tokens
        if tokens is not None and looks_like_token(shown):
            token = await tokens.read(shown)
            return Credential(token.principal, lambda: tokens.counts(token))
        key = self._keys.open(shown)
        if key is None:
            raise NotAuthenticated(
                "the key does not count", hint="It is unknown, has expired or was taken back."
            )
        return Credential(
            Principal(key.owner, key.tenant, key.words), lambda: self._keys.open(shown) is not None
        )


def shown_in(connection: HTTPConnection) -> str:
    """What a caller shows; nothing is empty."""
    headers = connection.headers
    if key := headers.get("x-api-key"):
        return key.strip()
    kind, _, key = headers.get("authorization", "").partition(" ")
    return key.strip() if kind.lower() == "bearer" else ""
