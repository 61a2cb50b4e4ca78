"""A further graph of Podium's nodes, decided about as the project's own: by people as themselves."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from podium.testing.server import Callers, served

GRAPH, OUTER = "second", "outer"
AROUND = """
from langchain_core.runnables import RunnableConfig
from langgraph.graph import END, START, MessagesState, StateGraph

from podium import build_graph
from podium.app.factory import graph_context


async def outer(config: RunnableConfig):
    context = await graph_context(config, __file__)
    graph = StateGraph(MessagesState)
    graph.add_node("desk", build_graph(context))
    graph.add_edge(START, "desk")
    graph.add_edge("desk", END)
    return graph.compile(checkpointer=context.checkpointer)
"""


@pytest.fixture(scope="module")
def desk(reference: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callers]:
    """A desk with a second graph, where two people approve what cannot be taken back exactly."""
    folder = tmp_path_factory.mktemp("second") / "desk"
    shutil.copytree(reference, folder)
    manifest = folder / "podium.toml"
    declared = 'support_desk = "graphs/support_desk.py:support_desk"\n'
    text = manifest.read_text(encoding="utf-8")
    further = declared.replace("support_desk =", f"{GRAPH} =") + f'{OUTER} = "graphs/outer.py:outer"\n'
    manifest.write_text(text.replace(declared, declared + further), encoding="utf-8")
    (folder / "graphs" / "outer.py").write_text(AROUND, encoding="utf-8")
    place = folder / "guardrails" / "policy.yaml"
    policy = yaml.safe_load(place.read_text(encoding="utf-8"))
    policy["effects"].setdefault("compensable", {}).update(people=2, approval="person")
    place.write_text(yaml.safe_dump(policy), encoding="utf-8")
    with served(folder, dev=False) as server:
        yield Callers.of(server, folder)


def place_of(desk: Callers, thread_id: str) -> str:
    waiting = desk.waiting(desk.admin, thread_id)
    return f"/podium/v1/threads/{thread_id}/interrupts/{waiting['interrupt_id']}"


def decide(desk: Callers, who: httpx.Client, thread_id: str) -> dict[str, Any]:
    answer = who.post(f"{place_of(desk, thread_id)}/decision", json={"kind": "approve"})
    answer.raise_for_status()
    return dict(answer.json())


def resume(who: httpx.Client, thread_id: str, graph: str = GRAPH) -> None:
    body = {"assistant_id": graph, "command": {"resume": {"decisions": [{"type": "approve"}]}}}
    who.post(f"/threads/{thread_id}/runs/wait", json=body).raise_for_status()


def consents(desk: Callers, thread_id: str) -> list[str]:
    return [one["principal"] for one in desk.waiting(desk.admin, thread_id)["consents"]]


def statuses(desk: Callers, thread_id: str) -> list[str]:
    found = desk.admin.get(f"/podium/v1/threads/{thread_id}/effects").json()["effects"]
    return [one["status"] for one in found if one["effect"] != "read"]


def test_one_person_is_one_however_they_decide(desk: Callers) -> None:
    thread_id = desk.ask(desk.ada, GRAPH, "Issue a refund for order O-10003")
    decide(desk, desk.admin, thread_id)
    assert consents(desk, thread_id) == ["root"]
    resume(desk.admin, thread_id)
    assert statuses(desk, thread_id) == ["proposed"]
    assert consents(desk, thread_id) == ["root"]
    resume(desk.ada, thread_id)
    assert statuses(desk, thread_id) == ["verified"]


def test_who_is_asked_to_decide_counts_as_themselves(desk: Callers) -> None:
    thread_id = desk.ask(desk.ada, GRAPH, "Issue a refund for order O-10004")
    resume(desk.ada, thread_id)
    desk.ada.put(f"{place_of(desk, thread_id)}/assignment", json={"assignee": "bob"}).raise_for_status()
    assert decide(desk, desk.bob, thread_id)["status"] == "success"
    assert statuses(desk, thread_id) == ["verified"]
    granted = desk.admin.get("/podium/v1/audit/records", params={"thread": thread_id, "limit": 200}).json()
    actors = [one["who"] for one in granted["records"] if one["kind"] == "consent"]
    assert sorted(actors) == ["ada", "bob"]
    runs = desk.ada.get(f"/threads/{thread_id}/runs").json()
    assert len(runs) == 3


def test_who_may_not_decide_does_not_in_a_graph_around_it_either(desk: Callers) -> None:
    writer = desk.server.client(desk.server.key("w", "read", "write", owner="writer"))
    thread_id = desk.ask(writer, OUTER, "Issue a refund for order O-10005")
    resume(writer, thread_id, OUTER)
    assert consents(desk, thread_id) == []
    body = {"assistant_id": OUTER, "input": None}
    writer.post(f"/threads/{thread_id}/runs/wait", json=body).raise_for_status()
    assert consents(desk, thread_id) == []
    resume(desk.admin, thread_id, OUTER)
    assert consents(desk, thread_id) == ["root"]
    assert statuses(desk, thread_id) == ["proposed"]
