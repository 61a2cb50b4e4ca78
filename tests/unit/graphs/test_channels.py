"""A conversation's snapshots: what they take of the disk is in proportion to what was said."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, TypedDict

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.serde.types import _DeltaSnapshot
from langgraph.graph import START, StateGraph
from langgraph.graph.message import _messages_delta_reducer

from podium.graphs.channels import GrowingDelta
from podium.storage.checkpointer import PodiumSaver
from podium.storage.database import Database

CONFIG: RunnableConfig = {"configurable": {"thread_id": "t"}}


class Chat(TypedDict):
    messages: Annotated[list[AnyMessage], GrowingDelta(_messages_delta_reducer, snapshot_frequency=4)]


def chat(database: Database) -> Any:
    graph = StateGraph(Chat)
    graph.add_node("answer", lambda state: {"messages": [AIMessage(f"no. {len(state['messages'])}")]})
    graph.add_edge(START, "answer")
    return graph.compile(PodiumSaver(database))


def snapshots(graph: Any) -> list[int]:
    """Lengths of the conversation at which it was stored whole."""
    stored = (one.checkpoint["channel_values"].get("messages") for one in graph.checkpointer.list(CONFIG))
    return sorted(len(one.value) for one in stored if isinstance(one, _DeltaSnapshot))


def talk(graph: Any, turns: int) -> list[Any]:
    for number in range(turns):
        graph.invoke({"messages": [HumanMessage(f"{number}?")]}, CONFIG)
    messages: list[Any] = graph.get_state(CONFIG).values["messages"]
    return messages


def test_a_long_conversation_is_stored_whole_the_more_rarely_the_longer_it_is(tmp_path: Path) -> None:
    with Database.open(tmp_path / "p.db") as database:
        graph = chat(database)
        said = talk(graph, 100)
        lengths = snapshots(graph)
        assert [one.content for one in said[-2:]] == ["99?", "no. 199"]
        assert len(said) == 200
        assert sum(lengths) <= 5 * len(said)
        assert lengths[:3] == [4, 8, 12]
        assert all(after - before <= max(4, after // 4 + 1) for before, after in pairwise(lengths))


def test_every_earlier_state_can_be_read_and_gone_on_from(tmp_path: Path) -> None:
    with Database.open(tmp_path / "p.db") as database:
        graph = chat(database)
        said = [one.content for one in talk(graph, 30)]
        states = list(graph.get_state_history(CONFIG))
        for state in states:
            held = [one.content for one in state.values["messages"]]
            assert held == said[: len(held)]
        earlier = next(state for state in states if len(state.values["messages"]) == 20 and not state.next)
        graph.invoke({"messages": [HumanMessage("other?")]}, earlier.config)
        branched = [one.content for one in graph.get_state(CONFIG).values["messages"]]
        assert branched == [*said[:20], "other?", "no. 21"]


def test_a_channel_keeps_its_frequency_however_often_it_is_made_anew() -> None:
    reducer: Any = _messages_delta_reducer
    channel = GrowingDelta(reducer, list, snapshot_frequency=4)
    assert channel.snapshot_frequency == 4
    grown = channel.from_checkpoint(_DeltaSnapshot([HumanMessage(str(number)) for number in range(80)]))
    assert grown.copy().copy().snapshot_frequency == 20
    assert grown.from_checkpoint(_DeltaSnapshot([])).snapshot_frequency == 4
