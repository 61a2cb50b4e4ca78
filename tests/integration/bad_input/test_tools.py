"""Tools and agents that break while a turn is under way."""

from __future__ import annotations

import pytest

from podium.testing.command_line import CommandLine


@pytest.mark.parametrize(
    ("tool", "code"),
    [
        ("look_raises", "action_crashed"),
        ("look_exits", "action_crashed"),
        ("look_hangs", "action_timeout"),
        ("look_long", "action_output"),
        ("look_nan", "action_output"),
        ("look_object", "action_output"),
    ],
)
def test_a_tool_that_breaks_is_one_line_and_the_conversation_goes_on(
    podium: CommandLine, tool: str, code: str
) -> None:
    ended = podium("ask", f"do {tool}")
    assert (ended.code, ended.error()) == (1, code)
    assert "hunter22" not in ended.out + ended.err
    thread = podium("threads", "list", "--json").json["threads"][0]
    assert thread["status"] == "idle"
    assert podium("ask", "hi", "--thread", thread["thread_id"]).code == 0


@pytest.mark.parametrize(
    "arguments",
    ['{"text": 5}', '{"text": "a", "times": 99}', '{"nope": 1}', "{}", '{"text": "%s"}' % ("x" * 300)],
)
def test_arguments_that_do_not_fit_are_told_and_nothing_is_proposed(
    podium: CommandLine, arguments: str
) -> None:
    ended = podium("ask", f"do write_note {arguments}", "--json")
    assert "write_note" in ended.json["answer"]
    assert ended.json["actions"] == []
    assert not (podium.folder / ".podium" / "world" / "notes.txt").exists()


def test_a_tool_that_nobody_opened_is_not_called(podium: CommandLine) -> None:
    ended = podium("ask", "do os.system {}", "--json")
    assert ended.code == 0
    assert ended.json["actions"] == []


def test_an_approved_action_that_raises_is_failed_once_and_for_all(podium: CommandLine) -> None:
    thread = podium("ask", 'do send_raises {"text": "a"}', "--json").json["thread_id"]
    ended = podium("resume", thread, "--approve")
    assert (ended.code, ended.error()) == (1, "action_failed")
    (effect,) = podium("effects", thread, "--json").json["effects"]
    assert effect["status"] == "failed"
    assert podium("resume", thread, "--approve").error() == "not_found"


def test_an_agent_of_the_project_that_raises_is_told_with_file_and_line(podium: CommandLine) -> None:
    ended = podium("ask", "do write_note {nope")
    assert (ended.code, ended.error()) == (1, "agent_error")
    assert "agents/obeys.py:" in ended.err


def test_an_agent_that_gives_back_something_else(podium: CommandLine) -> None:
    file = podium.folder / "agents" / "obeys.py"
    broken = file.read_text().replace(
        "        verb, _, rest = ", "        return None\n        verb, _, rest = "
    )
    file.write_text(broken)
    ended = podium("ask", "hi")
    assert (ended.code, ended.error()) == (1, "agent_error")
    assert "PlanReply" in ended.err
