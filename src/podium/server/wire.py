"""What goes over the wire: the base of request bodies, and answers in JSON."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from podium.core.model import JsonObject, JsonValue, Model
from podium.runtime.serving.encoding import encode

__all__ = ["Body", "JsonObject", "JsonResponse", "JsonValue"]


class Body(Model):
    """A request body: a field that nobody knows is refused with its name, never dropped."""


class JsonResponse(Response):
    """An answer of any values that graphs hold.

    Args:
        content: The values.
        status_code: The HTTP status.
        headers: Further headers.
    """

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        """The values as JSON bytes."""
        return encode(content)


def page_headers(total: int, offset: int, shown: int) -> dict[str, str]:
    """The headers that tell of a list's length and of where its next page begins."""
    headers = {"X-Pagination-Total": str(total)}
    if shown and offset + shown < total:
        headers["X-Pagination-Next"] = str(offset + shown)
    return headers
