"""What graphs of others do is on record: nodes, model calls as sent, tools and searches, in time."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from podium.storage.database import Database
from podium.storage.events import SqlEventLog
from podium.testing.server import Server, served

SOURCE = Path(__file__).parent / "heard"
SECRET = "sk-proj-abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGH"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copytree(SOURCE, tmp_path_factory.mktemp("heard") / "project"))


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Server]:
    with served(folder) as running:
        yield running


@pytest.fixture(scope="module")
def client(server: Server) -> Iterator[httpx.Client]:
    with server.client() as client:
        yield client


def run(client: httpx.Client, graph: str, text: str) -> tuple[str, dict[str, Any]]:
    """Ask a graph in a new thread; the thread and its trace."""
    thread = str(client.post("/threads", json={}).json()["thread_id"])
    body = {"assistant_id": graph, "input": {"messages": [{"role": "user", "content": text}]}}
    client.post(f"/threads/{thread}/runs/wait", json=body).raise_for_status()
    answer = client.get(f"/podium/v1/threads/{thread}/trace")
    answer.raise_for_status()
    return thread, answer.json()


def shape(trace: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Kind and name of each span, and the name of the one around it."""
    names = {span["span_id"]: span["name"] for span in trace["spans"]}
    ordered = sorted(trace["spans"], key=lambda span: (span["started_ms"], -span["seconds"]))
    return [(span["kind"], span["name"], names.get(span["parent_id"], "")) for span in ordered]


def test_what_a_graph_of_others_did_is_a_tree_in_time(client: httpx.Client) -> None:
    _, trace = run(client, "guide", "The weather in Utrecht")
    assert shape(trace) == [
        ("node", "look", ""),
        ("retrieval", "Books", "look"),
        ("tool", "weather", "look"),
        ("node", "answer", ""),
        ("model", "guide-model", "answer"),
    ]
    (told,) = trace["runs"]
    assert (told["kind"], told["graph"], told["status"]) == ("run", "guide", "success")
    assert {span["run_id"] for span in trace["spans"]} == {told["run_id"]}
    assert all(span["status"] == "ok" and span["seconds"] > 0 for span in trace["spans"])


def test_a_prompt_is_told_as_sent_with_its_tokens_and_without_secrets(client: httpx.Client) -> None:
    _, trace = run(client, "guide", f"My key {SECRET} and the weather in Utrecht")
    (call,) = [span["model"] for span in trace["spans"] if span["kind"] == "model"]
    assert [message["role"] for message in call["messages"]] == ["user", "system"]
    assert call["messages"][1]["text"] == "Sun in Utrecht; About Utrecht"
    assert (call["reply"], call["role"]) == ("Heard: Sun in Utrecht; About Utrecht", "answer")
    assert (call["input_tokens"], call["output_tokens"], call["cost"]) == (7, 3, None)
    assert SECRET not in str(trace)


def test_a_tool_and_a_search_tell_what_went_in_and_came_out(client: httpx.Client) -> None:
    _, trace = run(client, "guide", "The weather in Utrecht")
    (called,) = [span["tool"] for span in trace["spans"] if span["kind"] == "tool"]
    assert (called["args"], called["result"], called["ok"]) == ({"city": "Utrecht"}, "Sun in Utrecht", True)
    assert called["effect"] == ""  # nobody knows what it changes
    (search,) = [span["retrieval"] for span in trace["spans"] if span["kind"] == "retrieval"]
    assert search["query"] == "Utrecht"
    assert [(hit["id"], hit["source"], hit["score"]) for hit in search["hits"]] == [
        ("book-1", "books.md", None)
    ]


def test_a_graph_within_a_graph_is_within_its_node(client: httpx.Client) -> None:
    _, trace = run(client, "outer", "The weather in Utrecht")
    told = shape(trace)
    assert ("node", "inner", "") in told
    assert {("node", "look", "inner"), ("node", "answer", "inner")} <= set(told)
    assert ("model", "guide-model", "answer") in told


def test_what_fails_is_told_as_failed_as_far_as_it_came(client: httpx.Client) -> None:
    _, trace = run(client, "guide", "The weather in Atlantis")
    failed = {span["name"]: span["error"] for span in trace["spans"] if span["status"] == "error"}
    assert failed == {"weather": "ValueError", "look": "ValueError"}
    assert "answer" not in {span["name"] for span in trace["spans"]}


def test_waiting_for_a_person_is_no_failure(client: httpx.Client) -> None:
    _, trace = run(client, "guide", "Please wait, then the weather in Utrecht")
    (asked,) = [span for span in trace["spans"] if span["name"] == "answer"]
    assert asked["status"] == "ok"


def test_nothing_is_kept_of_a_run_whose_thread_goes_with_it(folder: Path, client: httpx.Client) -> None:
    body = {"assistant_id": "guide", "input": {"messages": [{"role": "user", "content": "Hello Utrecht"}]}}
    done = client.post("/runs/wait", json=body)
    done.raise_for_status()
    kept, _ = run(client, "guide", "The weather in Delft")
    with Database.open(folder / ".podium" / "podium.db") as database:
        log = SqlEventLog(database)
        assert log.read(thread_id=kept)
        assert not log.read(thread_id=done.headers["location"].split("/")[2])
