"""Writing results: one JSON object for programs, a Rich console for people."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from rich.console import Console

SCHEMA_VERSION: Final = 1
_PIPE_WIDTH: Final = 2_000
"""Columns where no terminal limits them, so that piped lines are not broken."""


def write_json(value: dict[str, Any]) -> None:
    """Write one object to stdout, with the schema's version first."""
    text = json.dumps({"schema_version": SCHEMA_VERSION, **value}, ensure_ascii=not _is_utf8())
    sys.stdout.write(text + "\n")


def console(*, stderr: bool = False) -> Console:
    """A console that takes text literally: no markup, no emoji codes."""
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else _PIPE_WIDTH
    return Console(stderr=stderr, markup=False, emoji=False, highlight=False, width=width)


def _is_utf8() -> bool:
    return (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
