from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from podium.core.errors import ScorerError
from podium.core.model import JsonObject
from podium.evals.case import Case, Expected
from podium.evals.observation import Observation
from podium.evals.score import Score
from podium.evals.scorers.base import ScorerContext
from podium.evals.scorers.registry import resolve
from podium.evals.scorers.structured import Json, compared


def score(scorer: Any, output: Any, answer: Any = None) -> Score | None:
    found = scorer(Case(id="c", input="x", expected=Expected(answer=answer)), Observation(output=output))
    assert found is None or isinstance(found, Score)
    return found


def test_text_is_read_as_json() -> None:
    found = score(Json(), '{"a": [1, 2.0]}', {"a": [1.0, 2]})
    assert found is not None
    assert found.value == 1.0


@pytest.mark.parametrize("output", ["no json", "NaN", '{"a": 1'])
def test_what_is_no_json_is_wrong_and_says_so(output: str) -> None:
    found = score(Json(), output, {"a": 1})
    assert found is not None
    assert found.value == 0.0
    assert "no JSON" in found.reason


def test_differences_are_named_by_their_paths() -> None:
    expected: JsonObject = {"order": {"state": "refunded", "lines": [1, 2]}, "gone": 1}
    found = compared(expected, {"order": {"state": "open", "lines": [1, 2, 3]}, "new": 2})
    assert found.value == 0.0
    assert found.details["differences"] == [
        {"path": "$.order.state", "expected": "refunded", "seen": "open"},
        {"path": "$.order.lines[2]", "seen": 3},
        {"path": "$.gone", "expected": 1},
        {"path": "$.new", "seen": 2},
    ]


def test_partial_credit_is_the_share_of_values_as_expected() -> None:
    assert compared({"a": 1, "b": 2}, {"a": 1, "b": 3}, partial=True).value == 0.5
    assert compared({"a": 1, "b": 2}, {"a": 1, "b": 2, "c": 3}, partial=True).value == pytest.approx(2 / 3)
    assert compared({"a": 1}, {}, partial=True).value == 0.0
    assert compared({}, {}, partial=True).value == 1.0
    assert compared({}, {"a": 1}, partial=True).value == pytest.approx(0.5)


SCHEMA: JsonObject = {
    "type": "object",
    "required": ["total"],
    "properties": {"total": {"type": "number", "minimum": 0}},
}


@pytest.mark.parametrize(
    ("output", "value", "said"),
    [
        ({"total": 3}, 1.0, ""),
        ('{"total": 3}', 1.0, ""),
        ({"total": -3}, 0.0, "$.total"),
        ({}, 0.0, "required"),
        ("free text", 0.0, "no JSON"),
    ],
)
def test_a_schema_is_held_against_the_output(tmp_path: Path, output: Any, value: float, said: str) -> None:
    (tmp_path / "schema.json").write_text(json.dumps(SCHEMA))
    sources: list[JsonObject] = [{"schema": SCHEMA}, {"file": "schema.json"}]
    for options in sources:
        found = score(resolve("json_schema", options, ScorerContext(tmp_path)), output)
        assert found is not None
        assert found.value == value
        assert said in found.reason


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, "one of"),
        ({"schema": {}, "file": "x"}, "one of"),
        ({"schema": {"type": "objekt"}}, "no schema"),
        ({"file": "missing.json"}, "cannot be read"),
        ({"file": "broken.json"}, "no JSON"),
    ],
)
def test_a_wrong_schema_is_told_before_anything_runs(tmp_path: Path, options: Any, said: str) -> None:
    (tmp_path / "broken.json").write_text("{")
    with pytest.raises(ScorerError, match=said):
        resolve("json_schema", options, ScorerContext(tmp_path))
