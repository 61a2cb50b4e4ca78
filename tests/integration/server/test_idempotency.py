"""A request that is made again with its key is carried out once."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from podium.core.ids import new_id
from podium.testing.server import Server, served

MARK = "idempotency-replayed"


@pytest.fixture(scope="module")
def keyed(stock_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    import shutil

    folder = tmp_path_factory.mktemp("keyed") / "project"
    shutil.copytree(stock_folder, folder, ignore=shutil.ignore_patterns(".podium"))
    with served(folder, dev=False) as running:
        yield running


@pytest.fixture
def client(keyed: Server) -> httpx.Client:
    return keyed.client(keyed.key(f"key {new_id()}"))


def again(client: httpx.Client, path: str, body: Any, key: str) -> httpx.Response:
    return client.post(path, json=body, headers={"Idempotency-Key": key})


def thread(client: httpx.Client) -> str:
    return str(client.post("/threads", json={}).json()["thread_id"])


def runs(client: httpx.Client, thread_id: str) -> int:
    return len(client.get(f"/threads/{thread_id}/runs", params={"limit": 100}).json())


def test_the_second_request_gets_the_first_ones_answer(client: httpx.Client) -> None:
    key = new_id()
    first, second = (again(client, "/threads", {"metadata": {"a": 1}}, key) for _ in range(2))
    assert first.status_code == second.status_code == 200
    assert first.json() == second.json()
    assert MARK not in first.headers
    assert second.headers[MARK] == "true"
    assert again(client, "/threads", {"metadata": {"a": 1}}, new_id()).json() != first.json()


def test_a_key_stands_for_one_request(client: httpx.Client) -> None:
    key = new_id()
    again(client, "/threads", {"metadata": {"a": 1}}, key)
    for path, body in (("/threads", {"metadata": {"a": 2}}), (f"/threads/{thread(client)}/runs", {})):
        refused = again(client, path, body, key)
        assert (refused.status_code, refused.json()["code"]) == (422, "idempotency_key_reused")


def test_what_was_refused_may_be_tried_again(client: httpx.Client) -> None:
    key = new_id()
    assert again(client, "/threads", {"nonsense": 1}, key).status_code == 422
    assert again(client, "/threads", {}, key).status_code == 200


def test_another_owners_key_is_another_key(keyed: Server) -> None:
    key = new_id()
    ours, theirs = (keyed.client(keyed.key(f"{name} {key}")) for name in ("ours", "theirs"))
    made = [again(one, "/threads", {}, key).json()["thread_id"] for one in (ours, theirs)]
    assert made[0] != made[1]


@pytest.mark.parametrize("key", ["", "a" * 256, "é", "a\tb"])
def test_a_key_that_is_none_is_refused(client: httpx.Client, key: str) -> None:
    refused = client.post("/threads", json={}, headers={b"Idempotency-Key": key.encode()})
    assert refused.status_code == 422


def test_requests_at_the_same_time_are_one(client: httpx.Client) -> None:
    thread_id, key = thread(client), new_id()
    body = {"assistant_id": "steps", "input": {"seconds": 0.05}}
    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(again, client, f"/threads/{thread_id}/runs", body, key) for _ in range(8)]
        answers = [one.result() for one in asked]
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["run_id"] for answer in answers}) == 1
    assert runs(client, thread_id) == 1


def test_a_wait_is_joined(client: httpx.Client) -> None:
    thread_id, key = thread(client), new_id()
    body = {"assistant_id": "steps", "input": {"seconds": 0.1}}
    with ThreadPoolExecutor(3) as pool:
        asked = [pool.submit(again, client, f"/threads/{thread_id}/runs/wait", body, key) for _ in range(3)]
        answers = [one.result() for one in asked]
    later = again(client, f"/threads/{thread_id}/runs/wait", body, key)
    for answer in (*answers, later):
        assert answer.json()["steps"] == ["one", "two", "three", "four"]
    assert runs(client, thread_id) == 1


@pytest.mark.parametrize("stateless", [False, True])
def test_a_stream_is_joined_from_its_beginning(client: httpx.Client, *, stateless: bool) -> None:
    key = new_id()
    path = "/runs/stream" if stateless else f"/threads/{thread(client)}/runs/stream"
    body = {"assistant_id": "steps", "input": {"seconds": 0.1}, "stream_mode": ["updates"]}
    with ThreadPoolExecutor(3) as pool:
        answers = [one.result() for one in [pool.submit(again, client, path, body, key) for _ in range(3)]]
    answers.append(again(client, path, body, key))
    told = [events(answer.text) for answer in answers]
    assert [name for name, _ in told[0]] == ["metadata"] + ["updates"] * 4
    assert all(one == told[0] for one in told)
    assert len({answer.headers["content-location"] for answer in answers}) == 1


def test_a_run_whose_answer_was_lost_with_its_process_is_not_run_again(
    keyed: Server, client: httpx.Client
) -> None:
    thread_id, key = thread(client), new_id()
    body = {"assistant_id": "steps", "input": {}}
    first = again(client, f"/threads/{thread_id}/runs", body, key).json()
    gone = f"{socket.gethostname()}:{2**22 + 1}:0".encode()  # no process has so high a number
    lost = "UPDATE idempotency_keys SET status=NULL, answer=? WHERE key=?"
    assert keyed.services.database.execute(lost, (gone, key)) == 1
    second = again(client, f"/threads/{thread_id}/runs", body, key)
    assert second.json()["run_id"] == first["run_id"]
    assert MARK not in second.headers
    assert runs(client, thread_id) == 1


def test_looking_needs_no_key_and_takes_none(client: httpx.Client) -> None:
    for _ in range(2):
        found = again(client, "/threads/search", {}, "the same")
        assert found.status_code == 200
        assert MARK not in found.headers


def test_without_a_right_to_ask_nothing_is_kept(keyed: Server) -> None:
    key = new_id()
    assert again(keyed.client(), "/threads", {}, key).status_code == 401
    reader = keyed.client(keyed.key(f"reader {key}", "read"))
    assert again(reader, "/threads", {}, key).status_code == 403


def events(text: str) -> list[tuple[str, str]]:
    return re.findall(r"^event: (.*)\ndata: (.*)$", text, re.MULTILINE)
