"""Telling what is wrong with a suite or a case, with file, line and what was probably meant."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from pydantic import BaseModel, ValidationError

from podium.core.explaining import first_problem


def explained(error: ValidationError, model: type[BaseModel]) -> tuple[tuple[str | int, ...], str, str]:
    """The problem that says most: a misspelt name goes before what is missing for it.

    Args:
        error: What pydantic found.
        model: The schema.

    Returns:
        Where it is, what is wrong, and a hint.
    """
    found = error.errors()
    at = next((place for place, one in enumerate(found) if one["type"] == "extra_forbidden"), 0)
    message, hint = first_problem(error, model, "Mend it.", at=at)
    return found[at]["loc"], message, hint


def strict_json(text: str | bytes) -> Any:
    """A JSON value in which every number is finite.

    Raises:
        ValueError: It is no JSON, or holds NaN or a number beyond the range of floats.
    """
    return json.loads(text, parse_constant=_not_finite, parse_float=_finite)


def strict_decoder() -> json.JSONDecoder:
    """A decoder that takes finite numbers only, as `strict_json` does."""
    return json.JSONDecoder(parse_constant=_not_finite, parse_float=_finite)


def _not_finite(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def _finite(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise ValueError(f"{text} is beyond the range of numbers")
    return number
