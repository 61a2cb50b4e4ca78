"""What a tool returned, as plain lines."""

from __future__ import annotations

import re

from podium.core.model import JsonValue

MOST_LINES = 30
MOST_TEXT = 400
_ID = re.compile(r"(?:^|_)(?:id|sku|code|number|name)$", re.IGNORECASE)


def render(value: JsonValue) -> list[str]:
    """Lines for people that say what a JSON value holds; nothing in them is added.

    Args:
        value: What a tool returned.
    """
    lines = _lines(value, "")
    if len(lines) > MOST_LINES:
        left = len(lines) - MOST_LINES
        lines = [*lines[:MOST_LINES], f"({left} more)"]
    return lines


def label(key: str) -> str:
    """A key as words: `placed_on` and `placedOn` become `placed on`."""
    plain = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", key).replace("_", " ").strip().lower()
    return re.sub(r"\s(?:id|cents)$", "", plain) or plain


def _lines(value: JsonValue, title: str) -> list[str]:
    match value:
        case dict():
            return _object(value, title)
        case list():
            if not value:
                return [f"{title}: none" if title else "Nothing was found."]
            if all(not isinstance(item, dict | list) for item in value):
                shown = ", ".join(_leaf(item, title) for item in value)
                return [f"{title}: {shown}" if title else shown]
            lines = [f"{title}:"] if title else []
            for item in value:
                first, *rest = _lines(item, "") or [""]
                lines += [f"- {first}", *(f"  {line}" for line in rest)]
            return lines
        case _:
            return [f"{title}: {_leaf(value, title)}" if title else _leaf(value, title)]


def _object(value: dict[str, JsonValue], title: str) -> list[str]:
    plain = {key: item for key, item in value.items() if not isinstance(item, dict | list)}
    nested = {key: item for key, item in value.items() if isinstance(item, dict | list)}
    shown = [
        f"{label(key)} {_leaf(item, key)}" for key, item in plain.items() if item is not None and item != ""
    ]
    lines = []
    if shown:
        head = ""
        first = next(iter(plain))
        if _ID.search(first) and plain[first]:
            head, shown = shown[0] + (": " if len(shown) > 1 else ""), shown[1:]
        line = head + ", ".join(shown)
        lines.append(f"{title}: {line}" if title else line)
    elif title and not nested:
        lines.append(f"{title}: none")
    for key, item in nested.items():
        lines += _lines(item, label(key))
    return lines


def _leaf(value: JsonValue, key: str) -> str:
    match value:
        case None:
            return "none"
        case bool():
            return "yes" if value else "no"
        case int() if key.endswith("cents"):
            return f"{value / 100:.2f}"
        case str():
            return " ".join(value.split())[:MOST_TEXT]
        case _:
            return str(value)
