"""Keeping keys out of every text that leaves."""

from __future__ import annotations

import re
from collections.abc import Iterable

HIDDEN = "[hidden]"

_KEY_SHAPES = re.compile(
    r"\b(?:sk|pk|rk)-[A-Za-z0-9_*.-]{6,}|\bBearer\s+\S+|(?<=api[_-]key[=:])\s*\S+", re.IGNORECASE
)
_CLIP = 240


def scrub(text: str, secrets: Iterable[str] = ()) -> str:
    """The text without the given secrets and without whatever looks like a key."""
    for secret in secrets:
        if secret:
            text = text.replace(secret, HIDDEN)
    return _KEY_SHAPES.sub(HIDDEN, text)


def one_line(text: str, secrets: Iterable[str] = ()) -> str:
    """The text as one short line fit for an error message."""
    line = " ".join(scrub(text, secrets).split())
    return line if len(line) <= _CLIP else line[: _CLIP - 1] + "…"
