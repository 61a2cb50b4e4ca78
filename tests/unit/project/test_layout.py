from __future__ import annotations

from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[3]
FOLDERS = ("agents", "graphs", "tools", "knowledge", "guardrails", "evals")


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_root_folder_is_no_package(folder: str) -> None:
    assert (ROOT / folder).is_dir()
    assert not list((ROOT / folder).rglob("__init__.py"))


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_root_folder_says_what_belongs_there_and_where_its_engine_is(folder: str) -> None:
    assert f"src/podium/{folder}/" in (ROOT / folder / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("role", "contract"),
    [
        ("planner", "Plan"),
        ("retriever", "Queries"),
        ("executor", "StepResult"),
        ("critic", "Critique"),
    ],
)
def test_a_prompt_names_its_contract_and_version(role: str, contract: str) -> None:
    _, front, prompt = (ROOT / "agents" / f"{role}.md").read_text(encoding="utf-8").split("---\n", 2)
    matter = yaml.safe_load(front)
    assert (matter["version"], matter["output"]) == ("1", contract)
    assert f"`{contract}`" in prompt
