"""Schedules and the care of triggers over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from podium.testing.server import Callers, served

PATH = "/podium/v1/triggers"
Until = Callable[[Callable[[], Any]], Any]
SCHEDULE = {"kind": "schedule", "graph": "steps", "schedule": "*/5 * * * *", "input": {"text": "t"}}


def refusal(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_a_declared_schedule_tells_its_times_in_its_zone(ada: httpx.Client) -> None:
    times = ada.get(f"{PATH}/tides/next", params={"limit": 366}).json()["times"]
    there = [datetime.fromisoformat(one).astimezone(ZoneInfo("Europe/Berlin")) for one in times]
    assert len({one.date() for one in there}) == 366
    assert {(one.hour, one.minute) for one in there} <= {(2, 30), (3, 0)}
    assert ada.get(f"{PATH}/tides").json()["next_at"] == times[0]


def test_times_are_told_by_the_clocks_of_any_zone(ada: httpx.Client) -> None:
    times = ada.get(f"{PATH}/tides/next", params={"limit": 366}).json()["times"]
    asked: dict[str, Any] = {"limit": 366, "zone": "America/New_York"}
    there = ada.get(f"{PATH}/tides/next", params=asked).json()["times"]
    assert [datetime.fromisoformat(one) for one in there] == [datetime.fromisoformat(one) for one in times]
    assert {one[-6:] for one in there} == {"-05:00", "-04:00"}
    nowhere = ada.get(f"{PATH}/tides/next", params={"zone": "Mars/Olympus"})
    assert refusal(nowhere) == (422, "input_invalid")


def test_a_schedule_runs_when_it_is_told_to(ada: httpx.Client, until: Until) -> None:
    headers = {"Idempotency-Key": "once"}
    told = ada.post(f"{PATH}/tides/run", headers=headers).json()
    again = ada.post(f"{PATH}/tides/run", headers=headers).json()
    assert again["event_id"] == told["event_id"]

    def over() -> Any:
        found = ada.get(f"{PATH}/tides/events/{told['event_id']}").json()
        return found if found["status"] == "done" else None

    done = until(over)
    state = ada.get(f"/threads/{done['thread_id']}/state").json()["values"]
    assert state["text"].startswith("at 20")
    listed = ada.get(f"{PATH}/tides/events").json()["events"]
    assert [one["event_id"] for one in listed] == [told["event_id"]]


def test_what_is_due_fires_once_and_is_on_record(callers: Callers, ada: httpx.Client, until: Until) -> None:
    made = ada.put(f"{PATH}/soon", json=SCHEDULE)
    assert made.status_code == 200, made.text
    due = "2026-01-01T00:00:00.000000Z"
    database, engine = callers.server.services.database, callers.server.services.triggers.engine
    database.execute("UPDATE crons SET next_run_at=? WHERE cron_id=?", (due, made.json()["trigger_id"]))
    engine.nudge()
    done = until(
        lambda: [one for one in ada.get(f"{PATH}/soon/events").json()["events"] if one["status"] == "done"]
    )
    assert [one["event_id"] for one in done] == [due]
    assert len(ada.get(f"/threads/{done[0]['thread_id']}/runs").json()) == 1
    assert ada.get(f"{PATH}/soon").json()["next_at"] > due


def test_a_trigger_is_made_changed_paused_and_deleted(ada: httpx.Client) -> None:
    made = ada.put(f"{PATH}/mine", json={**SCHEDULE, "overlap": "skip"}).json()
    assert (made["source"], made["paused"], made["settings"]["overlap"]) == ("api", False, "skip")
    paused = ada.post(f"{PATH}/mine/pause").json()
    assert (paused["paused"], paused["next_at"]) == (True, None)
    changed = ada.put(f"{PATH}/mine", json={**SCHEDULE, "schedule": "0 4 * * *"}).json()
    assert (changed["trigger_id"], changed["paused"]) == (made["trigger_id"], True)
    assert ada.post(f"{PATH}/mine/resume").json()["next_at"].endswith("T04:00:00.000000Z")
    assert "mine" in [one["name"] for one in ada.get(PATH).json()["triggers"]]
    as_event = ada.put(f"{PATH}/mine", json={"kind": "event", "graph": "steps"}).json()
    assert as_event["kind"] == "event"
    assert ada.delete(f"{PATH}/mine").json()["name"] == "mine"
    assert refusal(ada.get(f"{PATH}/mine")) == (404, "not_found")


def test_the_protocols_crons_are_schedules_and_schedules_are_crons(ada: httpx.Client) -> None:
    body = {"assistant_id": "steps", "schedule": "0 0 1 1 *", "input": {}}
    cron = ada.post("/runs/crons", json=body).json()["cron_id"]
    shown = ada.get(f"{PATH}/{cron}").json()
    assert (shown["kind"], shown["settings"]["overlap"]) == ("schedule", "allow")
    tides = ada.get(f"{PATH}/tides").json()["trigger_id"]
    assert tides in [one["cron_id"] for one in ada.post("/runs/crons/search", json={"limit": 100}).json()]
    ada.delete(f"/runs/crons/{cron}").raise_for_status()


@pytest.mark.parametrize(
    "changes",
    [
        {"schedule": "61 * * * *"},
        {"schedule": "* * * *"},
        {"schedule": "0 0 30 2 *"},
        {"timezone": "Mars/Olympus"},
        {"timezone": "../../etc/passwd"},
        {"missed": "some"},
        {"overlap": "maybe"},
        {"window": -1},
        {"kind": "never"},
        {"more": 1},
    ],
)
def test_what_is_no_schedule_is_refused(ada: httpx.Client, changes: dict[str, Any]) -> None:
    assert refusal(ada.put(f"{PATH}/wrong", json={**SCHEDULE, **changes})) == (422, "input_invalid")
    assert ada.get(f"{PATH}/wrong").status_code == 404


@pytest.mark.parametrize(
    "schemas", [{"1": "/etc/passwd"}, {"1": {"type": "nothing"}}, {"1": {"type": 7}}, {"": {}}]
)
def test_what_is_no_schema_is_refused(ada: httpx.Client, schemas: dict[str, Any]) -> None:
    body = {"kind": "event", "graph": "steps", "schemas": schemas}
    assert ada.put(f"{PATH}/wrong", json=body).status_code == 422


def test_a_schema_that_refers_to_elsewhere_fetches_nothing(ada: httpx.Client) -> None:
    schema = {"$ref": "http://127.0.0.1:9/schema.json"}
    ada.put(f"{PATH}/far", json={"kind": "event", "graph": "steps", "schemas": {"1": schema}})
    refused = ada.post(f"{PATH}/far/events", json={"id": "e", "data": {}})
    assert refusal(refused) == (422, "input_invalid")
    assert "leads nowhere" in refused.json()["detail"]


def test_what_the_manifest_declares_is_changed_there(ada: httpx.Client, callers: Callers) -> None:
    assert refusal(ada.delete(f"{PATH}/tides")) == (409, "conflict")
    assert refusal(ada.put(f"{PATH}/tides", json=SCHEDULE)) == (409, "conflict")
    assert refusal(callers.bob.put(f"{PATH}/tides", json=SCHEDULE)) == (409, "conflict")
    assert refusal(ada.post(f"{PATH}/tides/events", json={"id": "e"})) == (422, "input_invalid")
    assert refusal(ada.post(f"{PATH}/orders/run")) == (422, "input_invalid")


def test_only_those_who_run_the_project_name_its_secrets_and_other_owners(
    ada: httpx.Client, callers: Callers
) -> None:
    signed = {"kind": "event", "graph": "steps", "webhook": {"secret_env": "HOME"}}
    for client in (ada, callers.stranger):
        assert refusal(client.put(f"{PATH}/signed", json=signed)) == (403, "not_allowed")
    assert refusal(ada.put(f"{PATH}/his", json={**SCHEDULE, "owner": "bob"})) == (403, "not_allowed")
    assert callers.admin.put(f"{PATH}/his", json={**SCHEDULE, "owner": "bob"}).json()["owner"] == "bob"
    assert callers.bob.get(f"{PATH}/his").status_code == 200
    assert ada.get(f"{PATH}/his").status_code == 404
    assert refusal(ada.put(f"{PATH}/his", json=SCHEDULE)) == (409, "conflict")


def test_a_graph_that_is_not_there_is_refused(ada: httpx.Client) -> None:
    assert refusal(ada.put(f"{PATH}/lost", json={**SCHEDULE, "graph": "nowhere"})) == (404, "not_found")
    assert ada.get(f"{PATH}/lost").status_code == 404


def test_a_restart_keeps_what_was_made_and_what_was_paused(
    callers: Callers, tmp_path_factory: pytest.TempPathFactory
) -> None:
    import shutil

    folder = tmp_path_factory.mktemp("again") / "project"
    shutil.copytree(callers.folder, folder, ignore=shutil.ignore_patterns(".podium", "__pycache__"))
    with served(folder) as server, server.client() as client:
        client.post(f"{PATH}/orders/pause").raise_for_status()
        client.put(f"{PATH}/mine", json=SCHEDULE).raise_for_status()
        client.post(f"{PATH}/orders/events", json={"id": "e", "data": {"text": "", "customer": "c"}})
    manifest = folder / "podium.toml"
    manifest.write_text(manifest.read_text().replace("[triggers.gone]", "[triggers.here]"), encoding="utf-8")
    with served(folder) as server, server.client() as client:
        names = {one["name"]: one for one in client.get(PATH).json()["triggers"]}
    assert set(names) == {"here", "mine", "narrow", "orders", "pushes", "tides"}
    assert (names["orders"]["paused"], names["narrow"]["paused"], names["here"]["paused"]) == (
        True,
        True,
        False,
    )
