"""Which rows hold given JSON values: conditions on a JSON column, as LangGraph's servers filter metadata."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from podium.core.model import JsonValue
from podium.storage.json_text import dump_some

_BOOLEANS = {True: "true", False: "false"}


def holding(column: str, wanted: Mapping[str, Any]) -> tuple[list[str], list[Any]]:
    """Conditions that hold where a JSON object has all of these values; objects in it may have more.

    Args:
        column: Names the JSON column; never a user's text.
        wanted: Values by key.

    Returns:
        The conditions, to be joined by AND, and what is bound to their places.
    """
    return _holding(column, wanted, 0)


def contains(held: JsonValue, wanted: JsonValue) -> bool:
    """Whether JSON values have all that is wanted; objects may have more, lists may not.

    Args:
        held: What there is.
        wanted: What has to be in it.
    """
    if isinstance(wanted, Mapping):
        return isinstance(held, Mapping) and all(
            name in held and contains(held[name], value) for name, value in wanted.items()
        )
    if isinstance(wanted, list):
        return isinstance(held, list) and dump_some(held) == dump_some(wanted)
    if isinstance(wanted, bool) or isinstance(held, bool):  # JSON's true is not its 1
        return held is wanted
    return held == wanted


def _holding(column: str, wanted: Mapping[str, Any], depth: int) -> tuple[list[str], list[Any]]:
    terms: list[str] = []
    values: list[Any] = []
    for key, value in wanted.items():
        name = f"held{depth}"
        condition, bound = _one(name, value, depth)
        found = f"SELECT 1 FROM json_each({column}) AS {name} WHERE {name}.key=?"  # noqa: S608  # our names
        terms.append(f"EXISTS ({found} AND {condition})")
        values += [key, *bound]
    return terms, values


def _one(name: str, value: Any, depth: int) -> tuple[str, list[Any]]:
    """The condition on one value, by its kind: JSON's true is not its 1."""
    if value is None:
        return f"{name}.type='null'", []
    if isinstance(value, bool):
        return f"{name}.type=?", [_BOOLEANS[value]]
    if isinstance(value, int | float):
        return f"{name}.type IN ('integer', 'real') AND {name}.atom=?", [_bound(value)]
    if isinstance(value, str):
        return f"{name}.type='text' AND {name}.atom=?", [value]
    if isinstance(value, Mapping):
        terms, values = _holding(f"{name}.value", value, depth + 1)
        return " AND ".join([f"{name}.type='object'", *terms]), values
    return f"{name}.type='array' AND {name}.value=?", [dump_some(value)]


def _bound(number: float) -> float:
    """A number as SQLite compares it: an integer beyond its own is a real."""
    return number if isinstance(number, float) or -(2**63) <= number < 2**63 else float(number)
