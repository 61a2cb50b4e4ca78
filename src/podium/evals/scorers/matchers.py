"""Expected JSON with matchers in it, compared with JSON that was seen.

A matcher is an object whose first key starts with `$`:

============================================  ==========================================================
`{"$any": true}`                              whatever is there, even null
`{"$regex": "^O-", "flags": "i"}`             a text that the pattern is found in
`{"$approx": 3.5, "tolerance": 0.01}`         a number within an absolute tolerance (default 1e-9)
`{"$in": [1, 2]}`, `{"$not": 1}`              one of these, themselves matchers or not; anything else
`{"$contains": "x"}`                          a text, list or object that holds it
`{"$ignore_case": "Yes"}`                     a text, but for case and outer space
`{"$gt": 1}`, `$gte`, `$lt`, `$lte`           a number on that side
`{"$type": "number"}`                         a JSON type by name
`{"$unordered": [1, 2]}`                      a list with these items in any order
`{"$subset": {"a": 1}}`                       an object with at least these entries
`{"$absent": true}`                           a key that is not there
============================================  ==========================================================
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeGuard

from podium.core.errors import ScorerError
from podium.core.model import JsonValue
from podium.evals.scorers.alignment import best_pairs

ABSENT = object()
"""Stands for a key that is not there."""

_EXTRAS: Mapping[str, frozenset[str]] = {
    "$regex": frozenset({"flags"}),
    "$approx": frozenset({"tolerance", "relative"}),
}


def same(expected: JsonValue, seen: object) -> bool:
    """Whether what was seen is what is expected.

    Numbers compare by value (1 and 1.0 are one), but true is not 1. Keys that `expected` has not are not
    allowed, unless `$subset` says so.

    Args:
        expected: JSON, with matchers anywhere in it.
        seen: JSON, or `ABSENT`.

    Raises:
        ScorerError: A matcher is unknown or written wrongly.
    """
    if isinstance(expected, dict):
        if is_matcher(expected):
            return _matches(next(iter(expected)), expected, seen)
        if not isinstance(seen, dict):
            return False
        return _keys(expected, seen, exact=True)
    if isinstance(expected, list):
        if not isinstance(seen, list) or len(expected) != len(seen):
            return False
        return all(same(one, other) for one, other in zip(expected, seen, strict=True))
    if isinstance(expected, bool) or isinstance(seen, bool):
        return expected is seen
    return seen is not ABSENT and type(expected) in _alike(seen) and expected == seen


def is_matcher(value: JsonValue) -> bool:
    """Whether a value is a matcher rather than plain JSON."""
    return isinstance(value, dict) and next(iter(value), "").startswith("$")


def near(seen: float, wanted: float, tolerance: float, relative: float) -> bool:
    """Whether a number is as good as another; at the very edge it is, whatever binary fractions make of it.

    Args:
        seen: A number.
        wanted: What it should be.
        tolerance: Absolute.
        relative: Share of what it should be.
    """
    slack = max(tolerance, relative * abs(wanted))
    return abs(seen - wanted) <= slack + 1e-12 * max(1.0, abs(seen), abs(wanted))


def check(expected: JsonValue) -> None:
    """Make sure that every matcher in it is known and written rightly.

    Raises:
        ScorerError: One is not; the message names it.
    """
    if isinstance(expected, dict):
        name = next(iter(expected), "")
        if name.startswith("$"):
            _matches(name, expected, None)
        for value in expected.values():
            check(value)
    if isinstance(expected, list):
        for value in expected:
            check(value)


def _alike(seen: object) -> tuple[type, ...]:
    return (int, float) if isinstance(seen, int | float) else (type(seen),)


def _keys(expected: Mapping[str, JsonValue], seen: Mapping[str, Any], *, exact: bool) -> bool:
    if exact and not seen.keys() <= expected.keys():
        return False
    return all(same(value, seen.get(key, ABSENT)) for key, value in expected.items())


def _matches(name: str, matcher: Mapping[str, JsonValue], seen: object) -> bool:
    match = _MATCHERS.get(name)
    if match is None:
        raise ScorerError(f"there is no matcher '{name}'", hint=f"There are: {', '.join(sorted(_MATCHERS))}.")
    extra = set(matcher) - {name} - _EXTRAS.get(name, frozenset())
    if extra:
        raise ScorerError(f"the matcher '{name}' has no setting '{min(extra)}'", hint="Leave it out.")
    return match(matcher[name], matcher, seen)


def _regex(pattern: JsonValue, matcher: Mapping[str, JsonValue], seen: object) -> bool:
    flags = re.IGNORECASE if "i" in str(matcher.get("flags", "")) else 0
    try:
        compiled = re.compile(_of(pattern, str, "$regex"), flags)
    except re.error as error:
        raise ScorerError(
            f"the matcher '$regex' has no regular expression: {error}", hint="Mend it."
        ) from None
    return isinstance(seen, str) and compiled.search(seen) is not None


def _approx(wanted: JsonValue, matcher: Mapping[str, JsonValue], seen: object) -> bool:
    number = _number(wanted, "$approx")
    tolerance = _number(matcher.get("tolerance", 1e-9), "$approx")
    relative = _number(matcher.get("relative", 0.0), "$approx")
    return _is_number(seen) and near(float(seen), number, tolerance, relative)


def _contains(wanted: JsonValue, _: Mapping[str, JsonValue], seen: object) -> bool:
    if isinstance(seen, str):
        return isinstance(wanted, str) and wanted in seen
    if isinstance(seen, list):
        return any(same(wanted, item) for item in seen)
    if isinstance(seen, dict):
        return _keys(wanted, seen, exact=False) if isinstance(wanted, dict) else wanted in seen
    return False


def _unordered(wanted: JsonValue, _: Mapping[str, JsonValue], seen: object) -> bool:
    items = _of(wanted, list, "$unordered")
    if not isinstance(seen, list) or len(seen) != len(items):
        return False
    gains = [[float(same(one, other)) for other in seen] for one in items]
    return len(best_pairs(gains)) == len(items)


def _subset(wanted: JsonValue, _: Mapping[str, JsonValue], seen: object) -> bool:
    return isinstance(seen, dict) and _keys(_of(wanted, dict, "$subset"), seen, exact=False)


def _type(wanted: JsonValue, _: Mapping[str, JsonValue], seen: object) -> bool:
    kinds = {"string": str, "list": list, "array": list, "object": dict, "boolean": bool, "null": type(None)}
    name = _of(wanted, str, "$type")
    if name in ("number", "integer"):
        return _is_number(seen) and (name == "number" or float(seen).is_integer())
    if name not in kinds:
        raise ScorerError(
            f"the matcher '$type' knows no '{name}'", hint=f"There are: {', '.join(kinds)}, number."
        )
    return isinstance(seen, kinds[name])


def _folded(wanted: JsonValue, _: Mapping[str, JsonValue], seen: object) -> bool:
    text = _of(wanted, str, "$ignore_case")
    return isinstance(seen, str) and seen.strip().casefold() == text.strip().casefold()


def _side(name: str, holds: Callable[[float, float], bool]) -> Matcher:
    def compare(wanted: JsonValue, _: Mapping[str, JsonValue], seen: object) -> bool:
        bound = _number(wanted, name)
        return _is_number(seen) and holds(float(seen), bound)

    return compare


def _is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _number(value: JsonValue, matcher: str) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise ScorerError(f"the matcher '{matcher}' needs a number, found {value!r}", hint="Write a number.")
    return float(value)


def _of(value: JsonValue, kind: type[Any], matcher: str) -> Any:
    if not isinstance(value, kind):
        raise ScorerError(
            f"the matcher '{matcher}' needs a {kind.__name__}, found {value!r}", hint="Correct the case."
        )
    return value


Matcher = Callable[[JsonValue, Mapping[str, JsonValue], object], bool]

_MATCHERS: Mapping[str, Matcher] = {
    "$any": lambda wanted, _, seen: seen is not ABSENT if wanted else seen is ABSENT,
    "$absent": lambda wanted, _, seen: (seen is ABSENT) is bool(wanted),
    "$regex": _regex,
    "$approx": _approx,
    "$in": lambda wanted, _, seen: any(same(item, seen) for item in _of(wanted, list, "$in")),
    "$not": lambda wanted, _, seen: not same(wanted, seen),
    "$contains": _contains,
    "$ignore_case": _folded,
    "$gt": _side("$gt", lambda seen, bound: seen > bound),
    "$gte": _side("$gte", lambda seen, bound: seen >= bound),
    "$lt": _side("$lt", lambda seen, bound: seen < bound),
    "$lte": _side("$lte", lambda seen, bound: seen <= bound),
    "$type": _type,
    "$unordered": _unordered,
    "$subset": _subset,
}
