"""Documentation held against what happens: commands are run, files written, outputs compared.

A page holds blocks of commands with what they print, of Python, and of files::

    <!-- file: notes/hours.md -->
    ```markdown
    # Opening hours
    ```

In an output, `…` stands for anything within a line, and alone on a line for any number of lines; an
identifier stands for the one that is printed in its place, from then on.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

_BLOCK: Final = re.compile(
    r"^(?:<!-- file: (?P<file>[^\n]+?) -->\n)?```(?P<kind>\w*)\n(?P<text>.*?)^```", re.DOTALL | re.MULTILINE
)
IDENTIFIER: Final = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]+)*\b")


@dataclass(frozen=True, slots=True)
class Command:
    """A command of a page.

    Attributes:
        shown: As it stands there.
        output: The lines that follow it, without empty ones.
    """

    shown: str
    output: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class File:
    """A file that the reader is to write."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class Program:
    """Python that the reader is to run."""

    text: str


Step: TypeAlias = Command | File | Program


def steps(page: str) -> Iterator[Step]:
    """What a reader of the page would do, in order.

    Args:
        page: Markdown.
    """
    for block in _BLOCK.finditer(page):
        if block["file"]:
            yield File(block["file"], block["text"])
        elif block["kind"] == "console":
            yield from _commands(block["text"])
        elif block["kind"] == "python":
            yield Program(block["text"])


def _commands(text: str) -> Iterator[Command]:
    lines = [line for line in text.splitlines() if line.strip()]
    starts = [number for number, line in enumerate(lines) if line.startswith("$ ")]
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        yield Command(lines[start].removeprefix("$ "), tuple(lines[start + 1 : end]))


class Story:
    """Compares outputs, and remembers which identifiers stand for which.

    Attributes:
        identifiers: The printed one by the shown one.
    """

    def __init__(self) -> None:
        self.identifiers: dict[str, str] = {}

    def words(self, shown: str) -> list[str]:
        """The words of a command, with the identifiers that were printed."""
        return shlex.split(IDENTIFIER.sub(lambda found: self.identifiers.get(found[0], found[0]), shown))

    def agrees(self, shown: tuple[str, ...] | list[str], output: str) -> bool:
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
