"""The trace of a thread: what happened in its runs, as a tree of spans in time."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from podium.storage.events import EventRecord, SqlEventLog
from podium.testing.server import Callers

PATH = "/podium/v1/threads/{}/trace"


def trace(client: httpx.Client, thread: str, **params: Any) -> dict[str, Any]:
    answer = client.get(PATH.format(thread), params=params)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_the_spans_of_a_run_are_a_tree_in_time(desk: Callers, answered: str) -> None:
    told = trace(desk.ada, answered)
    assert told["next"] is None
    (run,) = told["runs"]
    assert (run["status"], run["graph"].split("@")[0]) == ("completed", "support_desk")
    assert run["started_at"] <= run["ended_at"]
    spans = {span["span_id"]: span for span in told["spans"]}
    nodes = [span["name"] for span in told["spans"] if span["kind"] == "node"]
    assert nodes == ["admit", "plan", "retrieve", "execute", "critique", "respond"]
    for span in told["spans"]:
        assert span["run_id"] == run["run_id"]
        assert span["started_ms"] >= -1  # what is stored of a moment is less exact
        around = spans.get(span["parent_id"])
        assert around is not None or span["kind"] in ("node", "run")
        if around is not None and span["kind"] != "event":
            assert span["started_ms"] >= around["started_ms"] - 0.1
            assert span["seconds"] <= around["seconds"] + 0.001


def test_a_search_tells_what_it_found_and_a_guardrail_what_it_said(desk: Callers, answered: str) -> None:
    spans = trace(desk.ada, answered)["spans"]
    (search,) = [span["retrieval"] for span in spans if span["kind"] == "retrieval"]
    assert "returns" in search["query"]
    assert search["hits"][0]["source"] == "returns-policy.md"
    assert search["hits"][0]["score"] > 0
    stages = {span["guardrail"]["stage"] for span in spans if span["kind"] == "guardrail"}
    assert {"input", "evidence", "output"} <= stages
    (sure,) = [span for span in spans if span["name"] == "confidence"]
    assert sure["attributes"]["podium.confidence.route"] == "answer"


def test_a_tool_tells_what_it_was_given_and_gave(desk: Callers) -> None:
    thread = desk.ask(desk.ada, "support_desk", "Where is order O-10007?")
    (call,) = [span["tool"] for span in trace(desk.ada, thread)["spans"] if span["kind"] == "tool"]
    assert (call["tool"], call["args"], call["ok"]) == ("track_parcel", {"order_id": "O-10007"}, True)
    assert "O-10007" in str(call["result"])


def test_an_effect_is_told_with_its_digest_as_the_ledger_has_it_now(desk: Callers, refunded: str) -> None:
    told = trace(desk.ada, refunded)
    (effect,) = [span["tool"] for span in told["spans"] if span["name"] == "effect"]
    (known,) = desk.ada.get(f"/podium/v1/threads/{refunded}/effects").json()["effects"]
    assert (effect["digest"], effect["status"]) == (known["digest"], known["status"])
    assert (effect["args"], effect["ok"]) == (known["args"], True)
    assert effect["started_at"] <= effect["ended_at"]
    assert [run["kind"] for run in told["runs"]][-1] == "resume"


def test_pages_follow_each_other_without_gap_or_repeat(desk: Callers, refunded: str) -> None:
    whole = [span["seq"] for span in trace(desk.ada, refunded)["spans"]]
    found: list[int] = []
    after: int | None = 0
    while after is not None:
        page = trace(desk.ada, refunded, after=after, limit=7)
        found += [span["seq"] for span in page["spans"]]
        after = page["next"]
    assert found == whole == sorted(set(whole))


def test_a_run_can_be_asked_for_alone(desk: Callers, refunded: str) -> None:
    runs = trace(desk.ada, refunded)["runs"]
    assert len(runs) == 2
    alone = trace(desk.ada, refunded, run_id=runs[1]["run_id"])
    assert alone["runs"] == [runs[1]]
    assert {span["run_id"] for span in alone["spans"]} == {runs[1]["run_id"]}


def test_a_request_to_the_server_finds_the_turn_that_it_came_to(desk: Callers, answered: str) -> None:
    (request,) = desk.ada.get(f"/threads/{answered}/runs").json()
    whole, asked = trace(desk.ada, answered), trace(desk.ada, answered, run_id=request["run_id"])
    assert asked["spans"] == whole["spans"]
    assert [run["kind"] for run in asked["runs"]] == ["run", "graph"]


def test_long_texts_are_whole_only_alone_and_a_page_has_a_bound(desk: Callers, answered: str) -> None:
    log, (run,) = SqlEventLog(desk.server.services.database), trace(desk.ada, answered)["runs"]
    text = "p" * 900_000
    payload = {
        "kind": "model",
        "name": "local:m",
        "span_id": "a" * 16,
        "seconds": 1.5,
        "started_ns": 1,
        "error": "model_timeout",
        "attributes": {
            "podium.messages": f'[["system", "{text}"], ["human", "short"]]',
            "podium.reply": text,
        },
    }
    seqs = log.append(
        [EventRecord("span.model", payload, thread_id=answered, run_id=run["run_id"]) for _ in range(3)]
    )
    first = trace(desk.ada, answered, after=seqs[0] - 1)
    assert ([span["seq"] for span in first["spans"]], first["next"]) == ([seqs[0]], seqs[0])
    model = first["spans"][0]["model"]
    assert [(one["role"], len(one["text"])) for one in model["messages"]] == [("system", 1000), ("user", 5)]
    assert (first["spans"][0]["cut"], first["spans"][0]["status"]) == (True, "error")
    alone = desk.ada.get(f"{PATH.format(answered)}/{seqs[0]}").json()
    assert (alone["model"]["messages"][0]["text"], alone["model"]["reply"]) == (text, text)
    assert alone["cut"] is False


@pytest.mark.parametrize("seq", ["0", "99999999", "x", "-1", "9" * 60, "\u0661"])
def test_a_span_that_is_not_there_is_not_found(desk: Callers, answered: str, seq: str) -> None:
    refused = desk.ada.get(f"{PATH.format(answered)}/{seq}")
    assert (refused.status_code, refused.json()["code"]) == (404, "not_found")


def test_what_is_anothers_is_not_told(desk: Callers, answered: str, refunded: str) -> None:
    seq = trace(desk.ada, answered)["spans"][0]["seq"]
    for client in (desk.bob, desk.stranger):
        assert client.get(PATH.format(answered)).status_code == 404
        assert client.get(f"{PATH.format(answered)}/{seq}").status_code == 404
    assert desk.ada.get(f"{PATH.format(refunded)}/{seq}").status_code == 404
    assert desk.admin.get(PATH.format(answered)).status_code == 200
