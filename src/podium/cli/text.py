"""Text made safe for a terminal: what documents, tools and models say may hold control sequences."""

from __future__ import annotations

import re
from typing import Final

from podium.core.plain_text import printable as printable

_SPACES: Final = re.compile(r"\s+")
SHORT: Final = 8
_UUID: Final = re.compile(r"\b([0-9a-f]{8})-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\b")
"""Random identifiers, as threads have them; those that begin with a time share their starts."""


def one_line(text: str, limit: int | None = None) -> str:
    """The text on one line.

    Args:
        text: Any text.
        limit: Characters at most; a longer text ends with an ellipsis.
    """
    line = _SPACES.sub(" ", printable(text)).strip()
    if limit is not None and len(line) > limit:
        return line[: limit - 1].rstrip() + "…"
    return line


def short(identifier: str) -> str:
    """The start of an identifier, enough to type."""
    return identifier[:SHORT]


def short_ids(text: str) -> str:
    """The text with random identifiers cut to the start that is enough to type."""
    return _UUID.sub(r"\1", text)
