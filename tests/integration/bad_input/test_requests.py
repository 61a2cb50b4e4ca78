"""Requests that cannot be taken as they are."""

from __future__ import annotations

import json

import pytest

from podium.testing.command_line import CommandLine


@pytest.mark.parametrize("text", ["", "   ", "\n\t"])
def test_an_empty_request(podium: CommandLine, text: str) -> None:
    ended = podium("ask", "--", text)
    assert (ended.code, ended.error()) == (2, "input_invalid")
    assert podium("threads", "list", "--json").json["threads"] == []


def test_an_empty_request_for_programs_is_an_object(podium: CommandLine) -> None:
    ended = podium("ask", "", "--json")
    problem = json.loads(ended.err)
    assert (ended.code, ended.out) == (2, "")
    assert problem["schema_version"] == 1
    assert set(problem["error"]) == {"code", "message", "hint"}


@pytest.mark.parametrize("length", [100_000, 999_999])
def test_a_request_that_the_policy_finds_too_long_is_refused_and_names_the_rule(
    podium: CommandLine, length: int
) -> None:
    ended = podium("ask", "x" * length, "--json")
    assert (ended.code, ended.json["status"]) == (4, "refused")
    assert "'length'" in ended.json["answer"] or "'size'" in ended.json["answer"]
    assert ".." not in ended.json["answer"]


def test_a_request_beyond_every_measure_is_not_stored(podium: CommandLine) -> None:
    ended = podium("ask", "x" * 1_000_001)
    assert (ended.code, ended.error()) == (2, "input_invalid")


@pytest.mark.parametrize(
    "text",
    [
        "bell \x07 and \x1b[31mcolour",
        "\x00\x01\x02",
        "\u202eright to left\u200b",
        "你们的退货政策",
        "ما هي سياسة الإرجاع؟",
        "Где мой заказ?",
        "🙂🙂🙂",
        "e\u0301\u0301\u0301" * 500,
    ],
)
def test_unusual_characters_are_answered_and_never_reach_the_terminal(podium: CommandLine, text: str) -> None:
    ended = podium("ask", "--", text)
    assert ended.code == 0
    assert ended.err == ""
    assert not {"\x07", "\x1b", "\x00"} & set(ended.out)
    shown = podium("threads", "list")
    assert not {"\x07", "\x1b", "\x00"} & set(shown.out)


@pytest.mark.parametrize("arguments", [("ask", "caf\udcff"), ("search", "\udcff"), ("effects", "\udcff")])
def test_an_argument_that_is_no_text(podium: CommandLine, arguments: tuple[str, ...]) -> None:
    ended = podium(*arguments)
    assert (ended.code, ended.error()) == (2, "input_invalid")


def test_standard_input_that_is_no_text(podium: CommandLine) -> None:
    ended = podium("ask", "-", stdin=b"caf\xe9")
    assert (ended.code, ended.error()) == (2, "input_invalid")
    assert "byte 3" in ended.err


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("ask", "hi", "--thread", "nope"), "not_found"),
        (("ask", "hi", "--thread", ""), "not_found"),
        (("resume", "nope", "--approve"), "not_found"),
        (("effects", "nope"), "not_found"),
        (("threads", "show", "nope"), "not_found"),
        (("threads", "history", "nope"), "not_found"),
        (("rollback", "nope", "--to", "x", "--yes"), "not_found"),
        (("search", "hi", "--collection", "nope"), "unknown_name"),
        (("search", " "), "input_invalid"),
        (("ingest", "--collection", "nope", "--json"), ""),
        (("ask", "hi", "--model", "nope"), "unknown_name"),
        (("ask", "hi", "--model", "nothing.there:x"), "config_invalid"),
        (("ask", "hi", "--project", "/nowhere/at/all"), "project_not_found"),
        (("ask", "hi", "--project", "podium.toml"), "project_not_found"),
        (("nonsense",), "usage"),
        (("threads", "list", "--limit", "0"), "usage"),
    ],
)
def test_what_does_not_exist_is_bad_usage(podium: CommandLine, arguments: tuple[str, ...], code: str) -> None:
    ended = podium(*arguments)
    assert ended.code == 2
    assert ended.out == ""
    assert (json.loads(ended.err)["error"]["code"] == "unknown_name") if not code else (ended.error() == code)


def test_a_model_without_its_key_says_which_variable_it_needs(podium: CommandLine) -> None:
    ended = podium("ask", "hi", "--model", "openai:some")
    assert (ended.code, ended.error()) == (1, "model_auth")
    assert "OPENAI_API_KEY" in ended.err


def test_the_start_of_an_id_that_fits_several_is_not_guessed(podium: CommandLine) -> None:
    seen: set[str] = set()
    while len(seen) == len({thread[0] for thread in seen}):
        seen.add(podium("ask", "hi", "--json").json["thread_id"])
    twice = next(a[0] for a in seen if sum(b[0] == a[0] for b in seen) > 1)
    ended = podium("ask", "hi", "--thread", twice)
    assert (ended.code, ended.error()) == (2, "input_invalid")
    assert "start with" in ended.err


def test_an_unknown_or_ambiguous_checkpoint_changes_nothing(podium: CommandLine) -> None:
    thread = podium("ask", "hi", "--json").json["thread_id"]
    before = podium("threads", "history", thread, "--json").out
    unknown = podium("rollback", thread, "--to", "nope", "--yes")
    assert (unknown.code, unknown.error()) == (2, "not_found")
    ambiguous = podium("rollback", thread, "--to", "1", "--yes")
    assert (ambiguous.code, ambiguous.error()) == (2, "input_invalid")
    assert podium("threads", "history", thread, "--json").out == before
