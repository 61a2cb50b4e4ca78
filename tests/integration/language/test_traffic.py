"""Traffic with a real HTTP server is recorded, and gives the same turns when the server is gone."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from podium.app.encryption import open_database
from podium.app.podium import Podium
from podium.app.results import Decision, Reply
from podium.app.seams import Seams
from podium.core.errors import NotRecorded
from podium.evals.log import read_trials
from podium.evals.threads import real_thread
from podium.evals.traffic.exchange import Tape
from podium.evals.traffic.file import TrafficFile, TrafficWriter
from podium.evals.traffic.recording import Recording
from podium.evals.traffic.replaying import Replaying
from podium.testing.command_line import CommandLine
from podium.testing.helpful import HelpfulModel
from podium.testing.openai_server import OpenAIServer
from podium.testing.openai_server import Reply as Sent
from podium.tools.tool import Tool

Serve = Callable[..., OpenAIServer]
Open = Callable[..., Podium]
QUESTION = "How long may a book be kept?"
RESERVE = HelpfulModel({"Reserve": ("reserve_room", {"name": "Blue"})})


def every(tool: Tool) -> bool:
    return True


def talk(app: Podium) -> list[Reply]:
    answered = app.ask_sync(QUESTION)
    waiting = app.ask_sync("Reserve the room Blue for me")
    return [answered, app.resume_sync(waiting.thread_id, Decision(kind="approve"))]


def told(replies: list[Reply]) -> list[object]:
    kept = {"status", "answer", "degraded", "citations", "confidence", "notes", "error"}
    actions = [[(action.tool, action.status, action.result) for action in reply.actions] for reply in replies]
    return [*(reply.model_dump(mode="json", include=kept) for reply in replies), actions]


def recorded(library: Path, file: Path, key: str = "") -> tuple[list[Reply], Tape]:
    recording = Recording(every)
    with Podium.from_project(library, seams=recording.into(Seams())) as app:
        replies = talk(app)
    tape = recording.tape("a", 0)
    writer = TrafficWriter(file, [key])
    writer.add(tape)
    writer.close()
    return replies, tape


def test_what_was_recorded_is_replayed_without_the_server(
    open_library: Open, serve: Serve, library: Path, tmp_path: Path, key: str
) -> None:
    server = serve(RESERVE)
    open_library(server).close()
    before, tape = recorded(library, tmp_path / "traffic.jsonl", key)
    asked = len(server.requests)
    assert {one.outside for one in tape.exchanges} == {"model", "tool"}
    replaying = Replaying(TrafficFile(tmp_path / "traffic.jsonl").tape("a", 0), every)
    (library / "tools" / "reserved.txt").unlink()
    with Podium.from_project(library, seams=replaying.into(Seams())) as app:
        after = talk(app)
    replaying.check()
    assert told(after) == told(before)
    assert len(server.requests) == asked
    assert not (library / "tools" / "reserved.txt").exists()
    assert key.encode() not in (tmp_path / "traffic.jsonl").read_bytes()


def test_a_failure_is_replayed_as_the_failure_that_it_was(
    open_library: Open, serve: Serve, library: Path, tmp_path: Path
) -> None:
    server = serve(Sent(fault="server_error"))
    open_library(server, retries=0).close()
    before, tape = recorded(library, tmp_path / "traffic.jsonl")
    assert before[0].degraded
    assert all(one.failure is not None for one in tape.exchanges if one.outside == "model")
    replaying = Replaying(tape, every)
    with Podium.from_project(library, seams=replaying.into(Seams())) as app:
        after = [app.ask_sync(QUESTION)]
    replaying.check()
    assert told(after)[:1] == told(before)[:1]


def test_a_question_that_was_not_recorded_reaches_nobody_and_is_told(
    open_library: Open, serve: Serve, library: Path
) -> None:
    server = serve(HelpfulModel())
    open_library(server).close()
    recording = Recording(every)
    with Podium.from_project(library, seams=recording.into(Seams())) as app:
        app.ask_sync(QUESTION)
    asked = len(server.requests)
    replaying = Replaying(recording.tape("a", 0), every)
    with Podium.from_project(library, seams=replaying.into(Seams())) as app:
        app.ask_sync("What does a late book cost?")
    with pytest.raises(NotRecorded, match="openai:large"):
        replaying.check()
    assert len(server.requests) == asked


SUITE = """name: rules
cases: [cases.jsonl]
scorers: [contains, status, tokens]
epochs: 2
"""
CASES = """{"id": "kept", "input": "How long may a book be kept?", "expected": {"answer": "21 days"}}
{"id": "blue", "turns": [{"user": "Reserve the room Blue for me"}, {"decision": "approve"}]}
"""


@pytest.mark.filterwarnings("ignore:'click:DeprecationWarning")
def test_a_suite_that_was_run_online_runs_again_without_key_and_server(
    open_library: Open, library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    podium = CommandLine(library)
    with OpenAIServer(RESERVE) as server:
        open_library(server).close()
        (library / "evals").mkdir()
        (library / "evals" / "rules.yaml").write_text(SUITE, encoding="utf-8")
        (library / "evals" / "cases.jsonl").write_text(CASES, encoding="utf-8")
        online = podium("eval", "run", "rules", "--log", "a.jsonl", "--record", "traffic.jsonl", "--yes")
        assert online.code == 0, online.err
        assert server.requests
    monkeypatch.delenv("OPENAI_API_KEY")
    again = podium("eval", "run", "rules", "--log", "b.jsonl", "--replay", "traffic.jsonl", "--yes")
    assert again.code == 0, again.err
    assert seen_in(library / "b.jsonl") == seen_in(library / "a.jsonl")
    other = CASES.replace("How long may", "For how long may")
    (library / "evals" / "cases.jsonl").write_text(other, encoding="utf-8")
    strange = podium(
        "eval", "run", "rules", "--log", "c.jsonl", "--replay", "traffic.jsonl", "--yes", "--json"
    )
    assert strange.json["runs"][0]["errors"] == 2
    errors = {trial.error.code for trial in read_trials(library / "c.jsonl") if trial.error is not None}
    assert errors == {"not_recorded"}


def seen_in(log: Path) -> list[list[object]]:
    kept = {
        "output",
        "status",
        "route",
        "confidence",
        "reasons",
        "citations",
        "actions",
        "trajectory",
        "world",
    }
    tokens = {"input_tokens", "output_tokens", "model_calls", "cost"}
    return sorted(
        [
            trial.case.id,
            trial.epoch,
            trial.observation.model_dump_json(include=kept | tokens) if trial.observation else "",
            [score.model_dump_json() for score in trial.scores],
        ]
        for trial in read_trials(log)
    )


def test_a_thread_that_a_model_answered_gives_its_replies_as_a_tape(
    open_library: Open, serve: Serve, library: Path
) -> None:
    with open_library(serve(RESERVE)) as app:
        replies = talk(app)
    with closing(open_database(app.project)) as database:
        tape = real_thread(database, replies[0].thread_id).tape
    said: list[Any] = [one.reply for one in tape.exchanges]
    assert said
    assert all(one["data"]["content"] for one in said)
    assert all(one["data"]["usage_metadata"]["total_tokens"] > 0 for one in said)
