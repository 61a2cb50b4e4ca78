"""Governed tools in graphs of someone else's: asked once, done once, undone."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from langchain.agents import create_agent
from langchain_core.messages import AIMessage, HumanMessage
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.graph import END, START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode
from langgraph.types import Command, RetryPolicy

from podium import GovernMiddleware, Podium, govern
from podium.core.errors import NoCheckpointer
from podium.testing.scripted import ScriptedChatModel

THREAD: Any = {"configurable": {"thread_id": "desk-9"}}
APPROVE: Any = Command(resume={"decisions": [{"type": "approve"}]})
REJECT: Any = Command(resume={"decisions": [{"type": "reject", "message": "too late"}]})


class Shelf:
    def __init__(self) -> None:
        self.books: list[str] = []

    def lend(self, title: str) -> str:
        """Lend a book."""
        self.books.append(title)
        return f"lent {title}"

    def back(self, ctx: Any, args: Any, result: Any) -> None:
        self.books.remove(args.title)


def calls(*titles: str) -> AIMessage:
    wanted = [{"name": "lend", "args": {"title": t}, "id": f"c{i}"} for i, t in enumerate(titles)]
    return AIMessage("", tool_calls=wanted)


def node_graph(tool: Any, saver: Any) -> Any:
    graph = StateGraph(MessagesState)
    graph.add_node("tools", ToolNode([tool]))
    graph.add_edge(START, "tools")
    graph.add_edge("tools", END)
    return graph.compile(checkpointer=saver)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "library"
    folder.mkdir()
    (folder / "podium.toml").write_text('[project]\nname = "library"\n', encoding="utf-8")
    return folder


def asks(*titles: str) -> Any:
    return {"messages": [("user", "Lend them"), calls(*titles)]}


def test_a_foreign_tool_node_asks_acts_once_and_is_undone(project: Path) -> None:
    shelf = Shelf()
    with Podium.from_project(project) as app:
        lend = govern(shelf_tool(shelf), app=app, effect="compensable", compensate=shelf.back)
        graph = node_graph(lend, app.checkpointer)
        (waiting,) = graph.invoke(asks("Emma"), THREAD)["__interrupt__"]
        assert waiting.value["action_requests"][0]["args"] == {"title": "Emma"}
        assert (shelf.books, len(app.pending_sync("desk-9"))) == ([], 1)
        before = graph.get_state(THREAD).config
        assert graph.invoke(APPROVE, THREAD)["messages"][-1].content == "lent Emma"
        graph.invoke(None, before)
        assert shelf.books == ["Emma"]
        first = app.history_sync("desk-9")[-1]
        report = app.rollback_sync("desk-9", to=first.checkpoint_id)
        assert [view.after for view in report.undone] == ["compensated"]
        assert shelf.books == []


def test_of_two_calls_in_one_step_each_gets_its_own_answer(project: Path, tmp_path: Path) -> None:
    shelf = Shelf()
    with Podium.from_project(project) as app, SqliteSaver.from_conn_string(str(tmp_path / "own.db")) as saver:
        lend = govern(shelf_tool(shelf), app=app, effect="compensable", compensate=shelf.back)
        graph = node_graph(lend, saver)
        (waiting,) = graph.invoke(asks("Emma", "Ulysses"), THREAD)["__interrupt__"]
        first = waiting.value["action_requests"][0]["args"]["title"]
        graph.invoke(APPROVE, THREAD)
        messages = graph.invoke(REJECT, THREAD)["messages"][-2:]
        assert shelf.books == [first]
        assert sorted(message.status for message in messages) == ["error", "success"]
        assert any("too late" in message.content for message in messages)


@pytest.mark.parametrize("pages", [float("nan"), 2**60, b"x"])
def test_a_call_with_arguments_that_have_no_canonical_form_fails_and_no_other(
    project: Path, pages: Any
) -> None:
    taken: list[Any] = []

    def print_pages(pages: Any) -> str:
        """Print pages."""
        taken.append(pages)
        return "printed"

    bad = {"name": "print_pages", "args": {"pages": pages}, "id": "bad"}
    good = {"name": "print_pages", "args": {"pages": 3}, "id": "good"}
    asked: Any = {"messages": [("user", "Print"), AIMessage("", tool_calls=[bad, good])]}
    with Podium.from_project(project) as app:
        graph = node_graph(govern(print_pages, app=app), InMemorySaver())
        graph.invoke(asked, THREAD)
        messages = graph.invoke(APPROVE, THREAD)["messages"][-2:]
    assert [message.status for message in messages] == ["error", "success"]
    assert taken == [3]


def test_without_a_checkpointer_nothing_is_changed(project: Path) -> None:
    shelf = Shelf()
    with Podium.from_project(project) as app:
        graph = node_graph(govern(shelf_tool(shelf), app=app), None)
        with pytest.raises(NoCheckpointer):
            graph.invoke(asks("Emma"))
        assert shelf.books == []


def test_the_middleware_governs_the_tools_of_an_agent(project: Path) -> None:
    shelf = Shelf()
    with Podium.from_project(project) as app:
        agent: Any = create_agent(
            Deaf(calls("Emma"), "It is yours."),
            tools=[shelf_tool(shelf)],
            middleware=[GovernMiddleware(app)],
            checkpointer=app.checkpointer,
        )
        agent.invoke({"messages": [("user", "Lend me Emma")]}, THREAD)
        assert shelf.books == []
        assert agent.invoke(APPROVE, THREAD)["messages"][-1].content == "It is yours."
        assert shelf.books == ["Emma"]


async def test_calls_of_an_agent_are_asked_about_at_once_and_answered_each(project: Path) -> None:
    shelf = Shelf()
    async with Podium.from_project(project) as app:
        agent: Any = create_agent(
            Deaf(calls("Emma", "Ulysses"), "Done."),
            tools=[shelf_tool(shelf)],
            middleware=[GovernMiddleware(app)],
            checkpointer=app.checkpointer,
        )
        waiting = await agent.ainvoke({"messages": [("user", "Lend me both")]}, THREAD)
        asked = waiting["__interrupt__"]
        assert len(asked) == len(await app.pending("desk-9")) == 2
        answers = {
            one.id: {"decisions": [{"type": "approve", "digest": one.value["digests"][0]}]} for one in asked
        }
        await agent.ainvoke(Command(resume=answers), THREAD)
        assert sorted(shelf.books) == ["Emma", "Ulysses"]


def test_a_call_that_a_replay_makes_with_another_id_is_the_same_one(project: Path) -> None:
    shelf = Shelf()
    with Podium.from_project(project) as app:
        graph = node_graph(govern(shelf_tool(shelf), app=app), app.checkpointer)
        again = calls("Emma")
        again.tool_calls[0]["id"] = "another"
        asked = {"messages": [HumanMessage("Lend it", id="h1"), calls("Emma")]}
        graph.invoke(asked, THREAD)
        graph.invoke(APPROVE, THREAD)
        start = list(graph.get_state_history(THREAD))[-1].config
        graph.invoke(
            None, graph.update_state(start, {"messages": [asked["messages"][0], again]}, as_node="__start__")
        )
        assert shelf.books == ["Emma"]


async def test_a_tool_of_an_mcp_server_is_asked_about_and_called_once(project: Path, root: Path) -> None:
    server = root / "tests" / "support" / "mcp_server.py"
    notes = project / "notes.txt"
    with (project / "podium.toml").open("a", encoding="utf-8") as file:
        arguments = json.dumps([str(server), str(notes)])
        file.write(f"[tools.mcp.light]\ncommand = {json.dumps(sys.executable)}\nargs = {arguments}\n")
    async with Podium.from_project(project) as app:
        await app.context.toolbox.open()
        note = govern(app.context.toolbox.get("light_note"), app=app)
        graph = node_graph(note, app.checkpointer)
        call = {"name": "light_note", "args": {"text": "lamp lit"}, "id": "n1"}
        await graph.ainvoke({"messages": [("user", "Note"), AIMessage("", tool_calls=[call])]}, THREAD)
        assert not notes.exists()
        before = await graph.aget_state(THREAD)
        await graph.ainvoke(APPROVE, THREAD)
        await graph.ainvoke(None, before.config)
        assert notes.read_text(encoding="utf-8") == "lamp lit\n"


def test_an_edit_is_done_in_place_of_what_was_asked(project: Path) -> None:
    shelf = Shelf()
    with Podium.from_project(project) as app:
        graph = node_graph(govern(shelf_tool(shelf), app=app), app.checkpointer)
        graph.invoke(asks("Emma"), THREAD)
        edit = {"type": "edit", "edited_action": {"name": "lend", "args": {"title": "Persuasion"}}}
        done = graph.invoke(Command(resume={"decisions": [edit]}), THREAD)
        assert done["messages"][-1].content == "lent Persuasion"
        assert shelf.books == ["Persuasion"]


def test_a_node_that_fails_after_its_call_and_is_retried_repeats_nothing(project: Path) -> None:
    shelf, failures = Shelf(), [ConnectionError("the line broke"), ConnectionError("once more")]
    with Podium.from_project(project) as app:
        tools = ToolNode([govern(shelf_tool(shelf), app=app, effect="compensable", compensate=shelf.back)])

        def lend_and_tell(state: MessagesState, config: RunnableConfig) -> Any:
            done = tools.invoke(state, config)
            if failures:
                raise failures.pop()
            return done

        graph = StateGraph(MessagesState)
        patient = RetryPolicy(initial_interval=0.001, max_attempts=3, retry_on=ConnectionError)
        graph.add_node("tools", lend_and_tell, retry_policy=patient)
        graph.add_edge(START, "tools")
        desk: Any = graph.compile(checkpointer=app.checkpointer)
        desk.invoke(asks("Emma"), THREAD)
        assert desk.invoke(APPROVE, THREAD)["messages"][-1].content == "lent Emma"
        assert (shelf.books, failures) == (["Emma"], [])


class Deaf(ScriptedChatModel):
    """Follows its script whatever tools it is told of."""

    def __init__(self, *steps: Any) -> None:
        super().__init__(*steps)

    def bind_tools(self, tools: Any, **_: Any) -> Any:
        return self


def shelf_tool(shelf: Shelf) -> Any:
    def lend(title: str) -> str:
        """Lend a book."""
        return shelf.lend(title)

    return lend


CHILD = """
import os, sys
sys.path.insert(0, sys.argv[3])
from pathlib import Path
from typing import Any
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.checkpoint.sqlite import SqliteSaver
from podium import Podium, govern
from test_governed import APPROVE, THREAD, asks, node_graph

project, kill = Path(sys.argv[1]), sys.argv[2]

def lend(title: str) -> str:
    '''Lend a book.'''
    with (project / "lent.txt").open("a") as file:
        file.write(title + "\\n")
        file.flush()
    if kill == "inside":
        os.kill(os.getpid(), 9)
    return "lent"

def then_die(result: Any) -> Any:
    os.kill(os.getpid(), 9)

def lent(ctx: Any, args: Any) -> Any:
    return "lent" if args.title in (project / "lent.txt").read_text() else None

with Podium.from_project(project) as app, SqliteSaver.from_conn_string(str(project / "own.db")) as saver:
    tool = govern(lend, app=app, effect="compensable", reconcile=lent)
    if kill == "after":
        app.governor._told = then_die
    graph = node_graph(tool, saver)
    if graph.get_state(THREAD).values:
        print(graph.invoke(None, THREAD)["messages"][-1].content)
    else:
        graph.invoke(asks("Emma"), THREAD)
        graph.invoke(APPROVE, THREAD)
"""


@pytest.mark.parametrize("when", ["inside", "after"])
def test_a_kill_in_the_call_or_before_its_checkpoint_repeats_nothing(project: Path, when: str) -> None:
    here = str(Path(__file__).parent)
    run = [sys.executable, "-c", CHILD, str(project)]
    killed = subprocess.run([*run, when, here], check=False, capture_output=True, text=True, timeout=60)
    assert killed.returncode == -9, killed.stderr
    again = subprocess.run([*run, "go", here], check=False, capture_output=True, text=True, timeout=60)
    assert again.stdout.strip() == "lent", again.stderr
    assert (project / "lent.txt").read_text(encoding="utf-8") == "Emma\n"
