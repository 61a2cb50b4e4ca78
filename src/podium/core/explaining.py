"""What a user reads when a setting does not fit its schema."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError


def first_problem(error: ValidationError, model: type[BaseModel], hint: str) -> tuple[str, str]:
    """The first thing that is wrong, and what to do about it.

    Args:
        error: What pydantic found.
        model: The schema.
        hint: What to do where the schema has nothing better to say.

    Returns:
        What was expected, and a hint.
    """
    first = error.errors()[0]
    if first["type"] == "extra_forbidden":
        names = ", ".join(settings_at(model, first["loc"][:-1]))
        return "there is no such setting", f"There are: {names}." if names else hint
    if first["type"] == "missing":
        return "it is missing and has no default", hint
    found = "" if isinstance(first["input"], dict | list) else f", found {first['input']!r:.60}"
    return first["msg"].removeprefix("Value error, ") + found, hint


def settings_at(model: type[BaseModel], path: Sequence[str | int]) -> tuple[str, ...]:
    """The settings that a table of the schema has; none where it is no table.

    Args:
        model: The schema.
        path: From its root to the table.
    """
    here: Any = model
    for part in path:
        if isinstance(here, type) and issubclass(here, BaseModel):
            field = here.model_fields.get(str(part))
            here = field.annotation if field else None
        else:
            here = _inner(here)
    here = next((item for item in (here, *get_args(here)) if _is_model(item)), None)
    return tuple(here.model_fields) if here is not None else ()


def _inner(annotation: Any) -> Any:
    """What a mapping or a sequence holds."""
    arguments = [item for item in get_args(annotation) if item is not Ellipsis]
    return arguments[-1] if arguments and get_origin(annotation) is not None else None


def _is_model(item: object) -> bool:
    return isinstance(item, type) and issubclass(item, BaseModel)
