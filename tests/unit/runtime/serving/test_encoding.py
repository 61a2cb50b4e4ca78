"""States as JSON: what has no form in it becomes text, and long lists are not encoded twice."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.messages import (
    AIMessage,
    AIMessageChunk,
    BaseMessage,
    ChatMessage,
    FunctionMessage,
    HumanMessage,
    RemoveMessage,
    SystemMessage,
    ToolCall,
    ToolMessage,
)
from langgraph.types import Interrupt

from podium.runtime.serving.encoding import StateEncoder, encode, joined, plain

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


@given(st.lists(st.tuples(st.sampled_from(["grow", "cut", "change", "other"]), VALUES), max_size=10))
def test_a_state_is_encoded_as_any_value_however_it_changes(steps: list[tuple[str, Any]]) -> None:
    encoder, held = StateEncoder(), [f"item {number}" for number in range(40)]
    state: dict[str, Any] = {"long": held, "short": 1}
    for what, value in [("grow", None), *steps]:
        state = dict(state)
        if what == "grow":
            state["long"] = [*state["long"], value]
        elif what == "cut":
            state["long"] = state["long"][:-1]
        elif what == "change":
            state["long"] = [value, *state["long"][1:]]
        else:
            state["short"] = value
        told = encoder.encode("values", state)
        assert orjson.loads(told.whole) == plain(state)
        assert told.parts is not None
        assert joined(told.parts) == told.whole


def test_a_small_state_is_a_whole() -> None:
    assert StateEncoder().encode("values", {"a": 1}) == (b'{"a":1}', None)


def test_what_is_no_map_of_names_is_a_whole() -> None:
    assert StateEncoder().encode("values", [1]) == (b"[1]", None)
    assert StateEncoder().encode("values", {1: "x" * 5000}).parts is None


CALL: ToolCall = {"name": "look", "args": {"at": 1}, "id": "c", "type": "tool_call"}
MESSAGES: list[BaseMessage] = [
    HumanMessage([{"type": "text", "text": "hi"}], id="1", name="ada", additional_kwargs={"a": {"b": [1]}}),
    AIMessage(
        "ho", tool_calls=[CALL], response_metadata={"model": "m", "at": datetime(2026, 1, 1, tzinfo=UTC)}
    ),
    AIMessage("ho", usage_metadata={"input_tokens": 1, "output_tokens": 2, "total_tokens": 3}),
    AIMessageChunk(content="h", tool_call_chunks=[{"name": "look", "args": "{", "id": "c", "index": 0}]),
    ToolMessage("seen", tool_call_id="c", artifact={"raw": [1, {"more": HumanMessage("x")}]}, status="error"),
    SystemMessage("be kind", something="extra"),
    ChatMessage(content="as", role="critic"),
    FunctionMessage(content="f", name="f"),
    RemoveMessage("1"),
]


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: str(message.type))
def test_a_message_is_told_as_pydantic_would_tell_it(message: BaseMessage) -> None:
    assert plain(message) == message.model_dump(mode="json")
    assert plain(message.model_copy()) == message.model_dump(mode="json")


def test_what_graphs_hold_has_a_form() -> None:
    state = {
        "messages": [HumanMessage("hi", id="1"), AIMessage("ho", id="2")],
        "waits": (Interrupt(value={"q": 1}, id="i"),),
        "at": datetime(2026, 1, 1, tzinfo=UTC),
        "set": {1},
        "odd": object,
        "half": "\ud800",
        "big": 2**70,
    }
    found = orjson.loads(encode(state))
    assert [(one["type"], one["content"], one["id"]) for one in found["messages"]] == [
        ("human", "hi", "1"),
        ("ai", "ho", "2"),
    ]
    assert found["waits"] == [{"value": {"q": 1}, "id": "i"}]
    assert (found["set"], found["half"], found["big"]) == ([1], "?", str(2**70))
