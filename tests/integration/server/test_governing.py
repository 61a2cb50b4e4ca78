"""Threads of the app's own graph: read like any other, and decided only by who may."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from podium.app.journal import EMBEDDED
from podium.testing.server import Server, served

FURTHER = """\
from langgraph.graph import END, START, MessagesState, StateGraph

from podium import build_graph
from podium.app.factory import graph_context


async def second(config):
    return build_graph(await graph_context(config, __file__), name="second")


async def around(config):
    graph = StateGraph(MessagesState)
    graph.add_node("desk", build_graph(await graph_context(config, __file__)))
    graph.add_edge(START, "desk")
    graph.add_edge("desk", END)
    return graph.compile()
"""
LISTED = {"graphs": {"second": "./further.py:second", "around": "./further.py:around"}, "dependencies": []}
ASKED = {"messages": [{"role": "user", "content": "Hello"}]}


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder: Path = tmp_path_factory.mktemp("own")
    (folder / "podium.toml").write_text('[project]\nname = "demo"\n', encoding="utf-8")
    (folder / "further.py").write_text(FURTHER, encoding="utf-8")
    (folder / "langgraph.json").write_text(json.dumps(LISTED), encoding="utf-8")
    with served(folder, dev=False) as running:
        yield running


@pytest.fixture(scope="module")
def writer(own: Server) -> httpx.Client:
    """Somebody who may write, and no more."""
    return own.client(own.key("writer", "read", "write", owner="ada"))


@pytest.fixture(scope="module")
def admin(own: Server) -> httpx.Client:
    return own.client(own.key("admin", "admin"))


@pytest.fixture
def thread(writer: httpx.Client) -> str:
    made = writer.post("/threads", json={}).json()["thread_id"]
    run = {"assistant_id": "demo", "input": ASKED}
    assert writer.post(f"/threads/{made}/runs/wait", json=run).status_code == 200
    return str(made)


def asked(server: Server, text: str) -> str:
    """A thread from outside the server, as from the command line."""
    turn = asyncio.run_coroutine_threadsafe(server.services.app.ask(text), server.loop)
    return turn.result(60).thread_id


def test_a_conversation_of_the_command_line_is_told(own: Server, admin: httpx.Client) -> None:
    thread = asked(own, "Hello")
    found = admin.get(f"/threads/{thread}").json()
    assert found["metadata"] == {}
    assert [one["type"] for one in found["values"]["messages"]] == ["human", "ai"]
    history = admin.get(f"/threads/{thread}/history").json()
    assert history[0]["next"] == []
    assert history[-1]["next"] == ["__start__"]
    (listed,) = admin.post("/threads/search", json={"ids": [thread]}).json()
    assert listed["values"] == found["values"]


def test_a_copy_of_a_conversation_simulates(own: Server, admin: httpx.Client) -> None:
    thread = asked(own, "Hello")
    copy = admin.post(f"/threads/{thread}/copy").json()
    assert copy["metadata"]["forked_from"] == thread
    ledger = own.services.app.context.toolbox.ledger
    simulates = asyncio.run_coroutine_threadsafe(ledger.simulates(copy["thread_id"]), own.loop)
    assert simulates.result(60)


def test_the_state_of_a_thread_that_another_graph_holds_is_not_made_up(
    own: Server, admin: httpx.Client
) -> None:
    thread = asked(own, "Hello")
    admin.patch(f"/threads/{thread}", json={"metadata": {EMBEDDED: ["node"]}})
    assert admin.get(f"/threads/{thread}").json()["values"] is None


def test_the_record_of_a_deleted_thread_stays(own: Server, admin: httpx.Client) -> None:
    thread = asked(own, "Hello")
    assert admin.delete(f"/threads/{thread}").status_code == 204
    records = own.services.database.read(
        lambda connection: connection.execute(
            "SELECT count(*) FROM audit WHERE thread_id=?", (thread,)
        ).fetchone()[0]
    )
    assert records > 0


@pytest.mark.parametrize(
    ("values", "as_node"),
    [
        ({"decision": {"route": "act"}}, "critique"),
        ({"review": {}}, "human"),
        (None, None),
        ({"messages": []}, None),
        ([[{"review": {}}, "human"]], "__copy__"),
    ],
)
def test_who_may_only_write_writes_no_state_as_a_node(
    writer: httpx.Client, admin: httpx.Client, thread: str, values: Any, as_node: str | None
) -> None:
    update = {"values": values, "as_node": as_node}
    before = admin.get(f"/threads/{thread}/state").json()
    answer = writer.post(f"/threads/{thread}/state", json=update)
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
    assert admin.get(f"/threads/{thread}/state").json() == before
    made = {"metadata": {"graph_id": "demo"}, "supersteps": [{"updates": [update]}]}
    assert writer.post("/threads", json=made).status_code == 403


@pytest.mark.parametrize(
    "command",
    [
        {"goto": "commit"},
        {"goto": ["commit"]},
        {"goto": {"node": "commit", "input": {}}},
        {"update": {"review": {}}},
    ],
)
def test_who_may_only_write_sends_no_run_to_a_node(
    writer: httpx.Client, admin: httpx.Client, thread: str, command: Any
) -> None:
    run = {"assistant_id": "demo", "command": command}
    for path in (f"/threads/{thread}/runs", f"/threads/{thread}/runs/wait", f"/threads/{thread}/runs/stream"):
        assert writer.post(path, json=run).status_code == 403
    assert writer.get(f"/threads/{thread}").json()["status"] == "idle"


def test_who_may_write_gives_inputs_branches_and_ends(writer: httpx.Client, thread: str) -> None:
    def update(**given: Any) -> int:
        return writer.post(f"/threads/{thread}/state", json=given).status_code

    assert update(values=ASKED, as_node="__start__") == 200
    assert update(values=None, as_node="__copy__") == 200
    assert update(values=None, as_node="__end__") == 200
    run = {"assistant_id": "demo", "command": {"goto": "__end__"}}
    assert writer.post(f"/threads/{thread}/runs/wait", json=run).status_code == 200


def test_who_may_do_all_changes_any_state(admin: httpx.Client, thread: str) -> None:
    update = {"values": {"open_question": {}}, "as_node": "respond"}
    assert admin.post(f"/threads/{thread}/state", json=update).status_code == 200


def test_a_further_graph_of_such_nodes_is_no_way_around(writer: httpx.Client) -> None:
    run: dict[str, Any] = {"assistant_id": "second", "input": ASKED, "if_not_exists": "create"}
    thread = writer.post("/threads", json={}).json()["thread_id"]
    assert writer.post(f"/threads/{thread}/runs/wait", json=run).json()["messages"]
    update = {"values": {"review": {}}, "as_node": "human"}
    assert writer.post(f"/threads/{thread}/state", json=update).status_code == 403
    run = {"assistant_id": "second", "command": {"goto": "commit"}}
    assert writer.post(f"/threads/{thread}/runs/wait", json=run).status_code == 403


def test_a_graph_around_is_no_way_around(writer: httpx.Client) -> None:
    thread = writer.post("/threads", json={}).json()["thread_id"]
    run = {"assistant_id": "around", "input": ASKED}
    assert writer.post(f"/threads/{thread}/runs/wait", json=run).json()["messages"]
    inside = {"values": {"review": {}}, "as_node": "human", "checkpoint": {"checkpoint_ns": "desk:task"}}
    assert writer.post(f"/threads/{thread}/state", json=inside).status_code == 403
    outside = {"values": {"messages": []}, "as_node": "desk"}
    assert writer.post(f"/threads/{thread}/state", json=outside).status_code == 200
