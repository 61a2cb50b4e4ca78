"""JSON columns: values in, text out, and back."""

from __future__ import annotations

import json
from typing import Any


def dump(value: Any) -> str | None:
    """A value as JSON text for a column; None is stored as NULL."""
    if value is None:
        return None
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)


def load(text: str | None) -> Any:
    """What `dump` wrote."""
    return None if text is None else json.loads(text)
