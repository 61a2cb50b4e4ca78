"""What a `langgraph.json` may say, and what is told of what it cannot."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from podium.app.langgraph_json import LanggraphJson, read_langgraph_json
from podium.core.errors import ConfigError


def read(folder: Path, **fields: Any) -> LanggraphJson:
    content = {"graphs": {"agent": "./agent.py:graph"}, **fields}
    (folder / "langgraph.json").write_text(json.dumps(content, indent=1), encoding="utf-8")
    found = read_langgraph_json(folder)
    assert found is not None
    return found


def refused(folder: Path, text: str) -> str:
    (folder / "langgraph.json").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        read_langgraph_json(folder)
    return caught.value.message.removeprefix(str(folder))


@pytest.fixture
def import_path(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    path = list(sys.path)
    monkeypatch.setattr(sys, "path", path)
    return path


def test_a_folder_without_the_file_has_none(tmp_path: Path) -> None:
    assert read_langgraph_json(tmp_path) is None


def test_a_graph_is_a_place_or_a_place_with_a_description(tmp_path: Path) -> None:
    listed = read(tmp_path, graphs={"a": "./a.py:graph", "b": {"path": "pkg.b:make", "description": "Bee"}})
    shown = [(graph.name, graph.place, graph.description) for graph in listed.graphs]
    assert shown == [("a", "./a.py:graph", ""), ("b", "pkg.b:make", "Bee")]
    assert listed.graphs[1].origin == f"{tmp_path / 'langgraph.json'}:4"
    assert listed.warnings == ()


def test_every_field_without_effect_is_named_with_its_line(tmp_path: Path) -> None:
    fields = ("http", "store", "auth", "ui", "dockerfile_lines", "webhooks", "grpahs")
    listed = read(tmp_path, **{name: {} for name in fields}, **{"$schema": "https://langgra.ph/schema.json"})
    assert len(listed.warnings) == len(fields)
    for number, (field, warning) in enumerate(zip(fields, listed.warnings, strict=True), start=5):
        assert warning.startswith(f"{tmp_path / 'langgraph.json'}:{number}: '{field}' ")
    assert "no field that Podium knows" in listed.warnings[-1]


def test_what_stands_beside_a_graphs_place_is_warned_of(tmp_path: Path) -> None:
    (warning,) = read(tmp_path, graphs={"a": {"path": "./a.py:g", "timeout": 3}}).warnings
    assert warning.endswith("graphs.a.'timeout' has no effect")


def test_another_python_is_warned_of(tmp_path: Path) -> None:
    running = f"{sys.version_info.major}.{sys.version_info.minor}"
    assert read(tmp_path, python_version=running).warnings == ()
    (warning,) = read(tmp_path, python_version="3.9").warnings
    assert warning.endswith(f"it asks for Python 3.9; this is {running}")


def test_dependencies_that_are_not_installed_are_warned_of(tmp_path: Path) -> None:
    listed = read(
        tmp_path,
        dependencies=[".", "langgraph>=1", "no-such-thing[x]>=2", "git+https://h.test/r.git", "./lost"],
    )
    assert [warning.partition(": ")[2] for warning in listed.warnings] == [
        "no-such-thing is not installed: pip install 'no-such-thing[x]>=2'",
        "there is no folder ./lost",
    ]


def test_local_dependencies_are_importable_and_hide_nothing(tmp_path: Path, import_path: list[str]) -> None:
    (tmp_path / "lib" / "src").mkdir(parents=True)
    (tmp_path / "lib" / "pyproject.toml").touch()
    before = list(import_path)
    read(tmp_path, dependencies=["./lib", "."]).prepare({})
    added = [str(tmp_path), str(tmp_path / "lib"), str(tmp_path / "lib" / "src")]
    assert import_path == [*before, *added]
    read(tmp_path, dependencies=["./lib", "."]).prepare({})
    assert import_path == [*before, *added]


def test_variables_come_from_a_map_or_a_file_and_never_replace_any(
    tmp_path: Path, import_path: list[str]
) -> None:
    environment = {"KEPT": "mine"}
    read(tmp_path, env={"KEPT": "theirs", "NEW": "1"}).prepare(environment)
    assert environment == {"KEPT": "mine", "NEW": "1"}
    (tmp_path / ".env").write_text("KEPT=file\n# a comment\nexport QUOTED='a b'\nBARE\n", encoding="utf-8")
    read(tmp_path, env=".env").prepare(environment)
    assert environment == {"KEPT": "mine", "NEW": "1", "QUOTED": "a b"}
    assert str(tmp_path) in import_path


def test_a_missing_environment_file_is_warned_of(tmp_path: Path) -> None:
    listed = read(tmp_path, env=".env")
    assert listed.variables == {}
    assert listed.warnings[0].endswith("there is no file .env; no variables are set")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{\n  'graphs': 1}", "/langgraph.json:2: not valid JSON"),
        ('{"dependencies": ["."]}', "/langgraph.json:1: graphs: it is missing"),
        ('{\n"graphs": {}}', "/langgraph.json:2: graphs: "),
        ('{"graphs": {\n"a": 1}}', "/langgraph.json:2: graphs.a: "),
        ('{"graphs": {\n"a": {"description": "x"}}}', "/langgraph.json:2: graphs.a.path: it is missing"),
        ('{"graphs": {"a": "a.py:g"},\n"env": {"A": 1}}', "/langgraph.json:2: env"),
        ('{"graphs": {"a": "a.py:g"},\n"dependencies": "."}', "/langgraph.json:2: dependencies: "),
        ("[]", "/langgraph.json:1: the file: "),
    ],
)
def test_what_is_broken_is_told_with_file_and_line(tmp_path: Path, text: str, message: str) -> None:
    assert refused(tmp_path, text).startswith(message)


def test_a_file_that_is_no_text_is_told(tmp_path: Path) -> None:
    (tmp_path / "langgraph.json").write_bytes(b'{\n"graphs": "\xff"}')
    with pytest.raises(ConfigError, match=r"langgraph.json:2: not UTF-8"):
        read_langgraph_json(tmp_path)
