"""Where the value of an argument came from, found out by us and never asked of a model.

The user's own words come first, then what an event said that began the work, then whole values in outputs of
tools, then text that tools and documents carry; a value found nowhere was made up by the model.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from podium.agents.contracts import ExecuteRequest, StepResult, ToolOutput
from podium.core.evidence import Provenance, Trust
from podium.core.model import JsonValue
from podium.core.tool import ToolCall

_NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?![\w])")
_RANK: dict[Trust, int] = {"untrusted": 0, "internal": 1, "trusted": 2}


def traced_call(tool: str, args: dict[str, JsonValue], request: ExecuteRequest) -> ToolCall:
    """The call with the provenance of each argument."""
    origin = {name: trace(value, request) for name, value in args.items()}
    return ToolCall(tool=tool, args=args, provenance=origin, step=request.step.id)


def trace(value: JsonValue, request: ExecuteRequest) -> Provenance:
    """Where a value came from; of a list or object, the least trusted of its parts."""
    match value:
        case dict():
            parts = [trace(item, request) for item in value.values()]
        case list():
            parts = [trace(item, request) for item in value]
        case _:
            return _of_leaf(value, request)
    made_up = Provenance(origin="model", trust="untrusted")
    return min(parts, key=lambda part: _RANK[part.trust], default=made_up)


def _of_leaf(value: JsonValue, request: ExecuteRequest) -> Provenance:
    if any(mentions(text, value) for text in user_words(request)):
        return Provenance(origin="user", trust="trusted")
    if any(mentions(text, value) for text in _event_words(request)):
        # Before what tools gave: they were asked about what the event names.
        return request.event or Provenance(origin="event", trust="untrusted")
    outputs = list(outputs_of(request.outputs, request.results))
    for output in outputs:
        if any(_same(leaf, value) for leaf in leaves(output.result)):
            return Provenance(origin="tool", source=output.call.tool, trust="internal")
    for output in outputs:
        if any(isinstance(leaf, str) and mentions(leaf, value) for leaf in leaves(output.result)):
            # A piece of a longer text that a tool returned may be a stranger's words.
            return Provenance(origin="tool", source=output.call.tool, trust="untrusted")
    holders = [item for item in request.evidence if mentions(item.text, value)]
    if holders:
        least = min(holders, key=lambda item: _RANK[item.trust])
        return Provenance(origin="document", source=least.source, trust=least.trust)
    return Provenance(origin="model", trust="untrusted")


def user_words(request: ExecuteRequest) -> Iterator[str]:
    """What the user has said: the request, unless an event made it, and earlier turns."""
    if request.event is None:
        yield request.request
    for turn in request.history:
        if turn.speaker == "user":
            yield turn.text
        elif turn.speaker == "summary":
            yield from (line[5:] for line in turn.text.splitlines() if line.startswith("user:"))


def _event_words(request: ExecuteRequest) -> Iterator[str]:
    """What events said: the request, where one made it, and earlier turns."""
    if request.event is not None:
        yield request.request
    for turn in request.history:
        if turn.speaker == "event":
            yield turn.text
        elif turn.speaker == "summary":
            yield from (line[6:] for line in turn.text.splitlines() if line.startswith("event:"))


def outputs_of(own: tuple[ToolOutput, ...], results: dict[str, StepResult]) -> Iterator[ToolOutput]:
    """Outputs that tools gave in this turn, those of the step at work first."""
    yield from (output for output in own if output.ok)
    for result in results.values():
        yield from (output for output in result.outputs if output.ok)


def leaves(value: JsonValue) -> Iterator[JsonValue]:
    """All values inside a value that hold no others."""
    match value:
        case dict():
            for item in value.values():
                yield from leaves(item)
        case list():
            for item in value:
                yield from leaves(item)
        case _:
            yield value


def mentions(text: str, value: JsonValue) -> bool:
    """Whether a text holds the value as a word of its own."""
    if value is None or isinstance(value, bool):
        return False
    if isinstance(value, int | float):
        return any(float(found) == float(value) for found in _NUMBER.findall(text))
    words = " ".join(str(value).split()).casefold()
    if not words:
        return False
    return re.search(rf"(?<!\w){re.escape(words)}(?!\w)", " ".join(text.split()).casefold()) is not None


def _same(leaf: JsonValue, value: JsonValue) -> bool:
    if isinstance(leaf, bool) or isinstance(value, bool) or leaf is None or value is None:
        return False
    return leaf == value or str(leaf) == str(value)
