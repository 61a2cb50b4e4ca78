"""What built-in scorers share: options that are checked, and the texts and answers they compare."""

from __future__ import annotations

import json

from podium.core.model import JsonObject, JsonValue, Model
from podium.evals.case import Case
from podium.evals.observation import Observation
from podium.evals.score import Score


class BuiltIn(Model):
    """A scorer with options; an option that does not exist is an error."""

    def __call__(self, case: Case, observed: Observation, /) -> Score | float | None:
        """The judgement; None where the case expects nothing of the kind."""
        raise NotImplementedError


def answers_of(case: Case) -> tuple[JsonValue, ...]:
    """Every answer that is right; empty when the case names none."""
    first = () if case.expected.answer is None else (case.expected.answer,)
    return (*first, *case.expected.answers)


def text_of(value: JsonValue) -> str:
    """A value as text: a text itself, anything else as JSON."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)


def scored(value: float, reason: str = "", **details: JsonValue) -> Score:
    """A score whose name its suite gives."""
    found: JsonObject = details
    return Score(name="", value=value, reason=reason, details=found)
