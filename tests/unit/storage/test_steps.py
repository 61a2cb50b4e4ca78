"""The steps of threads, as LangGraph writes them."""

from __future__ import annotations

import asyncio
import operator
from datetime import UTC, datetime
from typing import Annotated, Any, TypedDict

import pytest
from langgraph.graph import START, StateGraph
from langgraph.types import Send, interrupt

from podium.core.clock import from_iso
from podium.storage import Database
from podium.storage.checkpointer import PodiumSaver
from podium.storage.steps import Step, StepPage, Steps


class State(TypedDict, total=False):
    said: Annotated[list[str], operator.add]
    broken: bool


def steps(database: Database, saver: PodiumSaver, **place: Any) -> StepPage:
    wanted = {"namespace": "", "after": 0, "limit": 100, **place}
    return asyncio.run(Steps(database, saver.serde).page("t", **wanted))


def nodes(found: list[Step]) -> list[list[str]]:
    return [[task.node for task in step.tasks] for step in found]


def config() -> Any:
    return {"configurable": {"thread_id": "t"}}


def test_what_was_sent_to_side_by_side_is_told_by_its_node(database: Database) -> None:
    def fan(state: State) -> list[Send]:
        del state
        return [Send("one", {"said": []}), Send("other", {"said": []}), Send("one", {"said": []})]

    graph = StateGraph(State)
    graph.add_node("begin", lambda _: {"said": ["begin"]})
    graph.add_node("one", lambda _: {"said": ["one"]})
    graph.add_node("other", lambda _: {"said": ["other"]})
    graph.add_edge(START, "begin")
    graph.add_conditional_edges("begin", fan, ["one", "other"])
    saver = PodiumSaver(database)
    graph.compile(checkpointer=saver).invoke({"said": []}, config())
    found = steps(database, saver).steps
    assert nodes(found) == [["__start__"], ["begin"], ["one", "other", "one"], []]
    assert {task.wrote for task in found[2].tasks} == {("said",)}
    assert abs((datetime.now(UTC) - from_iso(found[0].at)).total_seconds()) < 60


def test_what_failed_or_waits_is_told_until_it_is_done(database: Database) -> None:
    fails = [True]

    def breaks(state: State) -> State:
        del state
        if fails[0]:
            raise ValueError("broken")
        return {"said": ["mended"]}

    graph = (
        StateGraph(State).add_node("breaks", breaks).add_node("asks", lambda _: {"said": [interrupt("?")]})
    )
    graph.add_edge(START, "breaks").add_edge("breaks", "asks")
    saver = PodiumSaver(database)
    compiled = graph.compile(checkpointer=saver)
    with pytest.raises(ValueError, match="broken"):
        compiled.invoke({"said": []}, config())
    (failed,) = steps(database, saver).steps[-1].tasks
    assert (failed.node, failed.error, failed.interrupted, failed.wrote) == ("breaks", True, False, ())
    fails[0] = False
    compiled.invoke(None, config())
    *_, mended, waiting = steps(database, saver).steps
    assert [(task.error, task.wrote) for task in mended.tasks] == [(False, ("said",))]
    assert [(task.node, task.interrupted) for task in waiting.tasks] == [("asks", True)]
    compiled.update_state(config(), {"said": ["by hand"]}, as_node="asks")
    found = steps(database, saver)
    assert (found.steps[-1].source, found.head) == ("update", found.steps[-1].checkpoint_id)


def test_branches_have_one_parent(database: Database) -> None:
    graph = StateGraph(State).add_node("one", lambda _: {"said": ["one"]}).add_edge(START, "one")
    saver = PodiumSaver(database)
    compiled = graph.compile(checkpointer=saver)
    compiled.invoke({"said": []}, config())
    start = steps(database, saver).steps[1]
    compiled.update_state(
        {"configurable": {"thread_id": "t", "checkpoint_ns": "", "checkpoint_id": start.checkpoint_id}},
        {"said": ["other"]},
        as_node="one",
    )
    children = [step for step in steps(database, saver).steps if step.parent_id == start.checkpoint_id]
    assert len(children) == 2
    assert steps(database, saver, namespace="nowhere") == StepPage([], False, None)
