"""Interrupts of any graph are listed and answered at one place."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from podium.testing.server import Server


@pytest.fixture
def client(stock: Server) -> httpx.Client:
    return stock.client()


def asked(client: httpx.Client, graph: str = "asks") -> dict[str, Any]:
    thread_id = client.post("/threads", json={}).json()["thread_id"]
    body = {"assistant_id": graph, "input": {"question": "Is it?"}}
    client.post(f"/threads/{thread_id}/runs/wait", json=body).raise_for_status()
    found = client.get("/podium/v1/interrupts", params={"limit": 200}).json()["interrupts"]
    return next(one for one in found if one["thread_id"] == thread_id)


def place(waiting: dict[str, Any]) -> str:
    return f"/podium/v1/threads/{waiting['thread_id']}/interrupts/{waiting['interrupt_id']}"


@pytest.mark.parametrize("graph", ["asks", "nested"])
def test_a_graph_that_asks_gets_its_answer(client: httpx.Client, graph: str) -> None:
    waiting = asked(client, graph)
    assert (waiting["graph_id"], waiting["value"]) == (graph, {"question": "Is it?"})
    done = client.post(f"{place(waiting)}/decision", json={"kind": "respond", "value": "It is."}).json()
    assert (done["status"], done["values"]["answer"]) == ("success", "It is.")
    run = client.get(f"/threads/{waiting['thread_id']}/runs/{done['run_id']}").json()
    assert run["status"] == "success"
    assert client.get(place(waiting)).status_code == 404


def test_a_plain_decision_has_the_form_that_stock_graphs_take(client: httpx.Client) -> None:
    waiting = asked(client)
    done = client.post(f"{place(waiting)}/decision", json={"kind": "reject", "message": "no"}).json()
    assert done["values"]["answer"] == {"decisions": [{"type": "reject", "message": "no"}]}


def test_a_thread_that_goes_takes_what_waits_with_it(client: httpx.Client) -> None:
    waiting = asked(client)
    client.put(f"{place(waiting)}/assignment", json={"assignee": "bob"}).raise_for_status()
    client.delete(f"/threads/{waiting['thread_id']}").raise_for_status()
    assert client.get(place(waiting)).status_code == 404
    assert client.post(f"{place(waiting)}/decision", json={"kind": "approve"}).status_code == 404
