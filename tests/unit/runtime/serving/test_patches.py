"""States as what changed: small on disk, and whole again when they are read."""

from __future__ import annotations

import asyncio
import copy
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.messages import AIMessage, HumanMessage

from podium.runtime.serving.encoding import SMALL, EncodedState, Parts, StateEncoder, encode
from podium.runtime.serving.patches import STATES, Assembler, Differ

LONG = "x" * SMALL
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-100, 100) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)
STEPS = st.lists(
    st.tuples(st.sampled_from(["set", "grow", "drop", "change"]), st.sampled_from("abc"), VALUES), max_size=12
)


async def nothing(checkpoint_id: str) -> dict[str, Any]:
    raise AssertionError(checkpoint_id)


def read(stored: list[tuple[Any, Any]], base: Any = nothing) -> list[Any]:
    async def run() -> list[Any]:
        assembler = Assembler(base)
        return [orjson.loads(await assembler.whole(STATES, form, data)) for form, data in stored]

    return asyncio.run(run())


def parts(state: dict[str, Any]) -> Parts:
    return {name: encode(value) for name, value in state.items()}


def told(state: dict[str, Any]) -> EncodedState:
    return EncodedState(encode(state), parts(state))


@given(STEPS)
def test_whatever_a_graph_does_to_its_state_is_read_as_it_was_told(steps: list[tuple[str, str, Any]]) -> None:
    differ, encoder = Differ(), StateEncoder()
    state: dict[str, Any] = {"pad": LONG}
    shown: list[Any] = []
    stored: list[Any] = []
    for what, name, value in [("set", "a", [1]), *steps]:
        state = dict(state)
        held: Any = state.get(name)
        if what == "grow" and isinstance(held, list):
            state[name] = [*held, value]
        elif what == "drop":
            state.pop(name, None)
        elif what == "change" and isinstance(held, list) and held:
            state[name] = [value, *held[1:]]
        else:
            state[name] = value
        shown.append(copy.deepcopy(state))
        stored.append(differ.stored(STATES, encoder.encode(STATES, state)))
    assert read(stored) == [orjson.loads(encode(one)) for one in shown]


def test_a_conversation_stores_what_was_added_to_it() -> None:
    differ, said = Differ(), [HumanMessage(f"{LONG} {number}", id=str(number)) for number in range(20)]
    first = {"messages": said}
    grown = {"messages": [*said, AIMessage("yes", id="20")]}
    stored = [differ.stored(STATES, told(state)) for state in (first, grown)]
    assert [form for form, _ in stored] == ["json", "patch"]
    assert len(stored[1][1]) < 500
    assert [one["content"] for one in read(stored)[1]["messages"]][-1] == "yes"


def test_a_message_that_was_replaced_is_told_anew() -> None:
    differ, said = Differ(), [HumanMessage(LONG, id="1"), AIMessage("no", id="2")]
    mended = [said[0], AIMessage("yes", id="2")]
    stored = [differ.stored(STATES, told({"messages": one})) for one in (said, mended)]
    assert read(stored)[1]["messages"][1]["content"] == "yes"


def test_the_first_state_of_a_run_leans_on_the_checkpoint_before_it() -> None:
    said = [HumanMessage(LONG, id="1")]
    differ = Differ()
    differ.lean(STATES, parts({"messages": said}), "checkpoint-7")
    state = {"messages": [*said, HumanMessage("and?", id="2")]}
    stored = [differ.stored(STATES, told(state))]
    assert stored[0][0] == "patch"

    async def base(checkpoint_id: str) -> dict[str, Any]:
        assert checkpoint_id == "checkpoint-7"
        found: dict[str, Any] = orjson.loads(encode({"messages": said}))
        return found

    assert [one["content"] for one in read(stored, base)[0]["messages"]] == [LONG, "and?"]


def test_states_of_subgraphs_do_not_mix() -> None:
    differ = Differ()
    inner, outer = f"{STATES}|node:1", STATES
    states: list[tuple[str, dict[str, Any]]] = [
        (outer, {"a": LONG}),
        (inner, {"b": LONG}),
        (outer, {"a": LONG, "c": 1}),
        (inner, {"b": LONG}),
    ]

    async def run() -> list[Any]:
        assembler = Assembler(nothing)
        rows = [(event, *differ.stored(event, told(state))) for event, state in states]
        return [orjson.loads(await assembler.whole(*row)) for row in rows]

    assert asyncio.run(run()) == [state for _, state in states]


def test_messages_that_were_read_again_are_known() -> None:
    differ = Differ()
    differ.lean(STATES, parts({"messages": [AIMessage(LONG, id="1")]}), "checkpoint-7")
    state = {"messages": [AIMessage(LONG, id="1"), HumanMessage("and?", id="2")]}
    form, data = differ.stored(STATES, told(state))
    assert form == "patch"
    assert len(data) < len(LONG)


@pytest.mark.parametrize(("was", "now"), [(1, True), (1, 1.0), ([1], [True]), ({"a": 1}, {"a": 1.0})])
def test_what_is_equal_but_told_otherwise_is_a_change(was: Any, now: Any) -> None:
    differ = Differ()
    states = [
        {"messages": [AIMessage(LONG, id="1", additional_kwargs={"held": held})], "seen": [held]}
        for held in (was, now)
    ]
    stored = [differ.stored(STATES, told(state)) for state in states]
    assert orjson.dumps(read(stored)[1]) == encode(states[1])


@pytest.mark.parametrize(
    ("was", "now", "grew"),
    [
        ([1], [1, 2], True),
        ([1], [12], False),
        ([1], [1.5], False),
        ([], ["a"], True),
        (["a"], ["a", "b"], True),
        (["a"], ["a,"], False),
        ([[1]], [[1, 2]], False),
        ([[1]], [[1], 2], True),
        ([1, 2], [1], False),
        ({"a": 1}, {"a": 1, "b": 2}, False),
        ("[1]", "[1],2", False),
    ],
)
def test_only_what_a_list_gained_at_its_end_is_added(was: Any, now: Any, grew: bool) -> None:
    differ = Differ()
    states: list[dict[str, Any]] = [{"pad": LONG, "seen": seen} for seen in (was, now)]
    stored = [differ.stored(STATES, told(state)) for state in states]
    assert read(stored) == states
    assert bool(orjson.loads(stored[1][1])["add"]) is grew
