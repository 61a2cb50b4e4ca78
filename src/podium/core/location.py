"""Finding the line of a setting in the file it was read from, for messages that name file and line."""

from __future__ import annotations

import re
from collections.abc import Sequence

_TABLE = re.compile(r"^\s*\[\[?\s*([^\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"^\s*([A-Za-z0-9_\-\".]+)\s*=")


def toml_line(text: str, path: Sequence[str | int]) -> int:
    """The line, from 1, on which a TOML setting stands, or of its closest parent that is written down.

    Args:
        text: The file.
        path: Keys from the root to the setting; list positions are ignored.
    """
    wanted = [str(part) for part in path if isinstance(part, str)]
    best_line, best_depth = 1, 0
    table: list[str] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _TABLE.match(line):
            table = _split(header[1])
            here = table
        elif key := _KEY.match(line):
            here = table + _split(key[1])
        else:
            continue
        depth = _common(here, wanted)
        if depth == len(here) and depth > best_depth:
            best_line, best_depth = number, depth
    return best_line


def toml_fault(message: str, text: str) -> tuple[int, str]:
    """The line and the reason in a message of `tomllib`.

    Args:
        message: Such as `Invalid value (at line 3, column 5)`.
        text: The file, whose last line is meant when the message says `at end of document`.
    """
    reason, _, place = message.rpartition(" (at ")
    if found := re.match(r"line (\d+)", place):
        return int(found[1]), reason
    return text.count("\n") + 1, reason or message


def _split(dotted: str) -> list[str]:
    return [part.strip().strip('"') for part in dotted.split(".")]


def _common(a: Sequence[str], b: Sequence[str]) -> int:
    count = 0
    for left, right in zip(a, b, strict=False):
        if left != right:
            break
        count += 1
    return count
