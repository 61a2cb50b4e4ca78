"""The store as graphs see it: the part of whoever the run is carried out for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from podium.testing.server import Server, served

GRAPH = """
from typing import TypedDict

from langgraph.config import get_store
from langgraph.graph import StateGraph
from langgraph.runtime import Runtime


class State(TypedDict, total=False):
    text: str
    known: list[str]


async def remember(state: State, runtime: Runtime) -> State:
    await runtime.store.aput(("notes",), state["text"], {"text": state["text"]})
    return {}


def recall(state: State) -> State:
    return {"known": sorted(one.key for one in get_store().search(("notes",)))}


graph = StateGraph(State)
graph.add_node(remember)
graph.add_node(recall)
graph.set_entry_point("remember")
graph.add_edge("remember", "recall")
graph = graph.compile()
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder: Path = tmp_path_factory.mktemp("remembering")
    (folder / "remembering.py").write_text(GRAPH)
    (folder / "langgraph.json").write_text(json.dumps({"graphs": {"notes": "./remembering.py:graph"}}))
    with served(folder) as running:
        yield running


def told(client: httpx.Client, text: str) -> list[str]:
    body = {"assistant_id": "notes", "input": {"text": text}}
    answer = client.post("/runs/wait", json=body)
    assert answer.status_code == 200, answer.text
    known: list[str] = answer.json()["known"]
    return known


def test_a_graph_remembers_across_threads_and_for_each_caller_alone(server: Server) -> None:
    ada, bob = (
        server.client(server.key("a", owner="key:ada")),
        server.client(server.key("b", owner="key:bob")),
    )
    assert told(ada, "one") == ["one"]
    assert told(ada, "two") == ["one", "two"]
    assert told(bob, "three") == ["three"]


def test_a_client_sees_what_its_graph_remembers(server: Server) -> None:
    eve = server.client(server.key("e", owner="key:eve"))
    told(eve, "seen")
    found = eve.post("/store/items/search", json={"namespace_prefix": ["notes"]}).json()["items"]
    assert [one["value"] for one in found] == [{"text": "seen"}]


def test_who_answers_finds_and_leaves_nothing_of_theirs(server: Server) -> None:
    who = server.client(server.key("w", owner="key:who"))
    admin = server.client(server.key("root", "admin", owner="key:root"))
    thread_id = who.post("/threads", json={}).json()["thread_id"]
    place = f"/threads/{thread_id}/runs/wait"
    asked = {"assistant_id": "notes", "input": {"text": "mine"}, "interrupt_before": ["remember"]}
    who.post(place, json=asked).raise_for_status()
    admin.post(place, json={"assistant_id": "notes", "input": None}).raise_for_status()
    kept = {}
    for name, client in {"who": who, "admin": admin}.items():
        found = client.post("/store/items/search", json={"namespace_prefix": ["notes"]}).json()["items"]
        kept[name] = [one["key"] for one in found]
    assert kept == {"who": ["mine"], "admin": []}
