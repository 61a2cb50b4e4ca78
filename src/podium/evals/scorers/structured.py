"""Scorers of an output that is JSON, and what differs between two JSON values."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from pydantic import Field

from podium.core.errors import ScorerError
from podium.core.late_imports import put_off_grammars
from podium.core.model import JsonObject, JsonValue
from podium.evals.case import Case
from podium.evals.observation import Observation
from podium.evals.score import Score, Scorer
from podium.evals.scorers.base import BuiltIn, Options, ScorerContext, answers_of, scored
from podium.evals.scorers.matchers import ABSENT, is_matcher, same

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator

MOST_SHOWN = 50


class Json(BuiltIn):
    """1 when the output is the expected JSON; matchers allowed. A text is read as JSON first."""

    partial: bool = False
    """Score the share of values that are as expected."""

    def __call__(self, case: Case, observed: Observation, /) -> Score | None:
        """The score."""
        right = answers_of(case)
        if not right:
            return None
        try:
            output = _json_of(observed.output)
        except ValueError as error:
            return scored(0.0, f"the output is no JSON: {error}")
        return max(
            (compared(_expected(answer), output, partial=self.partial) for answer in right),
            key=lambda found: found.value or 0.0,
        )


class JsonSchema(Options):
    """1 when the output fits a JSON Schema. Give `schema`, or a `file` relative to the suite."""

    schema_: JsonObject | bool | None = Field(default=None, alias="schema")
    file: str = ""

    def ready(self, context: ScorerContext) -> Scorer:
        """The scorer; a schema that is wrong is told here."""
        if (self.schema_ is None) == (not self.file):
            raise ScorerError("json_schema needs one of 'schema' and 'file'", hint="Give one of them.")
        schema = _read(context.folder / self.file) if self.schema_ is None else self.schema_
        validator = _validator(schema)
        return lambda _, observed: _fits(validator, observed)


def compared(expected: JsonValue, seen: JsonValue, *, partial: bool = False) -> Score:
    """A score of two JSON values with their differences in its details.

    Args:
        expected: JSON, matchers allowed.
        seen: JSON.
        partial: Score the share of values that are as expected, instead of all or nothing.
    """
    found = list(differences(expected, seen))
    if not found:
        return scored(1.0)
    held = max(0, _leaves(expected) - sum(1 for one in found if "expected" in one))
    shown: list[JsonValue] = [*found[:MOST_SHOWN]]
    reason = f"{len(found)} differences, the first at {found[0]['path']}"
    return scored(held / (held + len(found)) if partial else 0.0, reason, differences=shown)


def differences(expected: JsonValue, seen: Any, path: str = "$") -> Iterator[JsonObject]:
    """Where two JSON values differ, each with its path and both values; a key that is not there has none.

    Args:
        expected: JSON, matchers allowed.
        seen: JSON, or `ABSENT`.
        path: Of the value, JSONPath.
    """
    if same(expected, seen):
        return
    if isinstance(expected, dict) and isinstance(seen, dict) and not is_matcher(expected):
        for key in dict.fromkeys((*expected, *seen)):
            place = f"{path}.{key}"
            if key not in expected:
                yield {"path": place, "seen": seen[key]}
            else:
                yield from differences(expected[key], seen.get(key, ABSENT), place)
    elif isinstance(expected, list) and isinstance(seen, list):
        for at in range(max(len(expected), len(seen))):
            place = f"{path}[{at}]"
            if at >= len(expected):
                yield {"path": place, "seen": seen[at]}
            else:
                yield from differences(expected[at], seen[at] if at < len(seen) else ABSENT, place)
    elif seen is ABSENT:
        yield {"path": path, "expected": expected}
    else:
        yield {"path": path, "expected": expected, "seen": seen}


def _leaves(value: JsonValue) -> int:
    if isinstance(value, dict) and value and not is_matcher(value):
        return sum(_leaves(one) for one in value.values())
    if isinstance(value, list) and value:
        return sum(_leaves(one) for one in value)
    return 1


def _json_of(output: JsonValue) -> JsonValue:
    if not isinstance(output, str):
        return output
    found: JsonValue = json.loads(output, parse_constant=_no_constant)
    return found


def _expected(answer: JsonValue) -> JsonValue:
    """An expected text that is JSON, as JSON; any other text stands for itself."""
    try:
        return _json_of(answer)
    except ValueError:
        return answer


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _read(file: Path) -> JsonObject | bool:
    try:
        found: JsonObject | bool = json.loads(file.read_bytes())
    except OSError as error:
        raise ScorerError(f"{file} cannot be read: {error.strerror}", hint="Correct the path.") from None
    except ValueError as error:
        raise ScorerError(f"{file} is no JSON: {error}", hint="Mend the file.") from None
    return found


def _validator(schema: JsonObject | bool) -> Draft202012Validator:
    put_off_grammars()
    from jsonschema import Draft202012Validator, SchemaError
    from referencing import Registry

    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        raise ScorerError(f"json_schema: no schema: {error.message}", hint="Correct the schema.") from None
    registry: Registry[Any] = Registry()  # of nothing, so that no reference is fetched from anywhere
    return Draft202012Validator(schema, registry=registry)


def _fits(validator: Draft202012Validator, observed: Observation) -> Score:
    try:
        output = _json_of(observed.output)
    except ValueError as error:
        return scored(0.0, f"the output is no JSON: {error}")
    first = next(iter(sorted(validator.iter_errors(output), key=lambda one: one.json_path)), None)
    return scored(1.0) if first is None else scored(0.0, f"{first.json_path}: {first.message}"[:500])
