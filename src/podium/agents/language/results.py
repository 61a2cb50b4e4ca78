"""Reading values out of what earlier steps came to."""

from __future__ import annotations

from collections.abc import Mapping

from podium.agents.contracts import StepResult
from podium.core.model import JsonValue
from podium.core.plan import Step, StepReference


def referenced(step: Step, results: Mapping[str, StepResult]) -> tuple[dict[str, JsonValue], tuple[str, ...]]:
    """The arguments that a step takes from results, and the names of those that are not there."""
    found: dict[str, JsonValue] = {}
    absent: list[str] = []
    for name, reference in step.references.items():
        value = _look_up(reference, results)
        if value is None:
            absent.append(name)
        else:
            found[name] = value
    return found, tuple(absent)


def _look_up(reference: StepReference, results: Mapping[str, StepResult]) -> JsonValue:
    result = results.get(reference.step)
    for output in reversed(result.outputs) if result else ():
        if output.ok and (value := at_path(output.result, reference.path)) is not None:
            return value
    return None


def at_path(value: JsonValue, path: str) -> JsonValue:
    """The value at a dotted path; None where it leads nowhere."""
    for part in path.strip("$.").replace("[", ".").replace("]", "").split("."):
        match value:
            case dict():
                value = value.get(part)
            case list() if part.isdecimal() and int(part) < len(value):
                value = value[int(part)]
            case _:
                return None
    return value
