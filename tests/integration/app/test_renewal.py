"""Policy, prompts and validators that change while a project is open."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from podium.agents.prompts import builtin_prompt
from podium.app.podium import Podium
from podium.app.results import Decision
from podium.core.clock import SystemClock
from podium.core.errors import ConfigError
from podium.storage.database import Database
from podium.storage.runs import RunRecords

POLICY = """
rules:
  - name: house
    validator: checks.py:check
    stages: [input]
    on_fail: refuse
    reason: {reason}
"""
CHECK = """
from podium.guardrails.finding import Finding


def check(text, context):
    return [Finding("not said here")] if "{word}" in text else []
"""
CHANGES = """
from pathlib import Path

from podium import agent


@agent(when=lambda request: "parcel" in request)
def porter(request: str) -> str:
    Path({place!r}).write_text({policy!r}, encoding="utf-8")
    return "Parcel 7 arrives on Tuesday between 9 and 12."
"""
TOOL = """
from podium import action


@action("compensable", target="boat/{boat}")
def book_berth(boat: str) -> str:
    \"\"\"Book a berth for a boat.

    Args:
        boat: The name of the boat.
    \"\"\"
    return "booked"
"""
PROJECT = '[project]\nname = "post"\n\n[policy]\nfiles = ["policy.yaml"]\n'


@pytest.fixture
def project(tmp_path: Path) -> Path:
    write(tmp_path / "podium.toml", PROJECT)
    write(tmp_path / "policy.yaml", POLICY.format(reason="The first reason."))
    write(tmp_path / "checks.py", CHECK.format(word="plum"))
    (tmp_path / "agents").mkdir()
    return tmp_path


def write(path: Path, text: str) -> None:
    """Write a file, with a time of change that no earlier version of it had."""
    before = path.stat().st_mtime_ns if path.exists() else 0
    path.write_text(text, encoding="utf-8")
    if path.stat().st_mtime_ns == before:
        os.utime(path, ns=(before + 1, before + 1))


def test_a_policy_that_was_edited_holds_from_the_next_run_on(project: Path) -> None:
    with Podium.from_project(project) as app:
        assert "first reason" in app.ask_sync("plum").answer
        write(project / "policy.yaml", POLICY.format(reason="The second reason."))
        assert "second reason" in app.ask_sync("plum").answer


def test_a_validator_that_was_edited_holds_from_the_next_run_on(project: Path) -> None:
    with Podium.from_project(project) as app:
        assert app.ask_sync("pear").status != "refused"
        write(project / "checks.py", CHECK.format(word="pear"))
        assert app.ask_sync("pear").status == "refused"
        assert app.ask_sync("plum").status != "refused"


def test_a_broken_policy_refuses_runs_until_it_is_mended(project: Path) -> None:
    with Podium.from_project(project) as app:
        thread = app.ask_sync("hello").thread_id
        write(project / "policy.yaml", "rules:\n  - nam: house\n")
        failed = app.ask_sync("plum")
        assert (failed.status, failed.error.code if failed.error else "") == ("failed", ConfigError.code)
        assert f"{project / 'policy.yaml'}:2" in (failed.error.message if failed.error else "")
        write(project / "policy.yaml", POLICY.format(reason="The second reason."))
        assert "second reason" in app.ask_sync("plum").answer
        assert app.ask_sync("hello", thread_id=thread).status != "failed"


def test_a_run_ends_under_the_rules_it_began_with(project: Path) -> None:
    stricter = POLICY.format(reason="Nothing is said.").replace("[input]", "[input, output]")
    write(project / "checks.py", CHECK.format(word="Tuesday"))
    place = str(project / "policy.yaml")
    write(project / "agents" / "porter.py", CHANGES.format(place=place, policy=stricter))
    with Podium.from_project(project) as app:
        assert "Tuesday" in app.ask_sync("When does parcel 7 arrive?").answer
        assert "Tuesday" not in app.ask_sync("When does parcel 7 arrive?").answer


def test_the_record_of_a_run_names_the_prompts_it_was_told(project: Path) -> None:
    text = builtin_prompt("executor").file
    with Podium.from_project(project) as app:
        app.ask_sync("hello")
        write(project / "agents" / "executor.md", text.replace('version: "1"', 'version: "2"'))
        app.ask_sync("hello")
    with Database.open(project / ".podium" / "podium.db") as database:
        runs = RunRecords(database, SystemClock()).list_runs()
    assert [run.prompts["executor"].partition("@")[0] for run in runs] == ["2", "1"]


def test_what_was_proposed_under_another_policy_is_put_to_the_person_again(project: Path) -> None:
    write(project / "checks.py", CHECK.format(word="plum"))
    (project / "tools").mkdir()
    write(project / "tools" / "berths.py", TOOL)
    with Podium.from_project(project) as app:
        asked = app.ask_sync("Book a berth for boat Sirius")
        assert asked.status == "interrupted"
        write(project / "policy.yaml", POLICY.format(reason="Another reason."))
        again = app.resume_sync(asked.thread_id, Decision(kind="approve"))
        assert (again.status, again.actions[0].status) == ("interrupted", "proposed")
        done = app.resume_sync(asked.thread_id, Decision(kind="approve"))
        assert (done.status, done.actions[0].status) == ("completed", "succeeded")
