"""The manifest: defaults, and messages that name file, line and what was expected."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podium.core.errors import ConfigError, ProjectNotFound
from podium.core.settings import Manifest, implicit_manifest, load_manifest, parse_manifest

PATH = Path("shop/podium.toml")


def test_a_name_is_enough() -> None:
    manifest = parse_manifest('[project]\nname = "desk"\n', PATH)
    assert manifest.models.for_role("planner") == "offline"
    assert manifest.storage.path == ".podium"


def test_a_project_says_what_one_may_ask_it() -> None:
    manifest = parse_manifest('[project]\nname = "desk"\nexamples = [" How long? ", "Do it"]\n', PATH)
    assert manifest.project.examples == ("How long?", "Do it")
    for broken in ('["  "]', '["1", "2", "3", "4", "5", "6", "7"]'):
        with pytest.raises(ConfigError, match=r"project\.examples"):
            parse_manifest(f'[project]\nname = "desk"\nexamples = {broken}\n', PATH)


def test_a_role_may_have_a_model_of_its_own() -> None:
    manifest = parse_manifest('[project]\nname = "desk"\n[models]\ncritic = "openai:big"\n', PATH)
    assert manifest.models.for_role("critic") == "openai:big"
    assert manifest.models.for_role("planner") == "offline"


@pytest.mark.parametrize(
    ("text", "where", "expected"),
    [
        ('[project]\nname = "desk"\n\n[server]\nport = 0\n', ":5: server.port", "greater than or equal to 1"),
        ('[project]\nname = "desk"\ncolour = "red"\n', ":3: project.colour", "no such setting"),
        ('[project]\nname = "desk"\n[modles]\n', ":3: modles", "no such setting"),
        ("[budget]\nsteps = 3\n", ":1: project", "missing"),
        ('[project]\nname = "1 desk"\n', ":2: project.name", "match pattern"),
        ('[project\nname = "desk"\n', ":1:", "not valid TOML"),
    ],
)
def test_a_broken_manifest_names_line_and_expectation(text: str, where: str, expected: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_manifest(text, PATH)
    assert str(PATH) in str(caught.value)
    assert where in str(caught.value)
    assert expected in str(caught.value)
    assert caught.value.hint


def test_a_folder_without_manifest_is_no_project(tmp_path: Path) -> None:
    with pytest.raises(ProjectNotFound) as caught:
        load_manifest(tmp_path)
    assert caught.value.exit_code == 2


def test_a_manifest_that_is_not_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "podium.toml").write_bytes(b"\xff\xfe[project]")
    with pytest.raises(ConfigError, match="not UTF-8"):
        load_manifest(tmp_path)


def test_a_langgraph_json_alone_makes_a_project_that_reads_nothing_else(tmp_path: Path) -> None:
    folder = tmp_path / "my desk 2"
    (folder / "tools").mkdir(parents=True)
    (folder / "langgraph.json").write_text("{}", encoding="utf-8")
    manifest = load_manifest(folder)
    assert manifest.project.name == "my-desk-2"
    assert manifest.tools.paths == ()
    assert manifest.graphs == {}
    (folder / "podium.toml").write_text('[project]\nname = "desk"\n', encoding="utf-8")
    assert load_manifest(folder).project.name == "desk"


@given(st.text(st.characters(exclude_characters="/\0"), min_size=1))
def test_a_folder_of_any_name_gives_a_project_a_valid_one(name: str) -> None:
    manifest = implicit_manifest(Path("/srv") / name)
    assert Manifest.model_validate(manifest.model_dump()) == manifest
