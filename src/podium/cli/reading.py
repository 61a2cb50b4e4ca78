"""Reading what the user hands in: words and JSON."""

from __future__ import annotations

import json
import sys
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


def json_object(text: str, option: str) -> dict[str, Any]:
    """A JSON object given as an option.

    Raises:
        InputError: It is no JSON, or no object.
    """
    try:
        value = json.loads(text)
    except ValueError as error:
        raise InputError(
            f"{option} is not valid JSON: {error}", hint=f"""Such as {option} '{{"amount": 10}}'."""
        ) from None
    if not isinstance(value, dict):
        raise InputError(f"{option} must be a JSON object", hint=f"""Such as {option} '{{"amount": 10}}'.""")
    return value
