"""What Prometheus is told."""

from __future__ import annotations

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from podium.testing.server import Server


@pytest.fixture
def client(stock: Server) -> httpx.Client:
    return stock.client()


def figures(client: httpx.Client) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    text = client.get("/metrics").text
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def labelled(name: str, **labels: str) -> tuple[str, frozenset[tuple[str, str]]]:
    return name, frozenset(labels.items())


def test_requests_are_counted_by_route_and_never_by_what_was_asked_for(client: httpx.Client) -> None:
    thread_id = client.post("/threads", json={}).json()["thread_id"]
    for _ in range(3):
        client.get(f"/threads/{thread_id}")
    client.get("/podium/v1/graphs/nothing/mermaid")
    client.get("/nowhere/secret-path")
    found = figures(client)
    assert (
        found[labelled("podium_requests_total", method="GET", route="/threads/{thread_id}", status="200")]
        >= 3
    )
    drawn = "/podium/v1/graphs/{graph_id}/mermaid"
    assert found[labelled("podium_requests_total", method="GET", route=drawn, status="404")] >= 1
    assert found[labelled("podium_requests_total", method="", route="none", status="404")] >= 1
    assert found[labelled("podium_request_seconds_count", route="/threads/{thread_id}")] >= 3
    assert "secret-path" not in client.get("/metrics").text
    assert thread_id not in client.get("/metrics").text


def test_runs_and_what_waits_are_told(client: httpx.Client) -> None:
    before = figures(client).get(labelled("podium_served_runs_total", graph="steps", status="success"), 0)
    client.post("/runs/wait", json={"assistant_id": "steps", "input": {"text": ""}}).raise_for_status()
    thread_id = client.post("/threads", json={}).json()["thread_id"]
    client.post(f"/threads/{thread_id}/runs/wait", json={"assistant_id": "asks", "input": {"question": "?"}})
    found = figures(client)
    assert found[labelled("podium_served_runs_total", graph="steps", status="success")] == before + 1
    assert found[labelled("podium_interrupted_threads")] >= 1
    assert found[labelled("podium_open_streams")] >= 0
    assert found[labelled("podium_open_runs", status="pending")] >= 0
    client.delete(f"/threads/{thread_id}")
