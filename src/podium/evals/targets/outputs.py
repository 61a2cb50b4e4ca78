"""Turning what a target gave into what is observed, as JSON that can be stored."""

from __future__ import annotations

import json
from typing import Any

from podium.core.errors import InputError
from podium.evals.observation import Observation


def observation_of(given: object) -> Observation:
    """What a function or graph returned, as an observation.

    Args:
        given: An observation, or an output: JSON values, messages, models, dataclasses.

    Raises:
        InputError: It cannot be stored, or holds NaN.
    """
    return given if isinstance(given, Observation) else Observation(output=plain(given))


def plain(value: object) -> Any:
    """The value as JSON.

    Raises:
        InputError: It cannot be stored, or holds a number that is not finite.
    """
    if value is None or isinstance(value, str | bool):
        return value
    from pydantic_core import PydanticSerializationError, to_jsonable_python

    try:
        made = to_jsonable_python(value, inf_nan_mode="constants")
        json.dumps(made, allow_nan=False)
    except (PydanticSerializationError, ValueError, TypeError, RecursionError) as error:
        raise InputError(
            f"the target gave what cannot be stored: {error}",
            hint="Return texts, finite numbers, lists, objects.",
        ) from None
    return made
