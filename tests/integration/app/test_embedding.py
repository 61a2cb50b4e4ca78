"""`app.graph` inside a graph of someone else's: answers, approvals, streams, records and rollback."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import END, START, MessagesState, StateGraph
from langgraph.types import Command

from podium.app.podium import Podium
from podium.app.results import Decision
from podium.core.errors import NoCheckpointer, ThreadEmbedded
from podium.testing.command_line import CommandLine

QUESTION: Any = {"messages": [("user", "How long is the warranty on kettles?")]}
REFUND: Any = {"messages": [("user", "Issue a refund for order O-10007")]}
APPROVE: Any = Command(resume={"decisions": [{"type": "approve"}]})
THREAD: RunnableConfig = {"configurable": {"thread_id": "shop-1"}}

Parent = Callable[..., Any]


def as_node(app: Podium, saver: Any) -> Any:
    """A shop's own graph with the app's as one of its nodes."""
    graph = StateGraph(MessagesState)
    graph.add_node("greet", lambda _: {})
    graph.add_node("desk", app.graph)
    graph.add_edge(START, "greet")
    graph.add_edge("greet", "desk")
    graph.add_edge("desk", END)
    return graph.compile(checkpointer=saver)


def as_call(app: Podium, saver: Any) -> Any:
    """A shop's own graph that calls the app's in a function, with a state of its own."""

    def desk(state: MessagesState) -> dict[str, Any]:
        done: dict[str, Any] = app.graph.invoke({"messages": state["messages"][-1:]})
        return {"messages": done["messages"][-1:]}

    graph = StateGraph(MessagesState)
    graph.add_node("desk", desk)
    graph.add_edge(START, "desk")
    graph.add_edge("desk", END)
    return graph.compile(checkpointer=saver)


@pytest.fixture(params=[as_node, as_call])
def parent(request: pytest.FixtureRequest) -> Parent:
    built: Parent = request.param
    return built


def said(result: dict[str, Any]) -> str:
    return str(result["messages"][-1].content)


def statuses(app: Podium) -> list[str]:
    return [effect.status for effect in app.effects_sync("shop-1")]


def test_an_approval_surfaces_at_the_parent_and_its_answer_goes_on(app: Podium, parent: Parent) -> None:
    shop = parent(app, InMemorySaver())
    waiting = shop.invoke(REFUND, THREAD)
    (request,) = waiting["__interrupt__"]
    assert [action["name"] for action in request.value["action_requests"]] == ["issue_refund"]
    assert statuses(app) == ["proposed"]
    assert app.pending_sync("shop-1")[0].digests == tuple(request.value["digests"])
    assert [view.status for view in app.threads_sync()] == ["interrupted"]
    assert said(shop.invoke(APPROVE, THREAD)).startswith("Done: issue refund")
    assert statuses(app) == ["verified"]
    assert app.pending_sync() == ()
    assert [view.status for view in app.threads_sync()] == ["idle"]


async def test_the_asynchronous_forms_do_the_same(desk: Path) -> None:
    async with Podium.from_project(desk) as app:
        shop = as_node(app, app.checkpointer)
        await shop.ainvoke(REFUND, THREAD)
        assert said(await shop.ainvoke(APPROVE, THREAD)).startswith("Done: issue refund")
        assert [effect.status for effect in await app.effects("shop-1")] == ["verified"]


def test_no_effect_happens_twice_however_often_the_answer_is_given(app: Podium) -> None:
    shop = as_node(app, InMemorySaver())
    shop.invoke(REFUND, THREAD)
    before = shop.get_state(THREAD).config
    shop.invoke(APPROVE, THREAD)
    shop.invoke(APPROVE, before)
    shop.invoke(None, before)
    assert statuses(app) == ["verified"]


def test_streams_show_what_happens_inside(app: Podium) -> None:
    shop = as_node(app, InMemorySaver())
    modes = ["messages", "updates", "custom"]
    events = list(shop.stream(QUESTION, THREAD, stream_mode=modes, subgraphs=True))
    inside = [(mode, data) for path, mode, data in events if path and path[0].startswith("desk:")]
    assert {mode for mode, _ in inside} == set(modes)
    assert [next(iter(data)) for mode, data in inside if mode == "updates"][-1] == "respond"
    assert [data["kind"] for mode, data in inside if mode == "custom"][-2:] == ["token", "node"]
    (message,) = [data[0] for mode, data in inside if mode == "messages"]
    assert said(shop.get_state(THREAD).values) == message.content


def test_a_parent_that_stores_nothing_gets_answers_and_one_clear_refusal(app: Podium, parent: Parent) -> None:
    shop = parent(app, None)
    assert "kettle" in said(shop.invoke(QUESTION)).lower()
    with pytest.raises(NoCheckpointer) as caught:
        shop.invoke(REFUND)
    assert caught.value.code == "no_checkpointer"
    assert "checkpointer=app.checkpointer" in caught.value.hint
    assert asyncio.run(app.context.toolbox.thread_effects("")) == []
    assert app.threads_sync() == ()


def test_rollback_reaches_the_effects_and_the_state_of_a_parent_that_shares_the_saver(app: Podium) -> None:
    shop = as_node(app, app.checkpointer)
    shop.invoke(QUESTION, THREAD)
    answered = shop.get_state(THREAD)
    shop.invoke(REFUND, THREAD)
    shop.invoke(APPROVE, THREAD)
    history = app.history_sync("shop-1")
    assert [point.next for point in history[:2]] == [(), ("desk",)]
    assert history[1].turn.startswith("Issue a refund")
    target = answered.config["configurable"]["checkpoint_id"]
    report = app.rollback_sync("shop-1", to=target)
    assert [(view.tool, view.after) for view in report.undone] == [("issue_refund", "compensated")]
    assert report.complete
    assert report.note == ""
    now = shop.get_state(THREAD)
    assert now.config["configurable"]["checkpoint_id"] == report.checkpoint_id
    assert now.values["messages"] == answered.values["messages"]
    assert app.rollback_sync("shop-1", to=target).undone == ()
    shop.invoke(REFUND, THREAD)
    shop.invoke(APPROVE, THREAD)
    assert statuses(app) == ["compensated", "verified"]


def test_where_another_saver_keeps_the_state_rollback_undoes_the_effects_and_says_so(app: Podium) -> None:
    shop = as_node(app, InMemorySaver())
    shop.invoke(QUESTION, THREAD)
    shop.invoke(REFUND, THREAD)
    shop.invoke(APPROVE, THREAD)
    latest, first = app.history_sync("shop-1")
    planned = app.rollback_sync("shop-1", to=first.checkpoint_id, dry_run=True)
    report = app.rollback_sync("shop-1", to=latest.checkpoint_id)
    assert statuses(app) == ["compensated"]
    assert [view.tool for view in planned.undone] == ["issue_refund"]
    assert (report.complete, report.checkpoint_id) == (True, "")
    assert "saver of another graph" in report.note
    assert planned.note == report.note
    assert said(shop.get_state(THREAD).values).startswith("Done")
    shop.invoke(None, {"configurable": {"thread_id": "shop-1", "checkpoint_id": latest.checkpoint_id}})
    assert statuses(app) == ["compensated", "proposed"]


def test_an_app_given_the_parents_saver_branches_its_state(desk: Path) -> None:
    saver = InMemorySaver()
    with Podium.from_project(desk, saver=saver) as app:
        shop = as_node(app, saver)
        shop.invoke(REFUND, THREAD)
        shop.invoke(APPROVE, THREAD)
        report = app.rollback_sync("shop-1", to=app.history_sync("shop-1")[-1].checkpoint_id)
        assert statuses(app) == ["compensated"]
        assert shop.get_state(THREAD).config["configurable"]["checkpoint_id"] == report.checkpoint_id


def test_only_the_parent_goes_on_with_its_thread(app: Podium) -> None:
    shop = as_node(app, app.checkpointer)
    shop.invoke(REFUND, THREAD)
    with pytest.raises(ThreadEmbedded, match="inside another graph"):
        app.resume_sync("shop-1", Decision(kind="approve"))
    with pytest.raises(ThreadEmbedded):
        app.ask_sync("And now?", thread_id="shop-1")
    assert statuses(app) == ["proposed"]


def test_the_command_line_sees_what_happened_there(app: Podium, desk: Path) -> None:
    shop = as_node(app, InMemorySaver())
    shop.invoke(REFUND, THREAD)
    podium = CommandLine(desk)
    assert "Issue a refund for order O-10007" in podium("threads", "list").out
    assert "May this be done?" in podium("threads", "show", "shop-1").out
    shop.invoke(APPROVE, THREAD)
    assert "Done: issue refund" in podium("threads", "show", "shop-1").out
    (point,) = app.history_sync("shop-1")
    rolled = podium("rollback", "shop-1", "--to", point.checkpoint_id, "--yes")
    assert rolled.code == 0
    assert "saver of another graph" in " ".join(rolled.out.split())
    assert statuses(app) == ["compensated"]


def test_the_graph_called_by_itself_is_listed_and_goes_on_either_way(app: Podium) -> None:
    app.graph.invoke(REFUND, THREAD)
    assert [view.status for view in app.threads_sync()] == ["interrupted"]
    assert app.resume_sync("shop-1", Decision(kind="approve")).status == "completed"
    app.graph.invoke(QUESTION, THREAD)
    assert [speaker for speaker, _ in app.transcript_sync("shop-1")] == ["user", "assistant"] * 2


KILLED = """
import sys
from langgraph.graph import END, START, MessagesState, StateGraph
from langgraph.types import Command
from podium import Podium
from podium.core.crashpoints import NoCrashPoints
from podium.testing.crashpoints import KillAt

points = KillAt(sys.argv[2]) if sys.argv[2] else NoCrashPoints()
with Podium.from_project(sys.argv[1], crash_points=points) as app:
    graph = StateGraph(MessagesState).add_node("desk", app.graph)
    graph.add_edge(START, "desk").add_edge("desk", END)
    shop = graph.compile(checkpointer=app.checkpointer)
    thread = {"configurable": {"thread_id": "shop-1"}}
    if not shop.get_state(thread).values:
        shop.invoke({"messages": [("user", "Issue a refund for order O-10007")]}, thread)
        shop.invoke(Command(resume="approve"), thread, durability="sync")
    done = shop.invoke(None, thread, durability="sync")
    print(done["messages"][-1].content)
"""


@pytest.mark.parametrize("point", ["tool:after", "commit:after"])
def test_a_parent_that_is_killed_goes_on_and_repeats_nothing(desk: Path, point: str) -> None:
    killed, resumed = (
        subprocess.run([sys.executable, "-c", KILLED, desk, at], capture_output=True, text=True, check=False)
        for at in (point, "")
    )
    assert (killed.returncode, killed.stdout) == (-9, ""), killed.stderr
    assert resumed.stdout.startswith("Done: issue refund"), resumed.stderr
    with Podium.from_project(desk) as app:
        assert statuses(app) == ["verified"]
        assert [view.status for view in app.threads_sync()] == ["idle"]
