"""A thread that waits, and a graph that changed meanwhile."""

from __future__ import annotations

from pathlib import Path

import pytest

from podium.app.podium import Podium
from podium.app.results import Decision, Reply
from podium.core.errors import GraphChanged

TOOL = """
from podium import action


@action("compensable", target="boat/{{boat}}", version="{version}")
def book_berth(boat: str, {arguments}) -> str:
    \"\"\"Book a berth for a boat.

    Args:
        boat: The name of the boat.
        nights: How many nights it stays.
    \"\"\"
    return "booked"
"""
WITHOUT_HUMAN = """
from podium.app.factory import graph_context
from podium.graphs import nodes
from podium.graphs.build import compile_graph
from podium.graphs.node import Node
from podium.graphs.state import PodiumInput, PodiumOutput, PodiumState
from langgraph.graph import END, START, StateGraph


async def desk(config):
    context = await graph_context(config, __file__)
    graph = StateGraph(PodiumState, input_schema=PodiumInput, output_schema=PodiumOutput)
    graph.add_node("admit", Node(nodes.admit, context, budgeted=False))
    graph.add_node("respond", Node(nodes.respond, context, budgeted=False))
    graph.add_edge(START, "admit")
    graph.add_edge("admit", "respond")
    graph.add_edge("respond", END)
    return compile_graph(graph, context, name="desk")
"""
APPROVE = Decision(kind="approve")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "podium.toml").write_text('[project]\nname = "harbour"\n', encoding="utf-8")
    (tmp_path / "tools").mkdir()
    declare(tmp_path)
    return tmp_path


def declare(project: Path, version: str = "1", arguments: str = "nights: int") -> None:
    text = TOOL.format(version=version, arguments=arguments)
    (project / "tools" / "berths.py").write_text(text, encoding="utf-8")


def waiting(project: Path) -> Reply:
    with Podium.from_project(project) as app:
        reply = app.ask_sync("Book a berth for boat Sirius for 3 nights")
    assert reply.status == "interrupted"
    return reply


def test_a_thread_goes_on_when_only_other_things_changed(project: Path) -> None:
    reply = waiting(project)
    (project / "tools" / "weather.py").write_text(
        'from podium import action\n\n\n@action("read")\ndef weather(day: str) -> str:\n'
        '    """Tell the weather of a day."""\n    return "fair"\n',
        encoding="utf-8",
    )
    with Podium.from_project(project) as app:
        assert app.resume_sync(reply.thread_id, APPROVE).status == "completed"


@pytest.mark.parametrize(
    ("version", "arguments", "words"),
    [
        ("2", "nights: int", "version '1' is now '2'"),
        ("1", "nights: int, quay: str = 'north'", "it takes other arguments"),
    ],
)
def test_an_action_is_not_carried_out_by_a_tool_that_changed(
    project: Path, version: str, arguments: str, words: str
) -> None:
    reply = waiting(project)
    declare(project, version, arguments)
    with Podium.from_project(project) as app:
        with pytest.raises(GraphChanged, match=words):
            app.resume_sync(reply.thread_id, APPROVE)
        assert app.effects_sync(reply.thread_id)[0].status == "proposed"
        rejected = app.resume_sync(reply.thread_id, Decision(kind="reject"))
        assert (rejected.status, rejected.actions[0].status) == ("completed", "rejected")


def test_a_tool_that_is_gone_is_named(project: Path) -> None:
    reply = waiting(project)
    (project / "tools" / "berths.py").unlink()
    with Podium.from_project(project) as app, pytest.raises(GraphChanged, match=r"'book_berth'.*is gone"):
        app.resume_sync(reply.thread_id, APPROVE)


def test_a_node_that_is_gone_is_named_and_the_thread_can_still_go_back(project: Path) -> None:
    reply = waiting(project)
    (project / "graphs").mkdir()
    (project / "graphs" / "desk.py").write_text(WITHOUT_HUMAN, encoding="utf-8")
    manifest = '[project]\nname = "harbour"\n\n[graphs]\ndesk = "graphs/desk.py:desk"\n'
    (project / "podium.toml").write_text(manifest, encoding="utf-8")
    with Podium.from_project(project) as app:
        with pytest.raises(GraphChanged, match="the node 'human' where it goes on is gone"):
            app.resume_sync(reply.thread_id, APPROVE)
        start = app.history_sync(reply.thread_id)[-1]
        app.rollback_sync(reply.thread_id, to=start.checkpoint_id)
        assert app.effects_sync(reply.thread_id)[0].status not in ("proposed", "approved")
