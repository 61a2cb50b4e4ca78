"""The README's first screen, run as it stands."""

from __future__ import annotations

import re
import shlex
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

pytestmark = pytest.mark.timeout(300)

Run = Callable[..., subprocess.CompletedProcess[str]]
Row = tuple[str, list[tuple[int, str]]]

BLOCK = re.compile(r"^```console\n(.*?)^```", re.DOTALL | re.MULTILINE)
IDENTIFIER = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]+)*\b")
ORDER = "O-10007"
DONE, WAITS = 0, 3


def steps(readme: str) -> Iterator[tuple[str, list[str]]]:
    """The story's commands, each with the lines that follow it; empty lines do not count."""
    story = readme.partition("<!-- story -->")[2].partition("<!-- /story -->")[0]
    lines = [line for block in BLOCK.findall(story) for line in block.splitlines() if line.strip()]
    starts = [number for number, line in enumerate(lines) if line.startswith("$ ")]
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        yield lines[start].removeprefix("$ "), lines[start + 1 : end]


class Story:
    """Holds what is shown against what is said.

    An identifier in the story stands for the one that is said in its place, from then on. `…` stands for
    anything within a line, and alone on a line for any number of lines.
    """

    def __init__(self) -> None:
        self.identifiers: dict[str, str] = {}

    def command(self, shown: str) -> list[str]:
        """The words to run."""
        program, *arguments = shlex.split(IDENTIFIER.sub(lambda found: self.identifiers[found[0]], shown))
        assert program == "podium"
        return arguments

    def agrees(self, shown: list[str], output: str) -> bool:
        """Whether the output is what was shown; learns the identifiers in it."""
        said = "".join(f"{' '.join(line.split())}\n" for line in output.splitlines() if line.strip())
        learned: dict[str, str] = {}
        pattern = "".join(self._line(" ".join(line.split()), learned) for line in shown)
        if not (found := re.fullmatch(pattern, said)):
            return False
        self.identifiers.update({token: found[group] for token, group in learned.items()})
        return True

    def _line(self, line: str, learned: dict[str, str]) -> str:
        if line == "…":
            return r"(?:.*\n)*?"
        parts = re.split(f"(…|{IDENTIFIER.pattern})", line)
        return "".join(self._part(part, learned) for part in parts) + r"\n"

    def _part(self, part: str, learned: dict[str, str]) -> str:
        if part == "…":
            return ".*?"
        if not IDENTIFIER.fullmatch(part):
            return re.escape(part)
        if known := self.identifiers.get(part):
            return re.escape(known)
        if group := learned.get(part):
            return f"(?P={group})"
        learned[part] = f"id{len(learned)}"
        return f"(?P<{learned[part]}>{IDENTIFIER.pattern})"


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
    for shown, expected in steps((root / "README.md").read_text(encoding="utf-8")):
        arguments = story.command(shown)
        ended = run_podium(desk, *arguments)
        assert ended.returncode in (DONE, WAITS), ended.stderr
        assert story.agrees(expected, ended.stdout), f"$ {shown}\n{ended.stdout}"
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
