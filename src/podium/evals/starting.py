"""A first suite for a project: written out, to be changed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from podium.core.errors import InputError
from podium.core.settings import MANIFEST
from podium.evals.schema import case_schema, suite_schema
from podium.storage.files import write_whole

SUITE_SCHEMA: Final = "suite.schema.json"
CASE_SCHEMA: Final = "case.schema.json"

_PROJECT = """\
target:
  project: .                # the project that this suite lies in; or function:, graph:, url: with assistant:
"""
_FUNCTION = """\
target:
  function: {name}_target.py:answer    # or graph: FILE.py:GRAPH, or url: with assistant:
"""
_SUITE = """\
# yaml-language-server: $schema={schema}
name: {name}
description: What this suite shows.
{target}cases:
  - {name}.jsonl
scorers:                    # podium eval scorers lists them; file.py:function is one of your own
  - contains
primary: contains
thresholds:                 # what must hold, else podium eval run exits with 5
  - {{metric: contains, min: 0.5}}
  - {{metric: contains, max_drop: 0.05}}    # beside --baseline
"""
_TARGET = '''\
"""What the suite evaluates."""


def answer(question: str) -> str:
    """Answer a question."""
    return f"You asked: {question}"
'''
_CASES = (
    {"id": "first", "input": "What can you do for me?", "expected": {"answer": "you"}, "tags": ["easy"]},
    {"id": "second", "input": "And what can you not do?", "expected": {"answer": "not"}},
)


def start_suite(project: Path, name: str) -> list[Path]:
    """Write a suite with two cases and the schemas that editors check it by.

    Args:
        project: The folder of the project, or any other.
        name: The suite's name.

    Returns:
        The files that were written.

    Raises:
        InputError: There is a suite of that name.
    """
    folder = project / "evals"
    suite, cases = folder / f"{name}.yaml", folder / f"{name}.jsonl"
    for file in (suite, cases):
        if file.exists():
            raise InputError(f"{file} is there already", hint="Choose another name.")
    target = folder / f"{name}_target.py"
    in_project = (project / MANIFEST).is_file()
    chosen = _PROJECT if in_project else _FUNCTION.format(name=name)
    made = {
        suite: _SUITE.format(schema=SUITE_SCHEMA, name=name, target=chosen),
        cases: "".join(json.dumps(case) + "\n" for case in _CASES),
        folder / SUITE_SCHEMA: json.dumps(suite_schema(), indent=2) + "\n",
        folder / CASE_SCHEMA: json.dumps(case_schema(), indent=2) + "\n",
    }
    if not in_project and not target.exists():
        made[target] = _TARGET
    for file, text in made.items():
        write_whole(file, text.encode())
    return list(made)
