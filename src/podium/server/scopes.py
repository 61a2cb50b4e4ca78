"""What a key must be good for, by route: one table for the whole server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from podium.core.errors import NotAllowed

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from podium.storage.api_keys import Scope

OPEN: Final = frozenset(
    {"/ok", "/ready", "/info", "/docs", "/docs/oauth2-redirect", "/openapi.json", "/redoc"}
)
"""What anybody may ask."""
_ADMIN: Final = (
    "/podium/v1/audit",
    "/podium/v1/config",
    "/podium/v1/evaluations",
    "/podium/v1/keys",
    "/podium/v1/knowledge/collections/{collection}/documents/{name}",
    "/podium/v1/knowledge/ingest",
)
_DECISIONS: Final = frozenset(
    {
        "/podium/v1/threads/{thread_id}/interrupts/{interrupt_id}/assignment",
        "/podium/v1/threads/{thread_id}/interrupts/{interrupt_id}/decision",
        "/podium/v1/threads/{thread_id}/effects/{digest}/resolution",
    }
)
_LOOKS: Final = ("/search", "/count", "/history", "/versions", "/namespaces", "/state/checkpoint")
"""How the paths of POST requests end that only look."""
_ROLLBACK_PREVIEW: Final = "/podium/v1/threads/{thread_id}/rollback/preview"


def scope_for(method: str, path: str) -> Scope:
    """What a request needs.

    Args:
        method: The HTTP method.
        path: The route's path, with its parameters in braces.
    """
    if path.startswith(_ADMIN):
        return "admin"
    if path in _DECISIONS and method != "GET":
        return "approve"
    if method in ("GET", "HEAD") or path == _ROLLBACK_PREVIEW:
        return "read"
    return "read" if method == "POST" and only_looks(path) else "write"


def only_looks(path: str) -> bool:
    """Whether a POST to a path changes nothing."""
    return path.endswith(_LOOKS)


def covers(scopes: AbstractSet[str], needed: Scope) -> bool:
    """Whether scopes are enough: admin is for everything, and whoever may write or approve may look."""
    return needed in scopes or "admin" in scopes or (needed == "read" and bool(scopes))


def check(scopes: AbstractSet[str], needed: Scope) -> None:
    """Refuse what scopes are not enough for.

    Raises:
        NotAllowed: They are not.
    """
    if not covers(scopes, needed):
        raise NotAllowed(
            f"the key is not good for this: it lacks the scope {needed!r}",
            hint=f"Use a key made with 'podium keys new NAME --scope {needed}'.",
        )
