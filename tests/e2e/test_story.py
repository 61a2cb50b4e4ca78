"""The README's first screen, run as it stands."""

from __future__ import annotations

import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from podium.testing.story import Command, Story, steps

pytestmark = pytest.mark.timeout(300)

Run = Callable[..., subprocess.CompletedProcess[str]]
Row = tuple[str, list[tuple[int, str]]]

ORDER = "O-10007"
DONE, WAITS = 0, 3


def row(desk: Path) -> Row | None:
    """The order's state, and its refunds with amount and state; None before anybody looked into the shop."""
    file = desk / ".podium" / "world" / "shop.db"
    if not file.exists():
        return None
    with closing(sqlite3.connect(file)) as shop:
        (status,) = shop.execute("SELECT status FROM orders WHERE order_id = ?", (ORDER,)).fetchone()
        refunds = shop.execute("SELECT amount_cents, status FROM refunds WHERE order_id = ?", (ORDER,))
        return status, refunds.fetchall()


def test_the_readme_tells_what_happens(root: Path, desk: Path, run_podium: Run) -> None:
    story = Story()
    changes: list[tuple[str, Row | None]] = []
    readme = (root / "README.md").read_text(encoding="utf-8")
    for step in steps(readme.partition("<!-- story -->")[2].partition("<!-- /story -->")[0]):
        assert isinstance(step, Command)
        program, *arguments = story.words(step.shown)
        assert program == "podium"
        ended = run_podium(desk, *arguments)
        assert ended.returncode in (DONE, WAITS), ended.stderr
        assert story.agrees(step.output, ended.stdout), f"$ {step.shown}\n{ended.stdout}"
        if not changes or changes[-1][1] != row(desk):
            changes.append((arguments[0], row(desk)))
    assert changes == [
        ("ask", None),
        ("ask", ("returned", [])),
        ("resume", ("refunded", [(21060, "pending")])),
        ("rollback", ("returned", [(21060, "voided")])),
    ]


@pytest.mark.parametrize(
    ("shown", "output"),
    [
        (["thread 01234567 …", "…", "at 01234567"], "thread ab12cd34 begun\n\nmore\nat  ab12cd34 \n"),
        (["all of it"], "all of it\n"),
        (["…"], ""),
    ],
)
def test_a_story_agrees_with_what_it_shows(shown: list[str], output: str) -> None:
    assert Story().agrees(shown, output)


@pytest.mark.parametrize(
    ("shown", "output"),
    [
        (["thread 01234567", "at 01234567"], "thread ab12cd34\nat 99999999\n"),
        (["all of it"], "all of it\nand more\n"),
        (["refunded: £0.00 → £210.60"], "refunded: £0.00 → £210.61\n"),
    ],
)
def test_a_story_disagrees_with_anything_else(shown: list[str], output: str) -> None:
    assert not Story().agrees(shown, output)
