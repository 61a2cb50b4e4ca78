"""A turn looks things up for whoever asked, also when somebody else has it go on."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import httpx
import pytest

from podium.testing.server import Callers

MANIFEST = """\
[project]
name = "observatory"

[agents]
path = "agents"

[tools]
paths = ["tools.py"]

[knowledge.collections.handbook]
paths = ["handbook"]

[knowledge.collections.board]
paths = ["board"]
access = "board"
"""
TOOLS = '''\
"""What a person has to approve."""

from podium import action


@action("irreversible")
def sell(what: str) -> dict[str, str]:
    """Sell something.

    Args:
        what: What.
    """
    return {"sold": what}
'''
AGENTS = '''\
"""Looks things up once a person has asked for it."""

from podium import agent
from podium.agents.contracts import PlanReply, PlanRequest
from podium.core.plan import Plan, Step


@agent(role="planner")
class Obeys:
    """Proposes a sale, and looks up what a person says instead."""

    def __init__(self, default: object) -> None:
        self.default = default

    async def plan(self, request: PlanRequest) -> PlanReply:
        if "What do you know" in request.request:
            return await self.default.plan(request)
        if request.feedback:
            asked = request.feedback[-1]
            look = Step(id="look", kind="retrieve", instruction=asked, query=asked)
            said = Step(id="say", kind="answer", instruction=asked, depends_on=("look",))
            return PlanReply(plan=Plan(steps=(look, said)))
        sell = Step(id="sell", kind="act", instruction="Sell it.", tool="sell", args={"what": "dome"})
        return PlanReply(plan=Plan(steps=(sell,)))
'''
LOOK = "To whom will the zeppelin be sold?"
SECRET = "harbour"


@pytest.fixture(scope="module")
def callers(library: Callable[..., AbstractContextManager[Callers]]) -> Iterator[Callers]:
    files = {
        "podium.toml": MANIFEST,
        "tools.py": TOOLS,
        "agents/obeys.py": AGENTS,
        "handbook/hours.md": "# Opening hours\n\nThe zeppelin may be seen from 19:30 until midnight.\n",
        "board/plans.md": "# Secret plans\n\nThe zeppelin will be sold to the harbour.\n",
    }
    with library(files) as found:
        yield found


@pytest.fixture(scope="module")
def director(callers: Callers) -> httpx.Client:
    """One who may read what the board reads."""
    keys = callers.server.services.key_ring.keys
    return callers.server.client(keys.create("d", roles=["operator", "board"], owner="director")[1])


def found_in(who: httpx.Client, thread_id: str) -> list[str]:
    state = who.get(f"/threads/{thread_id}/state").json()
    return sorted(one["source"] for one in state["values"].get("evidence", ()))


def decided(callers: Callers, who: httpx.Client, thread_id: str) -> None:
    """By the endpoint of decisions."""
    place = f"/threads/{thread_id}/interrupts/{callers.waiting(callers.admin, thread_id)['interrupt_id']}"
    answer = who.post(f"/podium/v1{place}/decision", json={"kind": "respond", "message": LOOK})
    assert answer.json()["status"] in {"completed", "abstained"}, answer.text


def resumed(callers: Callers, who: httpx.Client, thread_id: str) -> None:
    """By a run, as LangGraph's clients do."""
    body = {
        "assistant_id": "observatory",
        "command": {"resume": {"decisions": [{"type": "respond", "message": LOOK}]}},
    }
    who.post(f"/threads/{thread_id}/runs/wait", json=body).raise_for_status()


@pytest.mark.parametrize("answer", [decided, resumed])
def test_an_approver_lends_nobody_their_labels(callers: Callers, answer: Any) -> None:
    thread_id = callers.ask(callers.ada, "observatory", "Sell the dome")
    answer(callers, callers.admin, thread_id)
    assert found_in(callers.ada, thread_id) == ["hours.md"]
    whole = json.dumps(callers.ada.get(f"/threads/{thread_id}/history").json())
    assert SECRET not in whole
    assert "Secret plans" not in whole


@pytest.mark.parametrize("answer", [decided, resumed])
def test_an_approver_takes_nothing_from_whoever_asked(
    callers: Callers, director: httpx.Client, answer: Any
) -> None:
    thread_id = callers.ask(director, "observatory", "Sell the dome")
    answer(callers, callers.admin, thread_id)
    assert found_in(director, thread_id) == ["hours.md", "plans.md"]


def test_an_approver_without_the_label_is_no_hindrance(callers: Callers, director: httpx.Client) -> None:
    thread_id = callers.ask(director, "observatory", "Sell the dome")
    waiting = callers.waiting(callers.admin, thread_id)["interrupt_id"]
    place = f"/podium/v1/threads/{thread_id}/interrupts/{waiting}"
    callers.admin.put(f"{place}/assignment", json={"assignee": "bob"}).raise_for_status()
    callers.bob.post(f"{place}/decision", json={"kind": "respond", "message": LOOK}).raise_for_status()
    assert found_in(director, thread_id) == ["hours.md", "plans.md"]
    assert callers.bob.get(f"/threads/{thread_id}/state").status_code == 404


def test_a_state_that_names_another_run_reads_what_everybody_may(
    callers: Callers, director: httpx.Client
) -> None:
    other = callers.ask(director, "observatory", "Sell the dome")
    turn = director.get(f"/threads/{other}/state").json()["values"]["turn"]
    thread_id = callers.ask(callers.stranger, "observatory", "Sell the dome")
    forged = {"values": {"turn": {**turn, "principal": "local:root"}}, "as_node": "admit"}
    callers.stranger.post(f"/threads/{thread_id}/state", json=forged).raise_for_status()
    body = {"assistant_id": "observatory", "input": None}
    callers.stranger.post(f"/threads/{thread_id}/runs/wait", json=body).raise_for_status()
    resumed(callers, callers.stranger, thread_id)
    assert found_in(callers.stranger, thread_id) == ["hours.md"]


def test_a_copy_of_a_thread_reads_as_the_thread_did(callers: Callers, director: httpx.Client) -> None:
    for asker, expected in ((director, ["hours.md", "plans.md"]), (callers.ada, ["hours.md"])):
        thread_id = callers.ask(asker, "observatory", "Sell the dome")
        copy = callers.admin.post(f"/threads/{thread_id}/copy").json()["thread_id"]
        resumed(callers, callers.admin, copy)
        assert found_in(callers.admin, copy) == expected


def test_whoever_asks_what_there_is_hears_of_what_they_may_read(
    callers: Callers, director: httpx.Client
) -> None:
    told = {}
    for name, client in {"ada": callers.ada, "stranger": callers.stranger, "director": director}.items():
        thread_id = callers.ask(client, "observatory", "What do you know?")
        state = client.get(f"/threads/{thread_id}/state").text
        told[name] = ("Opening hours" in state, "Secret plans" in state)
    assert told == {"ada": (True, False), "stranger": (True, False), "director": (True, True)}


def cut_off(callers: Callers, who: httpx.Client) -> str:
    """A thread in which somebody has asked for a sale, and that stopped before they were let in."""
    thread_id = str(who.post("/threads", json={}).json()["thread_id"])
    body = {
        "assistant_id": "observatory",
        "input": {"messages": [{"role": "user", "content": "Sell the dome"}]},
        "interrupt_before": ["admit"],
    }
    who.post(f"/threads/{thread_id}/runs/wait", json=body).raise_for_status()
    return thread_id


def gone_on(who: httpx.Client, thread_id: str) -> None:
    body = {"assistant_id": "observatory", "input": None}
    who.post(f"/threads/{thread_id}/runs/wait", json=body).raise_for_status()


def test_whoever_has_a_turn_admitted_did_not_ask_for_it(callers: Callers, director: httpx.Client) -> None:
    for asker, name, expected in (
        (callers.ada, "ada", ["hours.md"]),
        (director, "director", ["hours.md", "plans.md"]),
    ):
        thread_id = cut_off(callers, asker)
        gone_on(callers.admin, thread_id)
        turn = asker.get(f"/threads/{thread_id}/state").json()["values"]["turn"]
        assert turn["principal"] == name
        resumed(callers, callers.admin, thread_id)
        assert found_in(asker, thread_id) == expected


def test_a_turn_whose_asker_nobody_knows_is_the_owners_without_their_labels(
    callers: Callers, director: httpx.Client
) -> None:
    made = director.post("/threads", json={"metadata": {"graph_id": "observatory"}}).json()
    thread_id = str(made["thread_id"])
    asked = {"messages": [{"role": "user", "content": "Sell the dome"}]}
    director.post(
        f"/threads/{thread_id}/state", json={"values": asked, "as_node": "__start__"}
    ).raise_for_status()
    gone_on(callers.admin, thread_id)
    resumed(callers, callers.admin, thread_id)
    assert found_in(director, thread_id) == ["hours.md"]


def test_who_asks_in_anothers_thread_shows_them_nothing_that_they_may_not_read(callers: Callers) -> None:
    thread_id = callers.ask(callers.ada, "observatory", "What do you know?")
    body = {
        "assistant_id": "observatory",
        "input": {"messages": [{"role": "user", "content": "Sell the dome"}]},
    }
    callers.admin.post(f"/threads/{thread_id}/runs/wait", json=body).raise_for_status()
    resumed(callers, callers.ada, thread_id)
    assert found_in(callers.ada, thread_id) == ["hours.md"]
    assert SECRET not in callers.ada.get(f"/threads/{thread_id}/history").text
