"""Who may have runs rolled back: those who decide, because what they did outside is taken back with them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from langgraph.pregel.remote import RemoteGraph
from langgraph_sdk import get_sync_client
from langgraph_sdk.errors import PermissionDeniedError

from podium.testing.server import Server, served

SLOW = {"assistant_id": "steps", "input": {"text": "x", "seconds": 60}}
INSTEAD = {"assistant_id": "steps", "input": {"text": "y", "seconds": 0}, "multitask_strategy": "rollback"}
YEARLY = {"assistant_id": "steps", "schedule": "0 0 1 1 *", "multitask_strategy": "rollback"}


@pytest.fixture(scope="module")
def server(stock_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("rights") / "project"
    shutil.copytree(stock_folder, folder, ignore=shutil.ignore_patterns(".podium"))
    with served(folder, dev=False) as running:
        yield running


def somebody(server: Server, *roles: str) -> httpx.Client:
    """Ada, with roles."""
    secret = server.services.key_ring.keys.create("-".join(roles), roles=list(roles), owner="ada")[1]
    return server.client(secret)


@pytest.fixture(scope="module")
def operator(server: Server) -> httpx.Client:
    return somebody(server, "operator")


@pytest.fixture(scope="module")
def both(server: Server) -> httpx.Client:
    return somebody(server, "operator", "approver")


@pytest.fixture
def busy(operator: httpx.Client) -> Iterator[tuple[str, str]]:
    """A thread with a run that goes on, and the run; operators may start both."""
    thread_id = operator.post("/threads", json={}).json()["thread_id"]
    run_id = operator.post(f"/threads/{thread_id}/runs", json=SLOW).json()["run_id"]
    yield thread_id, run_id
    operator.post("/runs/cancel", json={"thread_id": thread_id, "status": "all"}).raise_for_status()


def asked(thread_id: str, run_id: str) -> list[tuple[str, Any]]:
    """All the ways of having a run rolled back."""
    place = f"/threads/{thread_id}/runs"
    return [
        (f"{place}/{run_id}/cancel?action=rollback", None),
        ("/runs/cancel?action=rollback", {"run_ids": [run_id]}),
        ("/runs/cancel?action=rollback", {"thread_id": thread_id, "status": "all"}),
        (place, INSTEAD),
        (f"{place}/wait", INSTEAD),
        (f"{place}/stream", INSTEAD),
        ("/runs/batch", [{**INSTEAD, "thread_id": thread_id}]),
        (f"{place}/crons", YEARLY),
    ]


def test_who_decides_nothing_has_no_run_rolled_back(
    server: Server, operator: httpx.Client, busy: tuple[str, str]
) -> None:
    for path, body in asked(*busy):
        refused = operator.post(path, json=body)
        assert (path, refused.status_code, refused.json()["code"]) == (path, 403, "not_allowed")
        assert "approve" in refused.json()["detail"]
        assert refused.json()["hint"]
    assert operator.get(f"/threads/{busy[0]}/runs/{busy[1]}").json()["status"] in {"pending", "running"}
    assert len(operator.get(f"/threads/{busy[0]}/runs").json()) == 1
    with get_sync_client(url=server.url, api_key=operator.headers["X-Api-Key"]) as client:
        remote = RemoteGraph("steps", sync_client=client)
        config: Any = {"configurable": {"thread_id": busy[0]}}
        with pytest.raises(PermissionDeniedError, match="approve"):
            remote.invoke({"text": "y", "seconds": 0}, config, multitask_strategy="rollback")


def test_who_decides_as_well_has(both: httpx.Client, busy: tuple[str, str]) -> None:
    place = f"/threads/{busy[0]}/runs"
    assert both.post(f"{place}/wait", json=INSTEAD).status_code == 200
    assert both.get(f"{place}/{busy[1]}").status_code == 404


def test_an_approver_rolls_back_a_run_without_starting_any(server: Server, busy: tuple[str, str]) -> None:
    approver = somebody(server, "approver")
    place = f"/threads/{busy[0]}/runs"
    assert approver.post(place, json=SLOW).status_code == 403
    # Cancelling is a change for those who may write: an approver undoes by going back to a checkpoint.
    assert approver.post(f"{place}/{busy[1]}/cancel?action=rollback").status_code == 403


def test_a_schedule_that_rolls_runs_back_is_an_approvers_to_change(
    both: httpx.Client, operator: httpx.Client
) -> None:
    thread_id = both.post("/threads", json={}).json()["thread_id"]
    made = both.post(f"/threads/{thread_id}/runs/crons", json=YEARLY)
    assert made.status_code == 200
    place = f"/runs/crons/{made.json()['cron_id']}"
    assert operator.patch(place, json={"schedule": "* * * * *"}).status_code == 403
    assert both.patch(place, json={"enabled": False}).status_code == 200


def test_what_is_interrupted_is_an_operators_to_end(operator: httpx.Client, busy: tuple[str, str]) -> None:
    place = f"/threads/{busy[0]}/runs"
    instead = {**INSTEAD, "multitask_strategy": "interrupt"}
    assert operator.post(f"{place}/wait", json=instead).status_code == 200
    assert operator.get(f"{place}/{busy[1]}").json()["status"] == "interrupted"
    alone = operator.post("/runs/wait", json=INSTEAD)  # a thread of its own has no other run
    assert alone.status_code == 200
