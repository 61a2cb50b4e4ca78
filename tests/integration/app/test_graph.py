"""`app.graph` is a plain LangGraph graph: all its ways of running work, synchronously and not."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.types import Command

from podium.app.podium import Podium

QUESTION: Any = {"messages": [("user", "How long is the warranty on kettles?")]}
REFUND: Any = {"messages": [("user", "Issue a refund for order O-10007")]}


def thread(name: str) -> RunnableConfig:
    return {"configurable": {"thread_id": name}}


def test_invoke_and_its_history(app: Podium) -> None:
    result: dict[str, Any] = app.graph.invoke(QUESTION, thread("a"))
    assert result["outcome"]["status"] == "completed"
    assert result["messages"][-1].type == "ai"
    history = list(app.graph.get_state_history(thread("a")))
    assert [snapshot.next for snapshot in history][:2] == [(), ("respond",)]


def test_stream_reports_every_node(app: Podium) -> None:
    nodes = [
        name for update in app.graph.stream(QUESTION, thread("b"), stream_mode="updates") for name in update
    ]
    assert nodes == ["admit", "plan", "retrieve", "execute", "critique", "respond"]


async def test_the_asynchronous_twins(desk: Path) -> None:
    async with Podium.from_project(desk) as app:
        result = await app.graph.ainvoke(QUESTION, thread("c"))
        assert result["outcome"]["status"] == "completed"
        head = await app.graph.aget_state(thread("c"))
        assert head.values["outcome"] == result["outcome"]
        assert len([item async for item in app.graph.aget_state_history(thread("c"))]) > 5


def test_a_stock_client_renders_and_answers_an_interrupt(app: Podium) -> None:
    waiting: dict[str, Any] = app.graph.invoke(REFUND, thread("d"))
    request = waiting["__interrupt__"][0].value
    assert [item["name"] for item in request["action_requests"]] == ["issue_refund"]
    assert request["review_configs"][0]["allowed_decisions"] == ["approve", "edit", "reject", "respond"]
    done: dict[str, Any] = app.graph.invoke(Command(resume={"decisions": [{"type": "approve"}]}), thread("d"))
    assert done["outcome"]["status"] == "completed"


def test_two_apps_live_in_one_process(app: Podium, desk_template: Path, tmp_path: Path) -> None:
    other = shutil.copytree(desk_template, tmp_path / "other")
    with Podium.from_project(other) as second:
        mine = app.graph.invoke(QUESTION, thread("e"))
        theirs = second.graph.invoke(QUESTION, thread("e"))
    assert mine["outcome"]["status"] == theirs["outcome"]["status"] == "completed"
    assert len(list(app.graph.get_state_history(thread("e")))) == 8
