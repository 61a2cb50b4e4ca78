"""Taking secrets out of what is logged, recorded or shown in an error."""

from __future__ import annotations

import re
from typing import overload

from podium.core.model import JsonValue
from podium.guardrails.finding import CheckContext, apply_fixes
from podium.guardrails.validators.secrets import secrets

_MASK = "[secret]"
_SECRET_KEY = re.compile(
    r"(?i)^(?:.*[_-])?(?:password|passwd|passphrase|secret|api[_-]?key|access[_-]?token|refresh[_-]?token|auth[_-]?token"
    r"|private[_-]?key|authorization|cookie|set-cookie|credentials?)$"
)
_CONTEXT = CheckContext(stage="output")


@overload
def redact(value: str) -> str: ...
@overload
def redact(value: JsonValue) -> JsonValue: ...
def redact(value: JsonValue) -> JsonValue:
    """The value with `[secret]` in place of every credential, at any depth.

    Credentials are recognised by their form, and by the name of the field that holds them.

    Args:
        value: Text or JSON.
    """
    match value:
        case str():
            return apply_fixes(value, secrets(value, _CONTEXT)) or ""
        case list():
            return [redact(item) for item in value]
        case dict():
            return {redact(key): _field(key, item) for key, item in value.items()}
        case _:
            return value


def _field(key: str, item: JsonValue) -> JsonValue:
    if isinstance(item, str) and item and _SECRET_KEY.match(key):
        return _MASK
    return redact(item)
