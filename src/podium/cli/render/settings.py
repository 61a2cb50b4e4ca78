"""All settings as TOML, with the defaults marked."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

_CREDENTIALS: Final = re.compile(r"(?<=://)[^/@\s]+(?=@)")


def as_toml(values: Mapping[str, Any], given: Mapping[str, Any]) -> str:
    """The settings as TOML.

    Args:
        values: All of them.
        given: Those that the manifest sets itself.
    """
    return "\n".join(_table(values, given, ())).lstrip("\n") + "\n"


def _table(values: Mapping[str, Any], given: Mapping[str, Any], path: tuple[str, ...]) -> list[str]:
    lines = [] if not path else ["", f"[{'.'.join(path)}]"]
    for name, value in values.items():
        if not isinstance(value, Mapping):
            lines.append(_setting(name, value, is_default=name not in given))
    for name, value in values.items():
        if isinstance(value, Mapping):
            held = given.get(name)
            lines += _table(value, held if isinstance(held, Mapping) else {}, (*path, name))
    return lines


def _setting(name: str, value: Any, *, is_default: bool) -> str:
    mark = "  # default" if is_default else ""
    if value is None:
        return f"# {name} is not set"
    shown = _CREDENTIALS.sub("[secret]", value) if isinstance(value, str) else value
    return f"{name} = {json.dumps(shown, ensure_ascii=False)}{mark}"
