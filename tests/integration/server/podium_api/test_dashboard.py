"""The dashboard, over HTTP."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from podium.testing.server import Callers

PATH = "/podium/v1/dashboard"


@pytest.fixture(scope="module")
def busy(desk: Callers) -> Callers:
    """A desk that has answered, refused, and refunded."""
    answered = desk.ask(desk.ada, "support_desk", "What is the returns policy?")
    desk.ada.post(f"/podium/v1/threads/{answered}/feedback", json={"rating": 1}).raise_for_status()
    desk.ask(desk.ada, "support_desk", "refund " * 3_000)
    thread = desk.ask(desk.ada, "support_desk", "Refund order O-10007, please")
    waiting = desk.waiting(desk.ada, thread)
    place = f"/podium/v1/threads/{thread}/interrupts/{waiting['interrupt_id']}/decision"
    desk.ada.post(place, json={"kind": "reject", "message": "Not now."}).raise_for_status()
    return desk


def told(client: httpx.Client, **params: Any) -> dict[str, Any]:
    answer = client.get(PATH, params=params)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_what_happened_is_in_the_figures(busy: Callers) -> None:
    found = told(busy.ada)
    assert found["runs"]["failed"] == 0
    assert found["runs"]["success_rate"] == 1.0
    assert found["cost"]["turns"] == 3
    assert (found["people"]["escalated"], found["people"]["rejected"]) == (1, 1)
    assert (found["people"]["override_rate"], found["people"]["escalation_rate"]) == (1.0, 0.333333)
    assert [one["rule"] for one in found["guardrails"] if one["outcome"] == "refuse"] == ["length"]
    assert (found["reliability"]["n"], found["reliability"]["labels"]) == (2, {"feedback": 1, "reviews": 1})
    judged = [one for one in found["reliability"]["bins"] if one["n"]]
    assert sum(one["right"] * one["n"] for one in judged) == 1
    assert all(0 <= one["right_low"] <= one["right"] <= one["right_high"] <= 1 for one in judged)
    assert found["confidence"]["n"] == sum(one["n"] for one in found["confidence"]["bins"]) == 2
    assert len(found["buckets"]) == 24
    assert found["buckets"][-1]["runs"] == found["runs"]["total"]
    assert found["buckets"][-1]["p50"] <= found["latency"]["max"]


def test_the_aims_are_for_those_who_run_the_project(busy: Callers) -> None:
    assert told(busy.ada)["objectives"] is None
    assert told(busy.stranger)["objectives"] is None
    assert told(busy.admin)["objectives"]["window_days"] > 0
    assert told(busy.admin)["runs"]["total"] >= told(busy.ada)["runs"]["total"] > 0
    assert told(busy.bob)["runs"]["total"] == told(busy.stranger)["runs"]["total"] == 0


def test_another_time_is_another_matter(busy: Callers) -> None:
    found = told(busy.ada, since="2020-01-01", until="2020-01-02T00:00:00+00:00", buckets=2)
    assert (found["runs"]["total"], found["latency"]["p50"], found["reliability"]["ece"]) == (0, None, None)
    assert [one["at"][:16] for one in found["buckets"]] == ["2020-01-01T00:00", "2020-01-01T12:00"]
    assert found["bucket_seconds"] == 43_200


@pytest.mark.parametrize(
    "params",
    [
        {"since": "yesterday"},
        {"since": "2026-01-02", "until": "2026-01-01"},
        {"since": "1900-01-01"},
        {"until": "0001-01-01T00:00+14:00"},
        {"until": "0001-01-01"},
        {"buckets": 0},
        {"buckets": 100_000},
    ],
)
def test_a_time_that_is_none_is_refused(busy: Callers, params: dict[str, Any]) -> None:
    refused = busy.ada.get(PATH, params=params)
    assert (refused.status_code, refused.json()["code"]) == (422, "input_invalid"), refused.text
