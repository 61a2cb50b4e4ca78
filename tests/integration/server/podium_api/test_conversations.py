"""Threads as people look for them and take them away, and their steps."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from podium.testing.server import Callers, Server

THREADS = "/podium/v1/threads"


def threads(client: httpx.Client, **params: Any) -> list[dict[str, Any]]:
    answer = client.get(THREADS, params=params)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["threads"])


def steps(client: httpx.Client, thread: str, **params: Any) -> dict[str, Any]:
    answer = client.get(f"{THREADS}/{thread}/steps", params=params)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


@pytest.fixture(scope="module")
def waiting(desk: Callers, answered: str) -> str:
    del answered  # it comes before
    return desk.ask(desk.ada, "support_desk", "Refund order O-10007, please")


def test_threads_are_listed_by_their_titles(desk: Callers, answered: str, waiting: str) -> None:
    first, second = threads(desk.ada)[:2]
    assert (first["thread_id"], first["title"]) == (waiting, "Refund order O-10007, please")
    assert (first["status"], first["waiting"], first["graph_id"]) == ("interrupted", 1, "support_desk")
    assert (second["thread_id"], second["waiting"], second["owner"]) == (answered, 0, "ada")
    assert [one["thread_id"] for one in threads(desk.ada, q="o-10007")] == [waiting]
    assert [one["thread_id"] for one in threads(desk.ada, status="interrupted")] == [waiting]
    assert threads(desk.ada, graph="other") == threads(desk.ada, q="%") == []
    desk.ada.patch(f"/threads/{answered}", json={"metadata": {"title": "Returns"}}).raise_for_status()
    assert [one["title"] for one in threads(desk.ada, q="returns")] == ["Returns"]


def test_a_list_has_pages_and_holds_nobody_elses(desk: Callers, waiting: str) -> None:
    answer = desk.ada.get(THREADS, params={"limit": 1})
    assert len(answer.json()["threads"]) == 1
    assert int(answer.headers["X-Pagination-Total"]) >= 2
    assert answer.headers["X-Pagination-Next"] == "1"
    for client in (desk.bob, desk.stranger):
        assert threads(client) == []
        for part in ("steps", "export"):
            assert client.get(f"{THREADS}/{waiting}/{part}").status_code == 404
    assert waiting in {one["thread_id"] for one in threads(desk.admin)}


def test_steps_tell_who_ran_and_what_they_wrote(desk: Callers, answered: str) -> None:
    told = steps(desk.ada, answered)
    ran = [[task["node"] for task in step["tasks"]] for step in told["steps"]]
    assert ran == [
        ["__start__"],
        ["admit"],
        ["plan"],
        ["retrieve"],
        ["execute"],
        ["critique"],
        ["respond"],
        [],
    ]
    critique = told["steps"][5]["tasks"][0]
    assert {"confidence", "decision"} <= set(critique["wrote"])
    assert not any(name.startswith(("branch:", "__")) for name in critique["wrote"])
    history = desk.ada.get(f"/threads/{answered}/history", params={"limit": 100}).json()[::-1]
    assert [one["checkpoint_id"] for one in told["steps"]] == [
        one["checkpoint"]["checkpoint_id"] for one in history
    ]
    assert [one["step"] for one in told["steps"]] == [one["metadata"]["step"] for one in history]
    for step, state in zip(told["steps"], history, strict=True):
        assert step["parent_id"] == (state["parent_checkpoint"] or {}).get("checkpoint_id")
        assert step["at"][:19] == state["created_at"][:19]
    (run,) = desk.ada.get(f"/threads/{answered}/runs").json()
    assert {step["run_id"] for step in told["steps"]} == {run["run_id"]}
    assert (told["head"], told["next"]) == (told["steps"][-1]["checkpoint_id"], None)


def test_steps_come_in_pages(desk: Callers, answered: str) -> None:
    whole, found, after = steps(desk.ada, answered)["steps"], [], 0
    while after is not None:
        page = steps(desk.ada, answered, after=after, limit=3)
        found += page["steps"]
        after = page["next"]
    assert found == whole


def test_a_step_that_waits_for_a_person_says_so(desk: Callers, waiting: str) -> None:
    (task,) = steps(desk.ada, waiting)["steps"][-1]["tasks"]
    assert (task["node"], task["interrupted"], task["error"], task["wrote"]) == ("human", True, False, [])


def test_a_thread_is_taken_away_with_all_that_is_known(desk: Callers, answered: str) -> None:
    answer = desk.ada.get(f"{THREADS}/{answered}/export")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="thread-{answered[:8]}.json"'
    whole = answer.json()
    assert [message["type"] for message in whole["messages"]] == ["human", "ai"]
    assert (len(whole["runs"]), len(whole["decisions"]), whole["effects"]) == (1, 1, [])
    text = desk.ada.get(f"{THREADS}/{answered}/export", params={"format": "markdown"})
    assert text.headers["Content-Type"] == "text/markdown; charset=utf-8"
    assert "**You**\n\nWhat is the returns policy?\n\n**Assistant**\n\n" in text.text
    assert desk.ada.get(f"{THREADS}/{answered}/export", params={"format": "pdf"}).status_code == 422


def test_threads_of_any_graph_have_titles_steps_and_exports(stock: Server) -> None:
    client = stock.client()
    thread = str(client.post("/threads", json={}).json()["thread_id"])
    assert threads(client)[0]["title"] == ""
    body = {"assistant_id": "chat", "input": {"messages": [{"role": "user", "content": "hello\nthere"}]}}
    client.post(f"/threads/{thread}/runs/wait", json=body).raise_for_status()
    (listed,) = [one for one in threads(client, limit=200) if one["thread_id"] == thread]
    assert (listed["title"], listed["graph_id"]) == ("hello there", "chat")
    assert steps(client, thread)["steps"][0]["source"] == "input"
    assert "hello\nthere" in client.get(f"{THREADS}/{thread}/export", params={"format": "markdown"}).text


def test_a_thread_with_steps_left_waits_for_nobody(desk: Callers, answered: str) -> None:
    copy = desk.ada.post(f"/threads/{answered}/copy").json()["thread_id"]
    states = desk.ada.get(f"/threads/{copy}/history", params={"limit": 100}).json()
    at = next(one["checkpoint"]["checkpoint_id"] for one in states if one["next"] == ["execute"])
    body = {"values": None, "as_node": "__copy__", "checkpoint_id": at}
    desk.ada.post(f"/threads/{copy}/state", json=body).raise_for_status()
    (listed,) = [one for one in threads(desk.ada) if one["thread_id"] == copy]
    assert (listed["status"], listed["waiting"]) == ("interrupted", 0)
    desk.ada.delete(f"/threads/{copy}").raise_for_status()
