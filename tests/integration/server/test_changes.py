"""The stream of what changes in threads: each caller's own, as it happens, until it is left."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from podium.testing.server import Callers, served

PATH = "/podium/v1/changes"


@pytest.fixture(scope="module")
def callers(stock_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callers]:
    folder = tmp_path_factory.mktemp("changing") / "project"
    shutil.copytree(stock_folder, folder, ignore=shutil.ignore_patterns(".podium"))
    with served(folder, dev=False) as server:
        yield Callers.of(server, folder)


@contextmanager
def following(client: httpx.Client, **params: Any) -> Iterator[Iterator[dict[str, Any]]]:
    """What the stream tells, once it has told how things stand."""
    with client.stream("GET", PATH, params=params, timeout=20) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        told = (json.loads(line[6:]) for line in answer.iter_lines() if line.startswith("data: "))
        yield told


def begin(client: httpx.Client) -> str:
    return str(client.post("/threads", json={}).json()["thread_id"])


def ask(client: httpx.Client, thread: str) -> None:
    body = {"assistant_id": "asks", "input": {"question": "May I?"}}
    client.post(f"/threads/{thread}/runs/wait", json=body).raise_for_status()


def until(told: Iterator[dict[str, Any]], thread: str, *, waiting: int) -> dict[str, Any]:
    """The first that tells of a thread while so many wait."""
    return next(one for one in told if thread in one["threads"] and one["waiting"] == waiting)


def test_threads_that_begin_wait_and_go_are_told(callers: Callers) -> None:
    ada = callers.ada
    with following(ada) as told:
        assert next(told) == {"threads": [], "waiting": 0}
        thread = begin(ada)
        assert next(told) == {"threads": [thread], "waiting": 0}
        ask(ada, thread)
        until(told, thread, waiting=1)
        ada.delete(f"/threads/{thread}").raise_for_status()
        until(told, thread, waiting=0)


def test_nobody_is_told_of_anothers_threads_unless_they_are_to_decide(callers: Callers) -> None:
    ada, bob = callers.ada, callers.bob
    with following(bob) as told:
        next(told)
        hers, his = begin(ada), begin(bob)
        assert next(told)["threads"] == [his]
        ask(ada, hers)
        waiting = callers.waiting(ada, hers)["interrupt_id"]
        place = f"/podium/v1/threads/{hers}/interrupts/{waiting}/assignment"
        ada.put(place, json={"assignee": name_of(bob)}).raise_for_status()
        assert next(told) == {"threads": [hers], "waiting": 1}
    ada.delete(f"/threads/{hers}").raise_for_status()


def test_who_has_decided_in_anothers_thread_is_told_no_more_of_it(callers: Callers) -> None:
    ada, bob = callers.ada, callers.bob
    hers = begin(ada)
    ask(ada, hers)
    waiting = callers.waiting(ada, hers)["interrupt_id"]
    place = f"/podium/v1/threads/{hers}/interrupts/{waiting}"
    ada.put(f"{place}/assignment", json={"assignee": name_of(bob)}).raise_for_status()
    with following(bob) as told:
        assert next(told) == {"threads": [], "waiting": 1}
        bob.post(f"{place}/decision", json={"kind": "approve"}).raise_for_status()
        until(told, hers, waiting=0)
        ask(ada, hers)
        assert callers.waiting(ada, hers)
        his = begin(bob)
        assert next(told) == {"threads": [his], "waiting": 0}
    ada.delete(f"/threads/{hers}").raise_for_status()


def name_of(client: httpx.Client) -> str:
    return str(client.get("/podium/v1/me").json()["principal"])


def test_who_comes_back_is_told_how_things_stand(callers: Callers) -> None:
    thread = begin(callers.ada)
    ask(callers.ada, thread)
    with following(callers.ada, limit=1) as told:
        assert list(told) == [{"threads": [], "waiting": 1}]


def test_a_stream_that_is_left_is_listened_to_no_more(callers: Callers) -> None:
    hub = callers.server.services.runs.hub
    with following(callers.ada) as told:
        next(told)
        assert hub.is_listened_to("")
    thread = begin(callers.ada)
    while hub.is_listened_to(""):
        callers.ada.get(f"/threads/{thread}").raise_for_status()
