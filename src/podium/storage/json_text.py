"""JSON columns: values in, text out, and back."""

from __future__ import annotations

import json
from typing import Any


def dump(value: Any) -> str | None:
    """A value as JSON text for a column; None is stored as NULL."""
    return None if value is None else dump_some(value)


def dump_some(value: Any) -> str:
    """A value as JSON text, readable in any SQLite client."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)
    try:
        text.encode()
    except UnicodeEncodeError:  # half a character, as from a terminal in another encoding: keep it escaped
        return json.dumps(value, separators=(",", ":"), default=str)
    return text


def load(text: str | None) -> Any:
    """What `dump` wrote."""
    return None if text is None else json.loads(text)
