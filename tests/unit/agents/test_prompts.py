"""Prompts: versioned, hashed, and broken ones named by file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from podium.agents.contracts import ROLES
from podium.agents.prompts import PromptRegistry, parse_prompt
from podium.core.errors import ConfigError, UnknownName

GOOD = '---\nversion: "2"\noutput: Plan\n---\nPlan well.\n'


def test_every_role_has_a_builtin_prompt(tmp_path: Path) -> None:
    registry = PromptRegistry.load(tmp_path)
    assert all(registry.get(role).text for role in ROLES)


def test_a_projects_own_prompt_takes_the_place_of_the_builtin_one(tmp_path: Path) -> None:
    (tmp_path / "planner.md").write_text(GOOD)
    (tmp_path / "README.md").write_text("Not a prompt.")
    prompt = PromptRegistry.load(tmp_path).get("planner")
    assert (prompt.version, prompt.text, len(prompt.hash)) == ("2", "Plan well.", 64)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", 1),
        ("Plan well.", 1),
        ("---\nversion: 1\n", 1),
        ("---\nversion: 1\noutput: Plan\n---\n\n", 5),
        ("---\nversion: 1\noutput: Critique\n---\nx", 3),
        ("---\nversion: 1\noutput: Plan\ncolour: red\n---\nx", 4),
        ("---\nversion: 1\noutput: [\n---\nx", 3),
        ("---\noutput: Plan\n---\nx", 1),
    ],
)
def test_a_broken_prompt_is_named_by_file_and_line(text: str, line: int) -> None:
    with pytest.raises(ConfigError, match=rf"^planner\.md:{line}: "):
        parse_prompt(text, "planner", "planner.md")


def test_a_prompt_for_no_role_is_an_unknown_name(tmp_path: Path) -> None:
    (tmp_path / "planer.md").write_text(GOOD)
    with pytest.raises(UnknownName, match="planer"):
        PromptRegistry.load(tmp_path)
