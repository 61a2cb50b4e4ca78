"""Where the parts of a project lie."""

from __future__ import annotations

from pathlib import Path

from podium.app.podium import Podium
from podium.app.project import Project

MANIFEST = '[project]\nname = "demo"\n'


def opened(folder: Path, settings: str = "") -> Project:
    (folder / "podium.toml").write_text(MANIFEST + settings, encoding="utf-8")
    return Project.open(folder)


def test_a_folder_of_tools_that_nobody_named_may_be_missing(tmp_path: Path) -> None:
    assert opened(tmp_path).tools == []
    (tmp_path / "tools").mkdir()
    assert opened(tmp_path).tools == [tmp_path / "tools"]


def test_tools_that_the_manifest_names_have_to_be_there(tmp_path: Path) -> None:
    assert opened(tmp_path, '[tools]\npaths = ["tools"]\n').tools == [tmp_path / "tools"]


def test_a_manifest_with_a_name_is_enough_for_an_answer(tmp_path: Path) -> None:
    opened(tmp_path)
    with Podium.from_project(tmp_path) as app:
        assert app.ask_sync("How deep is the lake?").status in ("abstained", "clarify")
