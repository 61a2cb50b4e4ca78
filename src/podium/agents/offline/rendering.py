"""What a tool returned, told in short labelled lines."""

from __future__ import annotations

import re
from collections.abc import Mapping

from podium.core.model import JsonValue

MOST_LINES = 30
MOST_TEXT = 400
MOST_INLINE = 3
"""Facts about one thing that stand in one line; more get a line each."""

_ID = re.compile(r"(?:^|_|(?<=[a-z]))(?:id|Id|ID|sku|code|number)$")
_STATE = re.compile(r"^(?:status|state)$")
_PLAIN = re.compile(r"(?:^|_)(?:name|title|status|state|event)$")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ].*)?$")


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
            return _list(value, title)
        case _:
            return [f"{_capital(title)}: {_leaf(value, title)}" if title else _leaf(value, title)]


def _list(value: list[JsonValue], title: str) -> list[str]:
    if not value:
        return [f"{_capital(title)}: none" if title else "Nothing was found."]
    if all(not isinstance(item, dict | list) for item in value):
        shown = ", ".join(_leaf(item, title) for item in value)
        return [f"{_capital(title)}: {shown}" if title else shown]
    lines = [f"{_capital(title)}:"] if title else []
    for item in value:
        told = _row(item) if isinstance(item, dict) else _lines(item, "")
        first, *rest = told or ["nothing"]
        lines += [f"- {first}", *(f"  {line}" for line in rest)]
    return lines


def _object(value: Mapping[str, JsonValue], title: str) -> list[str]:
    """A head such as `Order O-1: shipped`, its facts, and what lies deeper."""
    facts = _facts(value)
    head, state = _head(facts), next((key for key in facts if _STATE.match(key)), "")
    named = f"{_capital(label(head))} {_leaf(facts[head], head)}" if head else _capital(title)
    told = [_leaf(facts[state], state)] if state and named else []
    others = [key for key in facts if key != head and not (told and key == state)]
    lines = []
    if len(others) <= MOST_INLINE:
        said = ", ".join([*told, *(_phrase(facts[key], key) for key in others)])
        lines = [": ".join(part for part in (named, said if named else _capital(said)) if part)]
    else:
        lines = [": ".join([named, *told])] if named else []
        lines += [_line(facts[key], key) for key in others]
    deeper = [
        line
        for key, item in value.items()
        if isinstance(item, dict | list)
        for line in _lines(item, label(key))
    ]
    return [line for line in (*lines, *deeper) if line]


def _row(value: Mapping[str, JsonValue]) -> list[str]:
    """One thing of a list in one line: what needs no label has none."""
    facts = _facts(value)
    first = next(iter(facts), "")
    lead = _ID.search(first) or _DATE.match(str(facts.get(first)))
    head = _leaf(facts[first], first) if first and lead else ""
    rest = ", ".join(_short(item, key) for key, item in facts.items() if not (head and key == first))
    deeper = [
        line
        for key, item in value.items()
        if isinstance(item, dict | list)
        for line in _lines(item, label(key))
    ]
    line = ": ".join(part for part in (head, rest) if part)
    return [line, *deeper] if line else deeper


def _facts(value: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """What is said of a thing itself: nothing empty, and no yes that another fact already says."""
    plain = {
        key: item
        for key, item in value.items()
        if not isinstance(item, dict | list) and item is not None and item != ""
    }
    said = {item.casefold() for item in plain.values() if isinstance(item, str)}
    return {key: item for key, item in plain.items() if not (item is True and label(key) in said)}


def _head(facts: Mapping[str, JsonValue]) -> str:
    first = next(iter(facts), "")
    return first if _ID.search(first) else ""


def _line(value: JsonValue, key: str) -> str:
    return (
        _capital(_phrase(value, key))
        if isinstance(value, bool)
        else f"{_capital(label(key))}: {_leaf(value, key)}"
    )


def _phrase(value: JsonValue, key: str) -> str:
    if isinstance(value, bool):
        return label(key) if value else f"not {label(key)}"
    return f"{label(key)} {_leaf(value, key)}"


def _short(value: JsonValue, key: str) -> str:
    bare = isinstance(value, str) and (_PLAIN.search(key) or not re.search(r"\d", value))
    return _leaf(value, key) if bare else _phrase(value, key)


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


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
