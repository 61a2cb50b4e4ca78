"""Events over HTTP: taken once, ordered, tried again, given up, mended and carried out again."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import httpx
import pytest

from podium.testing.server import Callers

PATH = "/podium/v1/triggers"
Until = Callable[[Callable[[], Any]], Any]


def event(**changes: Any) -> dict[str, Any]:
    said = {
        "text": "a",
        "customer": uuid.uuid4().hex,
        "seconds": 0,
        "fails": False,
        **changes.pop("data", {}),
    }
    return {"id": uuid.uuid4().hex, "data": said, **changes}


def send(client: httpx.Client, body: dict[str, Any], name: str = "orders") -> Any:
    answer = client.post(f"{PATH}/{name}/events", json=body)
    assert answer.status_code == 202, answer.text
    return answer.json()


def look(client: httpx.Client, event_id: str, name: str = "orders") -> Any:
    return client.get(f"{PATH}/{name}/events/{event_id}").json()


def ended(client: httpx.Client, until: Until, event_id: str, name: str = "orders") -> Any:
    def over() -> Any:
        found = look(client, event_id, name)
        return found if found["status"] not in ("waiting", "started") else None

    return until(over)


def refusal(answer: httpx.Response) -> tuple[int, str, str]:
    told = answer.json()
    return answer.status_code, told["code"], told["detail"]


def test_an_event_begins_a_run_with_what_it_says(ada: httpx.Client, until: Until) -> None:
    body = event(data={"text": "x"})
    taken = send(ada, body)
    assert (taken["status"], taken["duplicate"], taken["version"]) == ("waiting", False, "2")
    done = ended(ada, until, body["id"])
    assert (done["status"], done["thread_id"]) == ("done", taken["thread_id"])
    state = ada.get(f"/threads/{done['thread_id']}/state").json()["values"]
    assert (state["text"], state["steps"]) == ("xottf", ["one", "two", "three", "four"])
    run = ada.get(f"/threads/{done['thread_id']}/runs/{done['run_id']}").json()
    assert run["metadata"]["trigger"] == "orders"
    assert run["metadata"]["event_id"] == body["id"]


def test_the_same_event_has_one_outcome_and_every_sender_learns_it(ada: httpx.Client, until: Until) -> None:
    body = event()
    with ThreadPoolExecutor(16) as pool:
        taken = list(pool.map(lambda _: send(ada, body), range(48)))
    assert sum(not one["duplicate"] for one in taken) == 1
    assert {one["thread_id"] for one in taken} == {taken[0]["thread_id"]}
    done = ended(ada, until, body["id"])
    again = send(ada, body)
    assert (again["duplicate"], again["status"], again["run_id"]) == (True, "done", done["run_id"])
    assert len(ada.get(f"/threads/{done['thread_id']}/runs").json()) == 1


def test_an_id_that_says_something_else_is_refused(ada: httpx.Client) -> None:
    body = event()
    send(ada, body)
    other = {**body, "data": {**body["data"], "text": "another"}}
    assert refusal(ada.post(f"{PATH}/orders/events", json=other))[:2] == (409, "conflict")


def test_events_with_a_key_go_one_after_another(ada: httpx.Client, until: Until) -> None:
    bodies = [event(data={"customer": "nora", "seconds": 0.03}) for _ in range(4)]
    for body in bodies:
        send(ada, body)
    done = [ended(ada, until, body["id"]) for body in bodies]
    assert all(one["status"] == "done" for one in done)
    for before, after in pairwise(done):
        assert before["ended_at"] <= after["started_at"]


def test_what_fails_is_tried_again_from_where_it_failed_and_then_given_up(
    ada: httpx.Client, until: Until
) -> None:
    body = event(data={"fails": True})
    send(ada, body)
    dead = ended(ada, until, body["id"])
    assert (dead["status"], dead["attempts"]) == ("dead", 2)
    assert "three does not like this" in dead["error"]
    runs = ada.get(f"/threads/{dead['thread_id']}/runs").json()
    assert [run["status"] for run in runs] == ["error", "error"]
    steps = ada.get(f"/threads/{dead['thread_id']}/state").json()["values"]["steps"]
    assert steps == ["one", "two"]  # each once
    letters = ada.get(f"{PATH}/orders/dead-letters").json()["events"]
    assert body["id"] in [one["event_id"] for one in letters]
    assert send(ada, body)["status"] == "dead"


def test_a_dead_letter_is_mended_and_carried_out_again(ada: httpx.Client, until: Until) -> None:
    body = event(data={"fails": True})
    send(ada, body)
    dead = ended(ada, until, body["id"])
    place = f"{PATH}/orders/dead-letters/{body['id']}/replay"
    wrong = ada.post(place, json={"data": {"text": 1, "customer": "c"}})
    assert refusal(wrong)[:2] == (422, "input_invalid")
    mended = ada.post(place, json={"data": {**body["data"], "fails": False}})
    assert mended.status_code == 202, mended.text
    done = ended(ada, until, body["id"])
    assert done["status"] == "done"
    assert done["thread_id"] != dead["thread_id"]
    assert refusal(ada.post(place))[:2] == (409, "conflict")
    assert send(ada, body)["run_id"] == done["run_id"]


def test_a_replay_as_it_was_goes_on_where_it_stopped(ada: httpx.Client, until: Until) -> None:
    body = event(data={"fails": True})
    send(ada, body)
    dead = ended(ada, until, body["id"])
    ada.post(f"{PATH}/orders/dead-letters/{body['id']}/replay").raise_for_status()
    again = ended(ada, until, body["id"])
    assert (again["thread_id"], again["attempts"]) == (dead["thread_id"], 4)


def test_a_trigger_whose_graph_is_gone_loses_nothing(ada: httpx.Client, until: Until) -> None:
    send(ada, {"id": "left-alone", "data": {"a": 1}}, "gone")
    dead = ended(ada, until, "left-alone", "gone")
    assert dead["status"] == "dead"
    assert "nowhere" in dead["error"]
    assert dead["event"]["data"] == {"a": 1}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"version": "3"}, "no schema 3"),
        ({"version": "1"}, "'words' is a required property"),
        ({"data": {"text": 5}}, "data.text"),
        ({"time": (datetime.now(UTC) + timedelta(hours=1)).isoformat()}, "future"),
        ({"time": (datetime.now(UTC) - timedelta(days=365)).isoformat()}, "older"),
        ({"time": "yesterday"}, "body.time"),
        ({"id": ""}, "body.id"),
        ({"id": "a/b"}, "body.id"),
        ({"id": "x" * 300}, "body.id"),
        ({"else": 1}, "body.else"),
    ],
)
def test_what_is_no_event_of_the_trigger_is_refused(
    ada: httpx.Client, changes: dict[str, Any], told: str
) -> None:
    body = event(**changes)
    status, code, detail = refusal(ada.post(f"{PATH}/orders/events", json=body))
    assert (status, code) == (422, "input_invalid")
    assert told in detail
    assert ada.get(f"{PATH}/orders/events/{uuid.uuid4().hex}").status_code == 404


def test_an_older_schema_is_taken_while_it_is_declared(ada: httpx.Client) -> None:
    body = {"id": uuid.uuid4().hex, "version": "1", "data": {"words": "w"}}
    answer = ada.post(f"{PATH}/orders/events", json=body)
    assert refusal(answer)[2] == "the event has no data.text"  # its schema is good; the input needs more


@pytest.mark.parametrize("data", [2**53 + 1, 1e300, "\u2028", None, [[]], {"": ""}])
def test_odd_values_are_kept_as_they_are(ada: httpx.Client, data: Any) -> None:
    body = {"id": uuid.uuid4().hex, "data": data}
    first = ada.post(f"{PATH}/gone/events", json=body)
    assert first.status_code in (202, 422), first.text
    if first.status_code == 202:
        assert look(ada, body["id"], "gone")["event"]["data"] == data
        assert send(ada, body, "gone")["duplicate"]


def test_more_than_may_wait_is_refused_and_what_waits_is_kept_until_it_is_resumed(
    ada: httpx.Client, until: Until
) -> None:
    bodies = [{"id": f"n{number}", "data": {"text": ""}} for number in range(3)]
    send(ada, bodies[0], "narrow")
    send(ada, bodies[1], "narrow")
    refused = ada.post(f"{PATH}/narrow/events", json=bodies[2])
    assert refusal(refused)[:2] == (429, "overloaded")
    assert int(refused.headers["Retry-After"]) >= 1
    assert send(ada, bodies[1], "narrow")["duplicate"]
    shown = ada.get(f"{PATH}/narrow").json()
    assert (shown["paused"], shown["waiting"]) == (True, 2)
    assert ada.post(f"{PATH}/narrow/resume").json()["paused"] is False
    assert ended(ada, until, "n1", "narrow")["status"] == "done"
    assert send(ada, bodies[2], "narrow")["duplicate"] is False
    listed = ada.get(f"{PATH}/narrow/events", params={"limit": 2}).json()
    assert [one["event_id"] for one in listed["events"]] == ["n2", "n1"]
    rest = ada.get(f"{PATH}/narrow/events", params={"before": listed["next"]}).json()
    assert [one["event_id"] for one in rest["events"]] == ["n0"]


def test_a_cancelled_run_is_not_tried_again(ada: httpx.Client, until: Until) -> None:
    body = event(data={"seconds": 30})
    send(ada, body)
    started = until(lambda: (one := look(ada, body["id"]))["status"] == "started" and one)
    ada.post(f"/threads/{started['thread_id']}/runs/{started['run_id']}/cancel").raise_for_status()
    assert ended(ada, until, body["id"])["status"] == "cancelled"


def test_nobody_else_sees_or_uses_a_trigger(callers: Callers) -> None:
    body = event()
    send(callers.ada, body)
    for client in (callers.bob, callers.stranger):
        for method, path in (
            ("GET", ""),
            ("POST", "/events"),
            ("GET", f"/events/{body['id']}"),
            ("GET", "/events"),
            ("GET", "/dead-letters"),
            ("POST", "/pause"),
            ("POST", f"/dead-letters/{body['id']}/replay"),
        ):
            answer = client.request(method, f"{PATH}/orders{path}", json=body if path == "/events" else None)
            assert refusal(answer)[:2] == (404, "not_found"), path
        assert "orders" not in client.get(PATH).text
    assert callers.admin.get(f"{PATH}/orders").json()["owner"] == "ada"
