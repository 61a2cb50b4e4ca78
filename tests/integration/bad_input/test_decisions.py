"""Decisions that cannot be taken: nothing happens, the action goes on waiting, and the reason is told."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from podium.app.podium import Podium
from podium.app.results import Decision
from podium.core.errors import InputError
from podium.testing.command_line import CommandLine


def asked(podium: CommandLine) -> str:
    ended = podium("ask", 'do write_note {"text": "hello"}', "--json")
    assert (ended.code, ended.json["status"]) == (3, "interrupted")
    thread: str = ended.json["thread_id"]
    return thread


def notes(podium: CommandLine) -> list[str]:
    file = podium.folder / ".podium" / "world" / "notes.txt"
    return file.read_text().splitlines() if file.exists() else []


def status(podium: CommandLine, thread: str) -> str:
    (effect,) = podium("effects", thread, "--json").json["effects"]
    found: str = effect["status"]
    return found


@pytest.mark.parametrize(
    "edit", ['{"nope": 1}', '{"times": "abc"}', '{"times": 99}', '{"times": NaN}', '{"times": 1e999}']
)
def test_an_edit_that_does_not_fit_is_asked_for_again(podium: CommandLine, edit: str) -> None:
    thread = asked(podium)
    ended = podium("resume", thread, "--edit", edit)
    assert (ended.code, ended.error()) == (3, "action_failed")
    assert "text, times" in ended.err or "not right" in ended.err
    assert status(podium, thread) == "proposed"
    assert podium("resume", thread, "--approve").code == 0
    assert notes(podium) == ["hello"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("--edit", "{nope"),
        ("--edit", "[1]"),
        ("--edit", "{}"),
        ("--respond", " "),
        ("--approve", "--reject"),
        ("--approve", "--action", "deadbeef"),
        ("--approve", "--action", ""),
        ("--message", "why"),
    ],
)
def test_a_decision_that_cannot_be_understood_leaves_all_as_it_was(
    podium: CommandLine, arguments: tuple[str, ...]
) -> None:
    thread = asked(podium)
    ended = podium("resume", thread, *arguments)
    assert (ended.code, ended.error()) == (2, "input_invalid")
    assert status(podium, thread) == "proposed"
    assert notes(podium) == []


def test_an_approval_that_names_no_action_approves_none(podium: CommandLine) -> None:
    thread = asked(podium)
    with Podium.from_project(podium.folder) as app, pytest.raises(InputError):
        app.resume_sync(thread, Decision(kind="approve", digests=()))
    assert notes(podium) == []


def test_an_approval_of_another_threads_action_is_refused(podium: CommandLine) -> None:
    first, second = asked(podium), asked(podium)
    (effect,) = podium("effects", first, "--json").json["effects"]
    ended = podium("resume", second, "--approve", "--action", effect["digest"])
    assert (ended.code, ended.error()) == (2, "input_invalid")
    assert notes(podium) == []


def test_a_thread_that_waits_takes_no_question_and_no_empty_resume(podium: CommandLine) -> None:
    thread = asked(podium)
    assert podium("ask", "and now?", "--thread", thread).error() == "thread_interrupted"
    ended = podium("resume", thread)
    assert (ended.code, ended.error()) == (3, "thread_interrupted")


def test_resuming_twice_acts_once(podium: CommandLine) -> None:
    thread = asked(podium)
    assert podium("resume", thread, "--approve").code == 0
    for decision in (["--approve"], ["--reject"], ["--edit", '{"times": 2}'], []):
        ended = podium("resume", thread, *decision)
        assert (ended.code, ended.error()) == (2, "not_found")
    assert notes(podium) == ["hello"]


def test_an_approval_under_another_policy_than_the_one_shown_is_refused(podium: CommandLine) -> None:
    thread = asked(podium)
    with (podium.folder / "guardrails" / "policy.yaml").open("a") as policy:
        policy.write("\napproval_expires: 1000\n")
    ended = podium("resume", thread, "--approve")
    assert (ended.code, ended.error()) == (3, "grant_invalid")
    assert "policy has changed" in ended.err
    assert notes(podium) == []
    assert podium("resume", thread, "--reject").code == 0
    assert asked(podium)


def test_an_approval_that_comes_too_late_closes_the_action(podium: CommandLine) -> None:
    with (podium.folder / "guardrails" / "policy.yaml").open("a") as policy:
        policy.write("\napproval_expires: 1\n")
    ended = podium("ask", 'do write_note {"text": "hello"}', "--json")
    expires = ended.json["interrupts"][0]["expires_at"]
    while time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime()) <= expires[:19]:
        time.sleep(0.05)
    late = podium("resume", ended.json["thread_id"], "--approve")
    assert (late.code, late.error()) == (1, "grant_invalid")
    assert status(podium, ended.json["thread_id"]) == "expired"
    assert notes(podium) == []
    assert podium("ask", "hi", "--thread", ended.json["thread_id"]).code == 0


def test_a_stored_action_that_was_tampered_with_is_not_carried_out(podium: CommandLine) -> None:
    import sqlite3
    from contextlib import closing

    thread = asked(podium)
    with closing(sqlite3.connect(podium.folder / ".podium" / "podium.db")) as db, db:
        changed = db.execute("UPDATE effects SET args = replace(args, 'hello', 'other')").rowcount
        assert changed == 1
    ended = podium("resume", thread, "--approve")
    assert ended.code != 0
    assert "Traceback" not in ended.err
    assert notes(podium) == []


def test_text_of_a_decision_is_kept_out_of_the_terminal(podium: CommandLine) -> None:
    thread = asked(podium)
    ended = podium("resume", thread, "--reject", "--message", "no \x1b[31m\x07")
    assert ended.code == 0
    assert not {"\x1b", "\x07"} & set(ended.out)


def _object(text: str) -> dict[str, object]:
    found: dict[str, object] = json.loads(text)
    return found


def test_the_reply_to_a_decision_that_was_not_taken_says_why_to_programs(podium: CommandLine) -> None:
    thread = asked(podium)
    ended = podium("resume", thread, "--edit", '{"nope": 1}', "--json")
    assert ended.code == 3
    assert _object(ended.out)["error"] == {
        "code": "action_failed",
        "message": "write_note: there is no argument 'nope'",
        "hint": "Its arguments are: text, times.",
    }


def test_the_world_stays_inside_the_project(podium: CommandLine) -> None:
    thread = asked(podium)
    assert podium("resume", thread, "--approve").code == 0
    assert {path.name for path in Path(podium.folder).iterdir()} <= {
        ".podium", "agents", "guardrails", "podium.toml", "tools", "__pycache__",
    }  # fmt: skip
