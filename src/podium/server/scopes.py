"""What a key must be good for, by route: one table for the whole server."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from podium.core.errors import NotAllowed
from podium.storage.api_keys import granted

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from podium.storage.api_keys import Scope

OPEN: Final = frozenset({"/", "/ok", "/ready", "/info", "/ui", "/docs", "/openapi.json"})
"""What anybody may ask."""
_PAGES: Final = ("/ui/", "/docs/")
"""Under which lie files that anybody's browser may have."""
UNKEPT: Final = "/podium/v1/keys"
"""Whose answers nobody may keep: an API key is told once."""
_ADMIN: Final = re.compile(
    r"/podium/v1/(audit|config|evaluations|keys|models"
    r"|knowledge/ingest|knowledge/collections/[^/]+/documents)(/|$)"
)
_READABLE: Final = re.compile(r"/podium/v1/knowledge/collections/")
"""What is for admins to change, and for others to look at."""
_DECISIONS: Final = re.compile(
    r"/podium/v1/(reconcile"
    r"|threads/[^/]+/(interrupts/[^/]+/(assignment|decision|preview)|effects/[^/]+/resolution|rollback))"
)
"""What settles an action: whether it is done, whether it was, and taking it back, which acts outside too."""
_LOOKS: Final = re.compile(
    r".*/(search|count|history|versions|namespaces|state/checkpoint)"
    r"|/podium/v1/(threads/[^/]+/(rollback|interrupts/[^/]+)/preview|decisions/what-if)"
)
"""The paths of POST requests that only look."""


def scope_for(method: str, path: str) -> Scope:
    """What a request needs.

    Args:
        method: The HTTP method.
        path: The path that is asked for, or a route's with its parameters in braces.
    """
    looks = method in ("GET", "HEAD")
    if _ADMIN.match(path) and not (looks and _READABLE.match(path)):
        return "admin"
    if _DECISIONS.fullmatch(path) and not looks:
        return "approve"
    if looks:
        return "read"
    return "read" if method == "POST" and only_looks(path) else "write"


def is_open(path: str) -> bool:
    """Whether anybody may ask for a path, as often as they like."""
    return path in OPEN or path.startswith(_PAGES)


def only_looks(path: str) -> bool:
    """Whether a POST to a path changes nothing."""
    return _LOOKS.fullmatch(path) is not None


def covers(words: AbstractSet[str], needed: Scope) -> bool:
    """Whether roles and scopes are enough: admin is for all, and whoever may write or approve may look."""
    scopes = granted(words)
    return needed in scopes or "admin" in scopes or (needed == "read" and bool(scopes))


def check(words: AbstractSet[str], needed: Scope) -> None:
    """Refuse what roles and scopes are not enough for.

    Raises:
        NotAllowed: They are not.
    """
    if not covers(words, needed):
        raise NotAllowed(
            f"the key is not good for this: it lacks the scope {needed!r}",
            hint=f"Use a key made with 'podium keys new NAME --scope {needed}'.",
        )
