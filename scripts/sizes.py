"""Holds the house's limits: 500 lines a module, 60 a function; the exceptions should stay empty."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

MODULE_LINES = 500
FUNCTION_LINES = 60
EXCEPTIONS: frozenset[str] = frozenset()
"""Entries are `path` for a module and `path::function` for a function."""

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("src", "tools", "agents", "graphs", "guardrails", "evals", "knowledge", "benchmarks", "scripts")


def too_long(path: Path) -> Iterator[tuple[str, int]]:
    """What in the file goes beyond a limit, with its number of lines."""
    text = path.read_text(encoding="utf-8")
    name = path.relative_to(ROOT).as_posix()
    if (lines := text.count("\n")) > MODULE_LINES:
        yield name, lines
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
            length = node.end_lineno - node.lineno + 1 - _docstring_lines(node)
            if length > FUNCTION_LINES:
                yield f"{name}::{node.name}", length


def _docstring_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    first = node.body[0]
    if ast.get_docstring(node) is None or first.end_lineno is None:
        return 0
    return first.end_lineno - first.lineno + 1


def main() -> int:
    """Print what is too long; 1 when there is any that is not an exception."""
    files = [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))]
    found = [(name, lines) for path in files for name, lines in too_long(path) if name not in EXCEPTIONS]
    for name, lines in found:
        sys.stderr.write(f"{name}: {lines} lines\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
