"""What a waiting thread relies on."""

from __future__ import annotations

import pytest

from podium.graphs.fingerprint import Fingerprint, ToolPrint, misfits

TOOL = ToolPrint(version="1", arguments="abc", effect="reversible")


def fingerprint(**changes: object) -> Fingerprint:
    held = {"state": 1, "nodes": ("commit", "human", "plan"), "edges": (("plan", "human"),)}
    return Fingerprint.model_validate({**held, "tools": {"move": TOOL}, **changes})


def found(now: Fingerprint, *tools: str) -> tuple[str, ...]:
    return misfits(fingerprint(), now, waits_at=("human",), tools=tools)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"nodes": ("commit", "human", "scout")},
        {"edges": ()},
        {"tools": {"move": TOOL, "turn": TOOL}},
    ],
)
def test_what_the_thread_does_not_rely_on_may_change(changes: dict[str, object]) -> None:
    assert found(fingerprint(**changes), "move") == ()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"state": 2}, "its state has version 1, this Podium's has 2"),
        ({"nodes": ("commit", "plan")}, "the node 'human' where it goes on is gone"),
        ({"tools": {}}, "the tool 'move' of an action that waits is gone"),
        ({"tools": {"move": TOOL.model_copy(update={"version": "2"})}}, "version '1' is now '2'"),
        ({"tools": {"move": TOOL.model_copy(update={"arguments": "x"})}}, "it takes other arguments"),
        ({"tools": {"move": TOOL.model_copy(update={"effect": "irreversible"})}}, "it was reversible"),
    ],
)
def test_each_thing_that_no_longer_fits_is_named(changes: dict[str, object], words: str) -> None:
    (said,) = found(fingerprint(**changes), "move")
    assert words in said


def test_a_tool_that_nothing_waits_for_may_go() -> None:
    assert found(fingerprint(tools={})) == ()


def test_equal_structures_have_equal_hashes() -> None:
    assert fingerprint().hash == fingerprint().hash
    assert fingerprint().hash != fingerprint(state=2).hash
