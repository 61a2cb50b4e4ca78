"""Starting a project: what is copied, where to, and where not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podium.agents.prompts import PromptRegistry
from podium.app.layout import LAYOUT
from podium.app.project import Project
from podium.app.templates import BLANK, new_project, safe_name, templates
from podium.core.errors import InputError, UnknownName
from podium.guardrails.policy_file import load_policy
from podium.tools.loader import load_tools

BLOCK = re.compile(r"^```python\n(.*?)^```", re.DOTALL | re.MULTILINE)


def files(folder: Path) -> set[str]:
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_the_reference_project_is_what_one_starts_from(root: Path, tmp_path: Path) -> None:
    made = new_project(tmp_path / "desk")
    assert made.template == Project.open(root).manifest.project.name == next(iter(templates()))
    wanted = {f"{part}/{name}" for part in LAYOUT if (root / part).is_dir() for name in files(root / part)}
    assert files(made.folder) == wanted | {"podium.toml", "langgraph.json", ".gitignore"}


def test_a_blank_project_opens_with_all_its_parts(tmp_path: Path) -> None:
    made = new_project(tmp_path / "mine", BLANK)
    project = Project.open(made.folder)
    assert project.manifest.project.name == "mine"
    assert load_policy(*(project.path(file) for file in project.manifest.policy.files)).version
    assert PromptRegistry.load(made.folder / "agents")
    assert all((made.folder / part / "README.md").is_file() for part in LAYOUT[2:])


@pytest.mark.parametrize("template", templates())
def test_a_made_project_keeps_what_it_stores_out_of_git(tmp_path: Path, template: str) -> None:
    made = new_project(tmp_path / "new", template)
    assert ".podium/" in (made.folder / ".gitignore").read_text(encoding="utf-8").split()


def test_the_example_of_a_tool_is_a_tool(tmp_path: Path) -> None:
    made = new_project(tmp_path / "mine", BLANK)
    (code,) = BLOCK.findall((made.folder / "tools" / "README.md").read_text(encoding="utf-8"))
    (made.folder / "tools" / "calendar.py").write_text(code, encoding="utf-8")
    assert [tool.name for tool in load_tools([made.folder / "tools"])] == ["day_of_week"]


def test_a_folder_that_is_empty_or_holds_only_git_is_taken(tmp_path: Path) -> None:
    (tmp_path / "repository" / ".git").mkdir(parents=True)
    assert new_project(tmp_path / "repository", BLANK).folder == tmp_path / "repository"


@pytest.mark.parametrize("held", ["notes.txt", ".hidden", "folder/deep.txt"])
def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path, held: str) -> None:
    (tmp_path / held).parent.mkdir(exist_ok=True)
    (tmp_path / held).write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match="is not empty"):
        new_project(tmp_path, BLANK)
    assert files(tmp_path) == {held}


def test_a_file_is_no_place_for_a_project(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    for place in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(InputError):
            new_project(place, BLANK)


def test_an_unknown_template_is_named_and_makes_nothing(tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match="no template 'plain'") as caught:
        new_project(tmp_path / "new", "plain")
    assert "blank" in caught.value.hint
    assert not (tmp_path / "new").exists()


@given(st.text(max_size=100))
def test_any_folders_name_gives_a_name_that_a_manifest_takes(name: str) -> None:
    assert re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]{0,62}", safe_name(name))
