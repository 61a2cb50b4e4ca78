"""A served graph as a node of another graph: LangGraph's RemoteGraph, with interrupts through it."""

from __future__ import annotations

import operator
from typing import Annotated, Any, TypedDict
from uuid import uuid4

import pytest
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, StateGraph
from langgraph.pregel.remote import RemoteException, RemoteGraph
from langgraph.types import Command
from langgraph_sdk.client import LangGraphClient, SyncLangGraphClient


class Outer(TypedDict, total=False):
    question: str
    answer: str
    done: bool
    log: Annotated[list[str], operator.add]


def _before(state: Outer) -> Outer:
    return {"log": ["before"]}


def _after(state: Outer) -> Outer:
    return {"log": ["after"]}


def around(remote: RemoteGraph) -> Any:
    graph = StateGraph(Outer)
    graph.add_node("before", _before)
    graph.add_node("remote", remote)
    graph.add_node("after", _after)
    graph.add_edge(START, "before")
    graph.add_edge("before", "remote")
    graph.add_edge("remote", "after")
    return graph.compile(checkpointer=InMemorySaver())


@pytest.fixture
def config() -> Any:
    return {"configurable": {"thread_id": str(uuid4())}}


async def test_an_interrupt_comes_through_and_its_answer_goes_back(
    client: LangGraphClient, config: Any
) -> None:
    outer = around(RemoteGraph("asks", client=client))
    asked = await outer.ainvoke({"question": "why?"}, config)
    (interrupt,) = asked["__interrupt__"]
    assert interrupt.value == {"question": "why?"}
    assert (await outer.aget_state(config)).next == ("remote",)
    done = await outer.ainvoke(Command(resume={interrupt.id: "because"}), config)
    assert done == {"question": "why?", "answer": "because", "done": True, "log": ["before", "after"]}


def test_the_same_without_a_loop(sync_client: SyncLangGraphClient, config: Any) -> None:
    outer = around(RemoteGraph("asks", sync_client=sync_client))
    (interrupt,) = outer.invoke({"question": "why?"}, config)["__interrupt__"]
    done = outer.invoke(Command(resume={interrupt.id: "because"}), config)
    assert (done["answer"], done["log"]) == ("because", ["before", "after"])


async def test_an_answer_to_nothing_that_waits_asks_again(client: LangGraphClient, config: Any) -> None:
    """RemoteGraph sends no answer that names no interrupt: the question stays, and nothing starts anew."""
    outer = around(RemoteGraph("asks", client=client))
    (first,) = (await outer.ainvoke({"question": "why?"}, config))["__interrupt__"]
    (again,) = (await outer.ainvoke(Command(resume="because"), config))["__interrupt__"]
    assert again.id == first.id
    assert (await outer.ainvoke(Command(resume={again.id: "so"}), config))["answer"] == "so"


async def test_a_later_turn_starts_the_remote_graph_anew(client: LangGraphClient, config: Any) -> None:
    outer = around(RemoteGraph("asks", client=client))
    for answer in ("one", "two"):
        (interrupt,) = (await outer.ainvoke({"question": answer}, config))["__interrupt__"]
        assert interrupt.value == {"question": answer}
        assert (await outer.ainvoke(Command(resume={interrupt.id: answer}), config))["answer"] == answer


async def test_a_stream_of_the_outer_graph_tells_of_both(client: LangGraphClient, config: Any) -> None:
    outer = around(RemoteGraph("asks", client=client))
    parts = [
        part
        async for part in outer.astream({"question": "why?"}, config, stream_mode="updates", subgraphs=True)
    ]
    names = [next(iter(data)) for _, data in parts]
    assert (names[0], set(names[1:])) == ("before", {"__interrupt__"})
    found = [data["__interrupt__"] for _, data in parts if "__interrupt__" in data]
    interrupt = found[-1][0]
    resumed = [
        (len(place), next(iter(data)))
        async for place, data in outer.astream(
            Command(resume={interrupt.id: "because"}), config, stream_mode="updates", subgraphs=True
        )
    ]
    assert resumed == [(1, "ask"), (1, "finish"), (0, "remote"), (0, "after")]


async def test_a_remote_graph_alone_is_run_read_and_changed(client: LangGraphClient, config: Any) -> None:
    remote = RemoteGraph("asks", client=client)
    parts = [part async for part in remote.astream({"question": "why?"}, config, stream_mode="updates")]
    assert "__interrupt__" in parts[-1]
    state = await remote.aget_state(config)
    assert state.next == ("ask",)
    assert state.interrupts[0].value == {"question": "why?"}
    assert (await remote.ainvoke(Command(resume="because"), config))["answer"] == "because"
    await remote.aupdate_state(config, {"answer": "changed"}, as_node="finish")
    assert (await remote.aget_state(config)).values["answer"] == "changed"
    assert len([one async for one in remote.aget_state_history(config, limit=50)]) >= 3
    assert set((await remote.aget_graph()).nodes) >= {"ask", "finish"}


async def test_what_fails_over_there_fails_here(client: LangGraphClient, config: Any) -> None:
    with pytest.raises(RemoteException, match="three does not like this"):
        await RemoteGraph("steps", client=client).ainvoke({"text": "x", "fails": True}, config)
