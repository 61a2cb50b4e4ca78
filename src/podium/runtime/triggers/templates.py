"""What a graph is given, with the parts of an event in their places."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from podium.core.errors import InputError

if TYPE_CHECKING:
    from podium.core.model import JsonValue

_PLACE: Final = re.compile(r"\{\{\s*([A-Za-z0-9_.-]{1,200})\s*\}\}")


def render(template: JsonValue, values: Mapping[str, JsonValue]) -> JsonValue:
    """A template with values in its places.

    A text that is one place alone becomes the value itself; in a longer text its words are put in.

    Args:
        template: JSON values.
        values: What places may name.

    Raises:
        InputError: There is nothing at a place.
    """
    if isinstance(template, str):
        whole = _PLACE.fullmatch(template.strip())
        if whole is not None:
            return part_of(values, whole[1])
        return _PLACE.sub(lambda place: text_of(part_of(values, place[1])), template)
    if isinstance(template, dict):
        return {name: render(value, values) for name, value in template.items()}
    if isinstance(template, list):
        return [render(value, values) for value in template]
    return template


def part_of(values: Mapping[str, JsonValue], path: str) -> JsonValue:
    """The part of an event at a path, such as `data.order.lines.0`.

    Raises:
        InputError: There is none.
    """
    found: JsonValue = dict(values)
    for name in path.split("."):
        if isinstance(found, dict) and name in found:
            found = found[name]
        elif isinstance(found, list) and name.isdecimal() and int(name[:9]) < len(found):
            found = found[int(name)]
        else:
            raise InputError(f"the event has no {path}", hint="The trigger needs it: see its settings.")
    return found


def text_of(value: JsonValue) -> str:
    """A value as words."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
