"""Reading what the user hands in: words and JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import Any

from podium.core.errors import InputError


def request_text(given: str | None) -> str:
    """The words of a request.

    Args:
        given: The argument; `-` or None reads standard input.

    Raises:
        InputError: Nothing is given, or it is no UTF-8.
    """
    if given is not None and given != "-":
        return given
    if given is None and sys.stdin.isatty():
        raise InputError("there is no question", hint="podium ask 'Your question', or pipe it in.")
    try:
        return sys.stdin.buffer.read().decode("utf-8").rstrip("\n")
    except UnicodeDecodeError as error:
        raise InputError(
            f"standard input is not valid UTF-8 (byte {error.start})", hint="Convert it: iconv -t utf-8."
        ) from None


def json_object(text: str, option: str, example: str = '{"amount": "10"}') -> dict[str, Any]:
    """A JSON object given as an option.

    Args:
        text: What was given.
        option: Where.
        example: What it might have been.

    Raises:
        InputError: It is no JSON, or no object.
    """
    quoted = f"'{example}'" if option.startswith("--") else example
    hint = f"Give names and values in braces, texts in double quotes, such as {option} {quoted}."
    try:
        value = json.loads(text)
    except ValueError as error:
        raise InputError(f"{option} is not valid JSON: {error}", hint=hint) from None
    if not isinstance(value, dict):
        raise InputError(f"{option} must be a JSON object, not {_kind(value)}", hint=hint)
    return value


def fitting_arguments(given: dict[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments that change, held against those that are there.

    Args:
        given: What was handed in.
        now: The arguments as they are; of an empty one the type is not known.

    Raises:
        InputError: One has another name or another type.
    """
    for name, value in given.items():
        if name not in now:
            raise InputError(f"there is no argument {name!r}", hint=f"There are: {', '.join(now) or 'none'}.")
        if value is not None and now[name] is not None and _kind(value) != _kind(now[name]):
            raise InputError(
                f"{name} must be {_kind(now[name])}, not {_kind(value)}",
                hint=f"It is now {json.dumps(now[name], ensure_ascii=False)}.",
            )
    return given


def _kind(value: Any) -> str:
    match value:
        case None:
            return "nothing"
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case str():
            return "a text in double quotes"
        case list():
            return "a list"
        case _:
            return "an object"
