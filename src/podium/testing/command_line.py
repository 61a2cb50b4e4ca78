"""The `podium` command run in this process: what it printed and its exit code."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Ended:
    """A command that has ended.

    Attributes:
        code: Exit code.
        out: What it wrote to stdout.
        err: What it wrote to stderr.
    """

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """The one object on stdout."""
        found: dict[str, Any] = json.loads(self.out)
        return found

    def error(self) -> str:
        """The code of the one error line on stderr.

        Raises:
            AssertionError: There is not exactly one line, it has another form or no hint, or a traceback
                was printed.
        """
        if "Traceback" in self.out + self.err:
            raise AssertionError(self.out + self.err)
        lines = self.err.splitlines()
        if len(lines) != 1 or not lines[0].startswith("error[") or not lines[0].endswith(")"):
            raise AssertionError(f"no single error line with a hint: {self.err!r}")
        return lines[0].removeprefix("error[").partition("]")[0]


class CommandLine:
    """Runs commands in a project's folder.

    Args:
        folder: The project.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, *arguments: str, stdin: bytes = b"") -> Ended:
        """Run one command.

        Args:
            arguments: Without the program's name.
            stdin: What standard input holds.
        """
        from podium.cli.main import run

        with _in(self.folder), _streams(stdin) as (out, err):
            code = run(list(arguments))
            out.flush()
            err.flush()
            return Ended(code, _text(out), _text(err))


@contextmanager
def _in(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


@contextmanager
def _streams(stdin: bytes) -> Iterator[tuple[io.TextIOWrapper, io.TextIOWrapper]]:
    before = sys.stdin, sys.stdout, sys.stderr
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8") for _ in range(2))
    sys.stdin, sys.stdout, sys.stderr = io.TextIOWrapper(io.BytesIO(stdin), "utf-8"), out, err
    try:
        yield out, err
    finally:
        sys.stdin, sys.stdout, sys.stderr = before


def _text(stream: io.TextIOWrapper) -> str:
    buffer = stream.buffer
    if not isinstance(buffer, io.BytesIO):
        raise TypeError("the stream was replaced")
    return buffer.getvalue().decode()
