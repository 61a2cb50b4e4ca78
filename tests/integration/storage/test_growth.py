"""A long conversation stays small on disk, and comes back whole."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, TypedDict

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage
from langgraph.channels.delta import DeltaChannel
from langgraph.graph import END, START, StateGraph
from langgraph.graph.message import add_messages
from langgraph.graph.state import CompiledStateGraph

from podium.storage import Database, PodiumSaver

TURNS = 300
NODES = ("plan", "retrieve", "execute", "critique")


def extend(state: list[AnyMessage], writes: Sequence[Any]) -> list[AnyMessage]:
    for write in writes:
        state = add_messages(state, write)  # type: ignore[assignment, arg-type]  # the library's wide types
    return state


class State(TypedDict):
    messages: Annotated[list[AnyMessage], DeltaChannel(extend, snapshot_frequency=50)]
    draft: dict[str, Any]


def step(state: State) -> dict[str, Any]:
    return {"draft": {"text": "d" * 400, "seen": len(state["messages"])}}


def respond(state: State) -> dict[str, Any]:
    return {"messages": [AIMessage(f"answer {len(state['messages'])} " + "y" * 300)]}


def build(saver: PodiumSaver) -> CompiledStateGraph[Any, Any, Any, Any]:
    builder = StateGraph(State)
    previous = START
    for name in NODES:
        builder.add_node(name, step)
        builder.add_edge(previous, name)
        previous = name
    builder.add_node("respond", respond)
    builder.add_edge(previous, "respond")
    builder.add_edge("respond", END)
    return builder.compile(checkpointer=saver)


def test_three_hundred_turns_take_single_digit_megabytes(tmp_path: Path) -> None:
    path = tmp_path / "podium.db"
    config: Any = {"configurable": {"thread_id": "t"}}
    with Database.open(path) as database:
        graph = build(PodiumSaver(database))
        for turn in range(TURNS):
            graph.invoke({"messages": [HumanMessage(f"question {turn} " + "x" * 80)]}, config)
    assert path.stat().st_size < 10_000_000
    with Database.open(path) as database:
        graph = build(PodiumSaver(database))
        messages = graph.get_state(config).values["messages"]
        assert [message.content.split()[1] for message in messages[::2]] == [str(n) for n in range(TURNS)]
        assert len(messages) == 2 * TURNS
        past = list(graph.get_state_history(config, limit=60))[-1]
        assert 2 * TURNS - 25 < len(past.values["messages"]) < 2 * TURNS
        PodiumSaver(database).prune(["t"])
        assert graph.get_state(config).values["messages"] == messages
