"""Evaluations over HTTP: suites, how cases went, runs compared, threads as cases and cases as threads."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from podium.core.ids import new_id
from podium.testing.server import Callers, served

PLACE = "/podium/v1/evaluations"
SUITE = """\
name: answers
description: What this shows.
target: {project: .}
cases: [cases/answers.jsonl]
scorers: [contains]
primary: contains
"""
LISTED = "name: listed\ntarget: {project: .}\ncases: [{adapter: 'lists.py:cases'}]\nscorers: [contains]\n"
PLAIN = """\
name: plain
target: {function: "plain.py:answer"}
cases: [{id: a, input: go}, {id: b, input: go}, {id: c, input: stay}]
scorers: [exact]
thresholds: [{metric: exact, min: 0.5}]
limits: {concurrency: 1}
"""
TARGET = """\
import time


def answer(question):
    print("noise")
    while question == "stay":
        time.sleep(0.01)
    return question
"""
CASE = {"id": "one", "input": "x", "expected": {"answer": "y"}}


def write_log(folder: Path, name: str, scores: Mapping[str, float | None], **header: Any) -> None:
    """A log of a run in which each case had a score, or an error."""
    file = folder / ".podium" / "evals" / f"{name}.jsonl"
    file.parent.mkdir(parents=True, exist_ok=True)
    first = {"kind": "header", "schema_version": 1, "suite": "answers", "digest": "d", "target": "offline"}
    lines: list[dict[str, Any]] = [
        {**first, "planned": len(scores), "created_at": "2026-01-01T00:00:00.000000Z", **header}
    ]
    for case, value in scores.items():
        trial: dict[str, Any] = {
            "kind": "trial",
            "case": {"id": case, "input": f"ask {case}", "tags": ["odd"] if case in ("1", "3", "5") else []},
            "digest": "d",
            "observation": {"output": "said", "status": "completed", "seconds": 0.5},
        }
        if value is None:
            trial["error"] = {"code": "timeout", "message": "too slow"}
        else:
            trial["scores"] = [{"name": "contains", "value": value, "reason": f"{value} of it"}]
        lines.append(trial)
    lines.append({"kind": "end", "finished_at": "2026-01-01T00:01:00.000000Z", "seconds": 60.0})
    file.write_text("".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines), "utf-8")


@pytest.fixture(scope="module")
def desk(reference: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callers]:
    folder = shutil.copytree(reference, tmp_path_factory.mktemp("evaluated") / "desk")
    (folder / "evals" / "cases").mkdir(parents=True)
    (folder / "evals" / "answers.yaml").write_text(SUITE, encoding="utf-8")
    (folder / "evals" / "listed.yaml").write_text(LISTED, encoding="utf-8")
    (folder / "evals" / "broken.yaml").write_text("name: broken\n", encoding="utf-8")
    (folder / "evals" / "cases" / "answers.jsonl").write_text(json.dumps(CASE), encoding="utf-8")
    (folder / "evals" / "plain.yaml").write_text(PLAIN, encoding="utf-8")
    (folder / "evals" / "plain.py").write_text(TARGET, encoding="utf-8")
    write_log(folder, "answers/first", {str(number): 1.0 for number in range(1, 41)})
    late = {str(number): 0.0 if number <= 20 else 1.0 for number in range(1, 40)}
    write_log(folder, "answers/second", {**late, "40": None})
    write_log(folder, "listed/only", {"1": 1.0}, suite="listed")
    with served(folder, dev=False) as server:
        yield Callers.of(server, folder)


def refused(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def got(desk: Callers, path: str, **asked: Any) -> dict[str, Any]:
    answer = desk.admin.get(f"{PLACE}/{path}".rstrip("/"), params=asked)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_suites_are_told_with_their_latest_run_and_with_what_is_wrong(desk: Callers) -> None:
    suites = {one["name"]: one for one in got(desk, "suites")["suites"]}
    answers = suites["answers"]
    assert (answers["runs"], answers["case_files"]) == (2, ["cases/answers.jsonl"])
    assert (answers["description"], answers["primary"]) == ("What this shows.", "contains")
    assert answers["latest"]["header"]["suite"] == "answers"
    assert suites["listed"]["case_files"] == []
    assert suites["broken"]["problem"]["hint"]


def test_runs_are_listed_by_suite(desk: Callers) -> None:
    assert {one["name"] for one in got(desk, "", suite="answers")["evaluations"]} == {
        "answers/first",
        "answers/second",
    }
    (only,) = got(desk, "", suite="listed")["evaluations"]
    assert only["end"]["seconds"] == 60.0


def test_the_report_of_a_run_comes_without_its_cases(desk: Callers) -> None:
    report = got(desk, "answers/second/report")
    assert (report["suite"], report["runs"], report["errors"]) == ("answers", 40, 1)
    assert (report["rows"], report["worst"]) == ([], [])
    assert len(report["trend"]) == 2


def test_cases_come_worst_first_page_by_page(desk: Callers) -> None:
    answer = desk.admin.get(f"{PLACE}/answers/second/cases", params={"limit": 2})
    assert answer.headers["x-pagination-total"] == "40"
    first, second = answer.json()["cases"]
    assert (first["case"], first["error"], first["score"]) == ("40", "timeout: too slow", None)
    assert (second["score"], second["reason"], second["input"]) == (0.0, "0.0 of it", "ask 1")
    whole = [
        one["case"]
        for offset in range(0, 40, 9)
        for one in got(desk, "answers/second/cases", limit=9, offset=offset)["cases"]
    ]
    assert sorted(whole, key=int) == [str(number) for number in range(1, 41)]
    ran = got(desk, "answers/second/cases", order="log", limit=3)["cases"]
    assert [one["case"] for one in ran] == ["1", "2", "3"]
    odd = desk.admin.get(f"{PLACE}/answers/second/cases", params={"tag": "odd", "failed": True})
    assert [one["case"] for one in odd.json()["cases"]] == ["1", "3", "5"]
    assert odd.headers["x-pagination-total"] == "3"


def test_one_run_of_a_case_is_told_whole(desk: Callers) -> None:
    trial = got(desk, "answers/second/trial", case="7")
    assert (trial["input"], trial["output"], trial["scores"]) == ("ask 7", "said", {"contains": 0.0})
    missing = desk.admin.get(f"{PLACE}/answers/second/trial", params={"case": "7", "epoch": 1})
    assert refused(missing) == (404, "not_found")


def test_two_runs_are_compared_case_by_case(desk: Callers) -> None:
    asked = {"before": "answers/first", "after": "answers/second"}
    compared = got(desk, "compare", **asked, limit=5)
    (metric,) = compared["metrics"]
    change = metric["change"]
    assert (change["verdict"], change["pairs"]) == ("worse", 39)
    assert change["low"] <= change["difference"] <= change["high"] < 0
    assert [one["difference"] for one in compared["cases"]] == [-1.0] * 5
    last = got(desk, "compare", **asked, offset=38)["cases"]
    assert [one["difference"] for one in last] == [0.0]
    other = desk.admin.get(f"{PLACE}/compare", params={**asked, "before": "listed/only"})
    assert refused(other) == (422, "input_invalid")


def test_a_case_is_tried_in_a_thread_that_only_simulates(desk: Callers) -> None:
    made = desk.admin.post(f"{PLACE}/answers/second/trial/thread", json={"case": "7"})
    assert (made.status_code, made.json()["input"]) == (201, "ask 7")
    thread_id = made.json()["thread_id"]
    thread = desk.admin.get(f"/threads/{thread_id}").json()
    assert thread["metadata"] == {"title": "answers: 7", "evaluation": "answers/second", "case": "7"}
    (source,) = desk.server.services.database.read(
        lambda connection: connection.execute(
            "SELECT source FROM forks WHERE thread_id=?", (thread_id,)
        ).fetchone()
    )
    assert source == "evaluation answers/second"


def test_a_thread_becomes_a_case_that_expects_what_was_corrected(desk: Callers) -> None:
    thread_id = desk.ask(desk.ada, "support_desk", "How long does a card refund take?")
    correction = {"rating": -1, "correction": "Three to five days.", "reason": "too long"}
    desk.ada.post(f"/podium/v1/threads/{thread_id}/feedback", json=correction).raise_for_status()
    added = desk.admin.post(f"{PLACE}/answers/cases", json={"thread_id": thread_id, "case_id": "real-1"})
    assert added.status_code == 201, added.text
    told = added.json()
    assert (told["file"], told["in_suite"], told["hint"]) == ("evals/cases/answers.jsonl", True, "")
    assert told["case"]["input"] == "How long does a card refund take?"
    assert told["case"]["expected"] == {"answer": "Three to five days.", "label": False}
    lines = (desk.folder / told["file"]).read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["id"] for line in lines] == ["one", "real-1"]
    again = desk.admin.post(f"{PLACE}/answers/cases", json={"thread_id": thread_id, "case_id": "real-1"})
    assert refused(again) == (409, "conflict")
    other = {"thread_id": thread_id, "answer": "In a week."}
    beside = desk.admin.post(f"{PLACE}/listed/cases", json=other).json()
    assert (beside["file"], beside["in_suite"]) == ("evals/cases/real.jsonl", False)
    assert "listed.yaml" in beside["hint"]
    assert beside["case"]["expected"] == {"answer": "In a week."}


def test_what_was_decided_by_any_client_is_part_of_the_case(desk: Callers) -> None:
    thread_id = desk.ask(desk.ada, "support_desk", "Issue a refund for order O-10007")
    resume = {"assistant_id": "support_desk", "command": {"resume": "approve"}}
    desk.ada.post(f"/threads/{thread_id}/runs/wait", json=resume).raise_for_status()
    body = {"thread_id": thread_id, "case_id": "decided"}
    case = desk.admin.post(f"{PLACE}/answers/cases", json=body).json()["case"]
    assert [turn.get("decision", turn.get("user")) for turn in case["turns"]] == [
        "Issue a refund for order O-10007",
        "approve",
    ]
    (action,) = case["expected"]["actions"]
    assert action["tool"] == "issue_refund"


@pytest.mark.parametrize(
    ("suite", "body", "problem"),
    [
        ("answers", {"file": "../podium.toml"}, (422, "input_invalid")),
        ("nothing", {}, (404, "not_found")),
        ("..%2Fanswers", {}, (404, "not_found")),
        ("broken", {}, (422, "config_invalid")),
    ],
)
def test_what_is_no_place_for_a_case_is_refused(
    desk: Callers, suite: str, body: dict[str, str], problem: tuple[int, str]
) -> None:
    thread_id = str(desk.admin.post("/threads", json={}).json()["thread_id"])
    added = desk.admin.post(f"{PLACE}/{suite}/cases", json={"thread_id": thread_id, **body})
    assert refused(added) == problem


def test_a_thread_without_a_turn_or_of_nobody_is_no_case(desk: Callers) -> None:
    thread_id = str(desk.ada.post("/threads", json={}).json()["thread_id"])
    for one in (thread_id, new_id()):
        added = desk.admin.post(f"{PLACE}/answers/cases", json={"thread_id": one})
        assert refused(added) == (404, "not_found")


def watched(desk: Callers, name: str, until: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """How far a run is, once it is as far as that."""
    for _ in range(4_000):
        told = got(desk, f"{name}/progress")
        if until(told):
            return told
        time.sleep(0.02)
    raise AssertionError(told)


@pytest.mark.timeout(300)
def test_a_suite_is_run_watched_and_looked_into(desk: Callers) -> None:
    begun = desk.admin.post(f"{PLACE}/suites/plain/runs", json={"limit": 2})
    assert begun.status_code == 202, begun.text
    assert (begun.json()["state"], begun.json()["planned"]) == ("running", 2)
    name = begun.json()["name"]
    ended = watched(desk, name, lambda told: told["state"] != "running")
    assert (ended["state"], ended["done"], ended["problem"]) == ("ended", 2, None)
    assert got(desk, name)["trials"] == 2
    assert [one["case"] for one in got(desk, f"{name}/cases", order="log")["cases"]] == ["a", "b"]


@pytest.mark.timeout(300)
def test_a_run_that_goes_on_is_alone_and_can_be_stopped(desk: Callers) -> None:
    name = desk.admin.post(f"{PLACE}/suites/plain/runs", json={}).json()["name"]
    assert refused(desk.admin.post(f"{PLACE}/suites/plain/runs", json={})) == (409, "conflict")
    watched(desk, name, lambda told: told["done"] == 2)
    assert got(desk, name)["evaluation"]["end"] is None
    stopped = desk.admin.post(f"{PLACE}/{name}/stop").json()
    assert (stopped["state"], stopped["done"]) == ("stopped", 2)
    assert got(desk, name)["trials"] == 2


def test_a_suite_that_cannot_be_run_says_why_at_once(desk: Callers) -> None:
    place = f"{PLACE}/suites"
    assert refused(desk.admin.post(f"{place}/listed/runs", json={})) == (422, "input_invalid")
    assert refused(desk.admin.post(f"{place}/broken/runs", json={})) == (422, "config_invalid")
    assert refused(desk.admin.post(f"{place}/none/runs", json={})) == (404, "not_found")
    assert refused(desk.admin.post(f"{place}/plain/runs", json={"tags": ["no"]})) == (422, "input_invalid")
    assert refused(desk.ada.post(f"{place}/plain/runs", json={})) == (403, "not_allowed")
    assert refused(desk.admin.get(f"{PLACE}/answers/first/progress")) == (404, "not_found")


@pytest.mark.parametrize(
    "path", ["suites", "answers/second/report", "answers/second/cases", "answers/second/trial?case=1"]
)
def test_evaluations_are_for_admins_of_the_project(desk: Callers, path: str) -> None:
    assert refused(desk.ada.get(f"{PLACE}/{path}")) == (403, "not_allowed")
    assert refused(desk.stranger.get(f"{PLACE}/{path}")) == (403, "not_allowed")
