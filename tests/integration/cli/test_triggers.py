"""`podium triggers` as a person and a program meet it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest

from podium.testing.command_line import CommandLine

pytestmark = pytest.mark.filterwarnings("default")  # of libraries that the command loads

MANIFEST = """\
[project]
name = "demo"

[triggers.orders]
kind = "event"
graph = "desk"

[triggers.nightly]
kind = "schedule"
graph = "desk"
schedule = "0 3 * * *"
timezone = "Europe/Berlin"
"""


@pytest.fixture
def podium(tmp_path: Path) -> CommandLine:
    (tmp_path / "podium.toml").write_text(MANIFEST, encoding="utf-8")
    return CommandLine(tmp_path)


def test_what_is_declared_is_listed_and_shown(podium: CommandLine) -> None:
    listed = podium("triggers", "list", "--json").json["triggers"]
    assert [(one["name"], one["kind"], one["source"]) for one in listed] == [
        ("nightly", "schedule", "project"),
        ("orders", "event", "project"),
    ]
    assert "Europe/Berlin" in podium("triggers", "list").out
    assert '"missed": "once"' in podium("triggers", "show", "nightly").out
    assert len(podium("triggers", "next", "nightly", "--limit", "9", "--json").json["times"]) == 9


def test_an_event_waits_for_a_server_once(podium: CommandLine) -> None:
    sent = podium("triggers", "send", "orders", '{"order": 7}', "--id", "e1", "--json").json
    assert (sent["status"], sent["duplicate"], sent["event"]["data"]) == ("waiting", False, {"order": 7})
    assert podium("triggers", "send", "orders", '{"order": 7}', "--id", "e1", "--json").json["duplicate"]
    assert "known already" in podium("triggers", "send", "orders", '{"order": 7}', "--id", "e1").out
    assert podium("triggers", "show", "orders", "--json").json["waiting"] == 1
    (fired,) = podium("triggers", "history", "orders", "--json").json["events"]
    assert fired["event_id"] == "e1"
    assert podium("triggers", "dead", "orders", "--json").json["events"] == []


def test_the_next_times_are_told_by_the_clocks_of_the_schedule(podium: CommandLine) -> None:
    line = podium("triggers", "next", "nightly", "--limit", "1").out
    local, utc = line.rsplit(maxsplit=1)
    assert local.endswith("Europe/Berlin")
    told = datetime.strptime(local.removesuffix(" Europe/Berlin"), "%a %Y-%m-%d %H:%M %z")
    assert told == datetime.fromisoformat(utc)


def test_all_that_was_given_up_is_listed_without_a_name(podium: CommandLine) -> None:
    for number, name in enumerate(("orders", "nightly", "orders")):
        sent = ("send", "orders", "{}", "--id", f"e{number}") if name == "orders" else ("run", "nightly")
        podium("triggers", *sent)
    assert podium("triggers", "dead").out.strip() == "Nothing here."
    with closing(sqlite3.connect(podium.folder / ".podium" / "podium.db")) as database, database:
        database.execute("UPDATE firings SET status='dead', error='no such order'")
    found = podium("triggers", "dead", "--json").json["events"]
    assert [one["trigger"] for one in found] == ["orders", "nightly", "orders"]
    assert [one["event_id"] for one in podium("triggers", "dead", "orders", "--json").json["events"]] == [
        "e2",
        "e0",
    ]
    assert len(podium("triggers", "dead", "--limit", "2", "--json").json["events"]) == 2
    shown = podium("triggers", "dead").out
    assert "nightly" in shown
    assert "no such order" in shown
    assert "3 firings" in podium("status").out


def test_a_pause_stays_until_it_is_lifted(podium: CommandLine) -> None:
    assert "is paused" in podium("triggers", "pause", "nightly").out
    shown = podium("triggers", "show", "nightly", "--json").json
    assert (shown["paused"], shown["next_at"]) == (True, None)
    assert podium("triggers", "run", "nightly", "--json").json["status"] == "waiting"
    assert podium("triggers", "resume", "nightly", "--json").json["next_at"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("show", "nothing"),
        ("next", "orders"),
        ("run", "orders"),
        ("send", "nightly", "{}"),
        ("send", "orders", "{"),
        ("send", "orders", "{}", "--version", "9"),
        ("replay", "orders", "e1"),
        ("history", "nothing"),
    ],
)
def test_a_mistake_is_explained(podium: CommandLine, arguments: tuple[str, ...]) -> None:
    ended = podium("triggers", *arguments)
    assert ended.code == 2
    assert "Traceback" not in ended.err
    assert len(ended.err.strip().splitlines()) <= 2


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('schedule = "0 3 * *"', "five fields"),
        ('timezone = "Europe/Nowhere"', "no time zone"),
        ('missed = "never"', "missed"),
        ('overlap = "sometimes"', "overlap"),
        ("more = 1", "more"),
    ],
)
def test_a_wrong_declaration_is_explained(podium: CommandLine, tmp_path: Path, line: str, told: str) -> None:
    name = line.partition(" =")[0]
    kept = [one for one in MANIFEST.splitlines() if not one.startswith(f"{name} ")]
    (tmp_path / "podium.toml").write_text("\n".join([*kept, line]), encoding="utf-8")
    ended = podium("triggers", "list")
    assert ended.code == 2
    assert told in ended.err
    assert "nightly" in ended.err


@pytest.mark.parametrize("schema", ['"missing.json"', '"podium.toml"', '{ type = "nothing" }'])
def test_a_wrong_schema_is_explained(podium: CommandLine, tmp_path: Path, schema: str) -> None:
    text = MANIFEST.replace("[triggers.nightly]", f"schemas = {{ 1 = {schema} }}\n\n[triggers.nightly]")
    (tmp_path / "podium.toml").write_text(text, encoding="utf-8")
    ended = podium("triggers", "list")
    assert ended.code == 2
    assert "orders" in ended.err
