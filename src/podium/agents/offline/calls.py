"""Building the call of an act step: the plan's arguments, values out of results, where each is from."""

from __future__ import annotations

from collections.abc import Iterator
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

_LATEST = ("last", "latest", "newest", "most recent", "first")


@dataclass(frozen=True, slots=True)
class Built:
    """A call, or why there is none.

    Attributes:
        call: The call; None when something is missing.
        question: What to ask the user.
        missing: Arguments that are asked for.
        reasons: Codes or messages.
    """

    call: ToolCall | None = None
    question: str = ""
    missing: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()


def build_call(request: ExecuteRequest, tool: ToolSpec) -> Built:
    """The call that the step asks for."""
    args, wrong = valid_arguments(tool, request.step.args)
    if wrong:
        return Built(reasons=tuple(wrong))
    slots = {slot.name: slot for slot in slots_of(tool)}
    for name, reference in request.step.references.items():
        values = _found(reference, request)
        if len(values) > 1 and not any(word in request.step.instruction.lower() for word in _LATEST):
            question = question_for([slots[name]], "", {name: values}) if name in slots else ""
            return Built(question=question, missing=(name,), reasons=("ambiguous",))
        if values:
            args[name] = values[0]
    if lacking := missing_arguments(tool, args):
        asked = [slots[name] for name in lacking if name in slots]
        return Built(question=question_for(asked, ""), missing=lacking, reasons=("missing_argument",))
    args, wrong = valid_arguments(tool, args)
    if wrong:
        return Built(reasons=tuple(wrong))
    origin = {name: _origin(slots.get(name), value, request) for name, value in args.items()}
    return Built(ToolCall(tool=tool.name, args=args, provenance=origin, step=request.step.id))


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
