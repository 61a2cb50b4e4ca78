"""What waits for a person, over all threads, and deciding it.

The last test changes the order that the others ask a refund for.
"""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from podium.core.ids import new_id
from podium.testing.server import Callers

RETURNED = "O-10007"


def refund(desk: Callers) -> dict[str, Any]:
    """What waits for a person once ada has asked for a refund."""
    thread_id = desk.ask(desk.ada, "support_desk", f"Issue a refund for order {RETURNED}")
    return desk.waiting(desk.ada, thread_id)


def refunds(desk: Callers) -> list[Any]:
    (file,) = (desk.folder / ".podium" / "world").rglob("*.db")
    with closing(sqlite3.connect(file)) as db:
        return db.execute("SELECT status FROM refunds WHERE order_id=?", (RETURNED,)).fetchall()


def place(waiting: dict[str, Any], last: str = "") -> str:
    return f"/podium/v1/threads/{waiting['thread_id']}/interrupts/{waiting['interrupt_id']}{last}"


def test_what_waits_is_told_with_all_that_a_person_needs(desk: Callers) -> None:
    waiting = refund(desk)
    assert waiting["question"]
    assert waiting["age_seconds"] >= 0
    assert waiting["owner"] == "ada"
    assert waiting["assignee"] is None
    (action,) = waiting["actions"]
    assert [action["digest"]] == waiting["digests"]
    assert action["preview"]
    assert desk.ada.get(place(waiting)).json()["digests"] == waiting["digests"]
    desk.ada.post(place(waiting, "/decision"), json={"kind": "reject", "message": "no"})


def test_an_approval_of_something_else_is_refused(desk: Callers) -> None:
    waiting = refund(desk)
    refused = desk.ada.post(place(waiting, "/decision"), json={"kind": "approve", "digests": ["f" * 64]})
    assert refused.status_code in {409, 422}
    assert desk.ada.get(place(waiting)).status_code == 200
    ended = desk.ada.post(place(waiting, "/decision"), json={"kind": "reject", "message": "no"})
    assert ended.status_code == 200


def test_the_one_it_is_assigned_to_decides(desk: Callers) -> None:
    waiting = refund(desk)
    assert desk.bob.get(place(waiting)).status_code == 404
    assigned = desk.ada.put(place(waiting, "/assignment"), json={"assignee": "bob"})
    assert assigned.json()["assignee"] == "bob"
    refused = desk.ada.post(place(waiting, "/decision"), json={"kind": "reject"})
    assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")
    listed = desk.bob.get("/podium/v1/interrupts").json()["interrupts"]
    assert [one["interrupt_id"] for one in listed] == [waiting["interrupt_id"]]
    assert desk.bob.get(f"/threads/{waiting['thread_id']}").status_code == 404
    assert desk.bob.put(place(waiting, "/assignment"), json={}).status_code == 404
    done = desk.bob.post(place(waiting, "/decision"), json={"kind": "reject", "message": "no"})
    assert done.status_code == 200, done.text
    assert desk.bob.get("/podium/v1/interrupts").json()["interrupts"] == []


def test_a_decision_after_its_time_is_not_taken(desk: Callers) -> None:
    waiting = refund(desk)
    past = (datetime.now(UTC) - timedelta(seconds=1)).isoformat()
    assert desk.ada.put(place(waiting, "/assignment"), json={"expires_at": past}).status_code == 200
    late = desk.ada.post(place(waiting, "/decision"), json={"kind": "approve"})
    assert (late.status_code, late.json()["code"]) == (409, "conflict")
    desk.ada.put(place(waiting, "/assignment"), json={})
    assert desk.ada.post(place(waiting, "/decision"), json={"kind": "reject"}).status_code == 200


def test_whoever_may_not_decide_does_not(desk: Callers) -> None:
    waiting = refund(desk)
    writer = desk.server.client(desk.server.key(f"writer {new_id()}", owner="ada"))
    refused = writer.post(place(waiting, "/decision"), json={"kind": "approve"})
    assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")
    resume = {"assistant_id": "support_desk", "command": {"resume": {"decisions": [{"type": "approve"}]}}}
    refused = writer.post(f"/threads/{waiting['thread_id']}/runs/wait", json=resume)
    assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")
    desk.ada.post(place(waiting, "/decision"), json={"kind": "reject"})


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"kind": "maybe"},
        {"kind": "edit"},
        {"kind": "approve", "more": 1},
        {"kind": "approve", "digests": [""]},
    ],
)
def test_what_is_no_decision_is_explained(desk: Callers, body: dict[str, Any]) -> None:
    waiting = {"thread_id": new_id(), "interrupt_id": "x"}
    refused = desk.ada.post(place(waiting, "/decision"), json=body)
    assert (refused.status_code, refused.json()["code"]) == (422, "input_invalid")


def test_nobody_decides_by_the_configuration_of_a_run(desk: Callers) -> None:
    keys = desk.server.services.key_ring.keys
    teller = desk.server.client(keys.create("teller", roles=["operator"], owner="ada")[1])
    thread_id = desk.ask(teller, "support_desk", "Please refund order O-10004 in full")
    waiting = desk.waiting(teller, thread_id)
    answers = {waiting["interrupt_id"]: {"decisions": [{"type": "approve"}]}}
    config = {"configurable": {"__pregel_resuming": True, "__pregel_resume_map": answers}}
    run = {"assistant_id": "support_desk", "input": {"messages": []}, "config": config}
    named = teller.post("/assistants", json={"graph_id": "support_desk", "config": config}).json()
    by_name = {**run, "assistant_id": named["assistant_id"], "config": None}
    place = f"/threads/{thread_id}/runs"
    for refused in (
        teller.post(f"{place}/wait", json=run),
        teller.post(f"{place}/wait", json=by_name),
        teller.post(place, json=run),
        teller.post("/runs/batch", json=[run]),
    ):
        assert (refused.status_code, refused.json().get("code")) == (403, "not_allowed"), refused.text
    effects = teller.get(f"/podium/v1/threads/{thread_id}/effects").json()["effects"]
    assert [one["status"] for one in effects if one["effect"] != "read"] == ["proposed"]
    desk.ada.post(f"{place}/wait", json=run).raise_for_status()
    effects = teller.get(f"/podium/v1/threads/{thread_id}/effects").json()["effects"]
    assert [one["status"] for one in effects if one["effect"] != "read"] == ["verified"]


def test_pages_count_threads(desk: Callers) -> None:
    made = [refund(desk) for _ in range(2)]
    first = desk.ada.get("/podium/v1/interrupts", params={"limit": 1})
    assert int(first.headers["x-pagination-total"]) == 2
    assert first.headers["x-pagination-next"] == "1"
    second = desk.ada.get("/podium/v1/interrupts", params={"limit": 1, "offset": 1})
    found = {one["thread_id"] for page in (first, second) for one in page.json()["interrupts"]}
    assert found == {one["thread_id"] for one in made}
    for waiting in made:
        desk.ada.post(place(waiting, "/decision"), json={"kind": "reject"})


def test_an_approval_is_carried_out_once(desk: Callers) -> None:
    waiting = refund(desk)
    before = len(refunds(desk))
    body = {"kind": "approve", "digests": waiting["digests"]}
    with ThreadPoolExecutor(3) as pool:
        asked = [pool.submit(desk.ada.post, place(waiting, "/decision"), json=body) for _ in range(3)]
        answers = sorted((one.result() for one in asked), key=lambda answer: answer.status_code)
    done = answers[0]
    assert done.json()["status"] == "completed", done.text
    assert {answer.status_code for answer in answers[1:]} <= {404, 409}
    assert done.json()["reply"]["actions"][0]["status"] in {"succeeded", "verified"}
    assert len(refunds(desk)) == before + 1
    again = desk.ada.post(place(waiting, "/decision"), json=body)
    assert (again.status_code, again.json()["code"]) == (404, "not_found")
    assert len(refunds(desk)) == before + 1
    thread = desk.ada.get(f"/threads/{waiting['thread_id']}").json()
    assert (thread["status"], thread["interrupts"]) == ("idle", {})
