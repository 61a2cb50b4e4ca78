"""What goes into a LangGraph graph and what comes out, the same in this process and over HTTP."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from podium.core.errors import ConfigError
from podium.core.model import JsonObject, JsonValue
from podium.evals.case import Turn
from podium.evals.observation import ActionSeen, Observation
from podium.evals.targets.outputs import plain

INTERRUPT = "__interrupt__"
PLACEHOLDER = "$input"


def graph_input(shape: str | JsonObject, value: JsonValue) -> Any:
    """What a graph is given for an input.

    Args:
        shape: `messages`, `raw`, or an object in which `$input` stands for the value.
        value: The case's input, or a message of its conversation.

    Raises:
        ConfigError: The shape is another text.
    """
    if isinstance(shape, dict):
        return _filled(shape, value)
    if shape == "raw":
        return value
    if shape == "messages":
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        return value if _has_messages(value) else {"messages": [{"role": "user", "content": text}]}
    raise ConfigError(
        f"target.input: {shape!r} is no way to give input",
        hint="Use messages, raw, or an object with $input.",
    )


def resume_value(turn: Turn, interrupts: Sequence[Any]) -> Any:
    """What a waiting graph is resumed with.

    Where it asks as LangChain's human-in-the-loop middleware does it gets decisions in that shape; else true,
    false, the text, or the arguments.

    Args:
        turn: The decision.
        interrupts: The values that the graph was interrupted with.
    """
    requests = [
        request
        for value in interrupts
        if isinstance(value, Mapping)
        for request in value.get("action_requests") or ()
    ]
    if requests:
        return {"decisions": [_decision(turn, request) for request in requests]}
    match turn.decision:
        case "approve":
            return True
        case "reject":
            return False
        case "edit":
            return turn.args
        case _:
            return turn.message


def observed(
    values: Any, *, trajectory: Sequence[str], output: str, waits: bool, turns: Sequence[JsonObject] = ()
) -> Observation:
    """What a graph's run gave.

    Args:
        values: The final state.
        trajectory: The nodes that ran, in order, with `__interrupt__` where it stopped.
        output: JMESPath of the output; the last message's text, or the whole state, when empty.
        waits: Whether it waits for a person at the end.
        turns: What each turn gave.
    """
    state = plain(values)
    if isinstance(state, dict):
        state.pop(INTERRUPT, None)  # it is told by the trajectory
    messages = state.get("messages") if isinstance(state, dict) else None
    spoken = [one for one in messages if isinstance(one, dict)] if isinstance(messages, list) else []
    used = [one.get("usage_metadata") or {} for one in spoken]
    return Observation(
        output=_output(state, spoken, output),
        status="interrupted" if waits else "completed",
        actions=tuple(_actions(spoken)),
        trajectory=tuple(trajectory),
        escalated=INTERRUPT in trajectory,
        replies=tuple(turns),
        steps=sum(name != INTERRUPT for name in trajectory),
        model_calls=sum(bool(one) for one in used),
        input_tokens=sum(int(one.get("input_tokens") or 0) for one in used),
        output_tokens=sum(int(one.get("output_tokens") or 0) for one in used),
        cost=None if any(used) else 0.0,
    )


def _output(state: Any, spoken: Sequence[dict[str, Any]], path: str) -> JsonValue:
    if path:
        import jmespath

        try:
            found: JsonValue = jmespath.search(path, state)
        except jmespath.exceptions.JMESPathError as error:
            raise ConfigError(f"target.output: {path!r} is no JMESPath: {error}", hint="Mend it.") from None
        return found
    if spoken:
        return _text(spoken[-1].get("content"))
    made: JsonValue = state
    return made


def _text(content: Any) -> str:
    if isinstance(content, list):
        return "".join(part if isinstance(part, str) else str(part.get("text", "")) for part in content)
    return str(content or "")


def _actions(spoken: Sequence[dict[str, Any]]) -> list[ActionSeen]:
    """The calls that the messages ask for, with what became of each."""
    status = {
        one.get("tool_call_id"): str(one.get("status") or "success")
        for one in spoken
        if one.get("type") == "tool"
    }
    return [
        ActionSeen(
            tool=str(call.get("name")),
            args=call.get("args") or {},
            effect="",
            status={"success": "succeeded", "error": "failed"}.get(
                status.get(call.get("id"), ""), "proposed"
            ),
        )
        for one in spoken
        for call in one.get("tool_calls") or ()
    ]


def _filled(shape: Any, value: JsonValue) -> Any:
    if shape == PLACEHOLDER:
        return value
    if isinstance(shape, dict):
        return {name: _filled(item, value) for name, item in shape.items()}
    if isinstance(shape, list):
        return [_filled(item, value) for item in shape]
    return shape


def _has_messages(value: JsonValue) -> bool:
    return isinstance(value, dict) and "messages" in value


def _decision(turn: Turn, request: Mapping[str, Any]) -> dict[str, Any]:
    if turn.decision == "edit":
        name = request.get("name") or request.get("action")
        return {"type": "edit", "edited_action": {"name": name, "args": turn.args}}
    if turn.decision in ("reject", "respond"):
        return {"type": turn.decision, "message": turn.message}
    return {"type": "approve"}
