"""Building the call of an act step: the plan's arguments, values out of results, where each is from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from podium.agents.contracts import ExecuteRequest
from podium.agents.language.arguments import missing_arguments, valid_arguments
from podium.agents.language.provenance import trace, user_words
from podium.agents.language.results import at_path
from podium.agents.offline.schema import Slot, slots_of
from podium.agents.offline.slots import candidates, question_for
from podium.core.evidence import Provenance
from podium.core.model import JsonValue
from podium.core.plan import StepReference
from podium.core.tool import ToolCall, ToolSpec

EACH = "*."
"""A reference whose path begins so stands for each of the values under that name, a call for each."""

MOST_CALLS = 8
"""Calls of one step."""

NONE_FOUND = "there is nothing of that kind"

_LATEST = ("last", "latest", "newest", "most recent", "first")


@dataclass(frozen=True, slots=True)
class Built:
    """A call, or why there is none.

    Attributes:
        calls: The calls; none when something is missing, several when the step is for each of some things.
        question: What to ask the user.
        missing: Arguments that are asked for.
        reasons: Codes or messages.
    """

    calls: tuple[ToolCall, ...] = ()
    question: str = ""
    missing: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()


def build_call(request: ExecuteRequest, tool: ToolSpec) -> Built:
    """The call that the step asks for."""
    args, wrong = valid_arguments(tool, request.step.args)
    if wrong:
        return Built(reasons=tuple(wrong))
    slots = {slot.name: slot for slot in slots_of(tool)}
    each: dict[str, list[JsonValue]] = {}
    for name, reference in request.step.references.items():
        values = _found(reference, request)
        if reference.path.startswith(EACH):
            each[name] = values
            if values:
                args[name] = values[0]
            continue
        if len(values) > 1 and not any(word in request.step.instruction.lower() for word in _LATEST):
            question = question_for([slots[name]], "", {name: values}) if name in slots else ""
            return Built(question=question, missing=(name,), reasons=("ambiguous",))
        if values:
            args[name] = values[0]
    if any(not values for values in each.values()):
        return Built(reasons=(NONE_FOUND,))
    if any(len(values) > MOST_CALLS for values in each.values()):
        return _too_many(each, slots)
    if lacking := missing_arguments(tool, args):
        asked = [slots[name] for name in lacking if name in slots]
        return Built(question=question_for(asked, ""), missing=lacking, reasons=("missing_argument",))
    calls: list[ToolCall] = []
    for given in _for_each(args, each):
        valid, wrong = valid_arguments(tool, given)
        if wrong:
            return Built(reasons=tuple(wrong))
        origin = {name: _origin(slots.get(name), value, request) for name, value in valid.items()}
        calls.append(ToolCall(tool=tool.name, args=valid, provenance=origin, step=request.step.id))
    return Built(tuple(calls))


def _for_each(
    args: dict[str, JsonValue], each: Mapping[str, list[JsonValue]]
) -> Iterator[dict[str, JsonValue]]:
    """The arguments of each call: as they are, or with one value after the other."""
    if not each:
        yield args
    for name, values in each.items():
        yield from ({**args, name: value} for value in values)


def _too_many(each: Mapping[str, list[JsonValue]], slots: Mapping[str, Slot]) -> Built:
    """Ask which are meant: more than a person can look at one by one are not proposed at once."""
    name, values = max(each.items(), key=lambda item: len(item[1]))
    asked = question_for([slots[name]], "") if name in slots else ""
    lead = f"These are {len(values)}, and I do at most {MOST_CALLS} at once. "
    return Built(question=lead + asked, missing=(name,), reasons=("ambiguous",))


def _origin(slot: Slot | None, value: JsonValue, request: ExecuteRequest) -> Provenance:
    """The user when the value can be read out of the user's own words, as the schema says."""
    if slot is not None:
        for said in user_words(request):
            if any(found == value for found, _ in candidates(slot, said)):
                return Provenance(origin="user", trust="trusted")
    return trace(value, request)


def _found(reference: StepReference, request: ExecuteRequest) -> list[JsonValue]:
    """The values that a reference leads to: at its path, or under that name anywhere in the result."""
    result = request.results.get(reference.step)
    for output in reversed(result.outputs) if result else ():
        if not output.ok:
            continue
        value = at_path(output.result, reference.path)
        if value is not None and not isinstance(value, dict | list):
            return [value]
        named = reference.path.rsplit(".", 1)[-1]
        if values := dict.fromkeys(_under(output.result, named)):
            return [*values]
    return []


def _under(value: JsonValue, name: str) -> Iterator[str | int | float | bool]:
    match value:
        case dict():
            for key, item in value.items():
                if key == name and isinstance(item, str | int | float):
                    yield item
                else:
                    yield from _under(item, name)
        case list():
            for item in value:
                yield from _under(item, name)
        case _:
            return
