"""`podium prompts` and `podium feedback` on a project that has run."""

from __future__ import annotations

import shutil
import warnings
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from podium.storage.database import Database
from podium.storage.feedback import FeedbackRecords
from podium.testing.command_line import CommandLine

with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
    import typer  # noqa: F401 - asks click for names that click will drop one day

WORKSHOP = Path(__file__).parents[1] / "bad_input" / "workshop"
OWN = '---\nversion: "{version}"\noutput: Plan\n---\n{text}\n'


@pytest.fixture
def podium(tmp_path: Path) -> CommandLine:
    """The command in a project with a planner's prompt of its own."""
    folder = tmp_path / "workshop"
    shutil.copytree(WORKSHOP, folder, ignore=shutil.ignore_patterns("__pycache__", ".podium"))
    command = CommandLine(folder)
    write(command, "1", "Plan well.")
    return command


def write(podium: CommandLine, version: str, text: str) -> None:
    path = podium.folder / "agents" / "planner.md"
    path.write_text(OWN.format(version=version, text=text), encoding="utf-8")


def asked(podium: CommandLine) -> dict[str, Any]:
    return podium("ask", "hello", "--json").json


def changes(podium: CommandLine, *arguments: str) -> dict[str, dict[str, Any]]:
    found = podium("prompts", "diff", *arguments, "--json").json["changes"]
    return {change["role"]: change for change in found}


def test_the_list_tells_versions_hashes_and_where_from(podium: CommandLine) -> None:
    planner, *others = podium("prompts", "list", "--json").json["prompts"]
    assert (planner["role"], planner["version"], planner["source"]) == ("planner", "1", "agents/planner.md")
    assert {prompt["source"] for prompt in others} == {"built-in"}
    assert {len(prompt["hash"]) for prompt in (planner, *others)} == {64}


def test_a_prompt_differs_from_the_built_in_one_unless_it_is_its_copy(podium: CommandLine) -> None:
    assert {role: change["changed"] for role, change in changes(podium).items()} == {
        "planner": True,
        "retriever": False,
        "executor": False,
        "critic": False,
    }
    own = str(podium.folder / "agents" / "planner.md")
    assert podium("prompts", "show", "planner", "--version", "built-in", "-o", own).code == 0
    assert not changes(podium, "planner")["planner"]["changed"]


def test_what_has_changed_since_a_run_is_shown(podium: CommandLine) -> None:
    run = asked(podium)["run_id"]
    write(podium, "2", "Plan better.")
    shown = podium("prompts", "diff", "planner", "--run", run).out.splitlines()
    assert {"-Plan well.", "+Plan better.", '-version: "1"', '+version: "2"'} <= set(shown)
    since = changes(podium, "--run", run)
    assert [role for role, change in since.items() if change["changed"]] == ["planner"]


def test_an_earlier_prompt_is_listed_shown_and_compared(podium: CommandLine) -> None:
    first = podium("prompts", "list", "--json").json["prompts"][0]["hash"]
    asked(podium)
    write(podium, "2", "Plan better.")
    (earlier,) = podium("prompts", "list", "--all", "--json").json["prompts"][4:]
    assert (earlier["hash"], earlier["source"], earlier["in_force"]) == (first, "kept", False)
    assert "Plan well." in podium("prompts", "show", "planner", "--version", first[:8]).out
    assert "-Plan well." in changes(podium, "planner", "--version", first[:8])["planner"]["diff"]


def test_a_prompt_that_no_run_has_used_is_not_kept(podium: CommandLine) -> None:
    first = podium("prompts", "list", "--json").json["prompts"][0]["hash"]
    write(podium, "2", "Plan better.")
    assert podium("prompts", "show", "planner", "--version", first).error() == "not_found"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["show", "cook"], "unknown_name"),
        (["diff", "cook"], "unknown_name"),
        (["diff", "--run", "nothing"], "not_found"),
        (["diff", "--version", "abc"], "input_invalid"),
        (["diff", "planner", "--version", "abc", "--run", "r"], "input_invalid"),
    ],
)
def test_a_users_mistake_has_a_code(podium: CommandLine, arguments: list[str], code: str) -> None:
    ended = podium("prompts", *arguments)
    assert (ended.error(), ended.code) == (code, 2)


def test_feedback_is_kept_with_the_run(podium: CommandLine) -> None:
    reply = asked(podium)
    given = ("feedback", reply["thread_id"][:8], "--rating", "-1", "--correction", "Say hello.")
    assert podium(*given, "--run", reply["run_id"][:8]).code == 0
    with closing(Database.open(podium.folder / ".podium" / "podium.db")) as database:
        (kept,) = FeedbackRecords(database).list(reply["thread_id"], run_id=reply["run_id"])
    assert (kept.rating, kept.correction, kept.kind) == (-1, "Say hello.", "correction")


@pytest.mark.parametrize(
    ("options", "code"),
    [([], "input_invalid"), (["--rating", "2"], "usage"), (["--rating", "1", "--run", "no"], "not_found")],
)
def test_feedback_that_cannot_be_taken_is_refused(podium: CommandLine, options: list[str], code: str) -> None:
    thread = asked(podium)["thread_id"]
    assert podium("feedback", thread, *options).error() == code
