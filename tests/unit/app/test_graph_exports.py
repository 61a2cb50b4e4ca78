"""Finding what a declaration names."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from podium.app.graph_exports import Export, Exports
from podium.core.errors import ConfigError

ORIGIN = "langgraph.json:3"


@pytest.fixture(autouse=True)
def _own_imports(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path)])
    monkeypatch.setattr(sys, "modules", dict(sys.modules))


def write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def find_export(place: str, folder: Path, origin: str) -> Export:
    return Exports(folder).find(place, origin)


def refused(place: str, folder: Path) -> str:
    with pytest.raises(ConfigError) as caught:
        find_export(place, folder, ORIGIN)
    return caught.value.message.replace(str(folder), "")


def test_a_file_is_found_below_the_folder(tmp_path: Path) -> None:
    write(tmp_path / "deep" / "agent.py", "graph = 7\n")
    found = find_export("./deep/agent.py:graph", tmp_path, ORIGIN)
    assert (found.value, found.file, found.attribute) == (7, tmp_path / "deep" / "agent.py", "graph")


def test_a_file_with_two_graphs_is_run_once(tmp_path: Path) -> None:
    write(tmp_path / "agent.py", "one = object()\ntwo = one\n")
    exports = Exports(tmp_path)
    assert exports.find("./agent.py:one", ORIGIN).value is exports.find("agent.py:two", ORIGIN).value


def test_a_module_is_found_by_its_name(tmp_path: Path) -> None:
    write(tmp_path / "desk_one" / "agent.py", "graph = 7\n")
    assert find_export("desk_one.agent:graph", tmp_path, ORIGIN).value == 7


def test_a_file_in_a_package_may_import_its_neighbours(tmp_path: Path) -> None:
    write(tmp_path / "desk_two" / "__init__.py", "")
    write(tmp_path / "desk_two" / "nodes.py", "size = 7\n")
    write(tmp_path / "desk_two" / "agent.py", "from .nodes import size as graph\n")
    assert find_export("./desk_two/agent.py:graph", tmp_path, ORIGIN).value == 7
    assert "desk_two.agent" in sys.modules


def test_a_package_that_is_called_as_an_installed_one_is_loaded_by_its_path(tmp_path: Path) -> None:
    write(tmp_path / "json" / "__init__.py", "")
    write(tmp_path / "json" / "decoder.py", "graph = 7\n")
    assert find_export("./json/decoder.py:graph", tmp_path, ORIGIN).value == 7


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("agent.py", f"{ORIGIN}: 'agent.py' is not 'file.py:name'"),
        ("agent.py:a b", f"{ORIGIN}: 'agent.py:a b' is not 'file.py:name'"),
        (":graph", f"{ORIGIN}: ':graph' is not 'file.py:name'"),
        ("./lost.py:graph", f"{ORIGIN}: there is no file ./lost.py"),
        ("./agent.ts:graph", f"{ORIGIN}: ./agent.ts is JavaScript; only Python graphs are served"),
        ("no_such.module:graph", f"{ORIGIN}: no_such.module: ModuleNotFoundError: No module named 'no_such'"),
        ("no_such_module:graph", f"{ORIGIN}: there is no module no_such_module"),
        ("./agent.py:graf", f"{ORIGIN}: /agent.py has no 'graf'"),
        ("./broken.py:graph", "/broken.py:2: ZeroDivisionError: division by zero"),
        ("./syntax.py:graph", "/syntax.py:1: SyntaxError: "),
        ("./leaves.py:graph", "/leaves.py:1: SystemExit: 3"),
        ("broken:graph", "/broken.py:2: ZeroDivisionError: division by zero"),
        ("syntax:graph", "/syntax.py:1: SyntaxError: "),
    ],
)
def test_what_cannot_be_found_is_told_with_file_and_line(tmp_path: Path, place: str, message: str) -> None:
    write(tmp_path / "agent.py", "graph = 7\n")
    write(tmp_path / "broken.py", "one = 1\ngraph = one / 0\n")
    write(tmp_path / "syntax.py", "graph = = 1\n")
    write(tmp_path / "leaves.py", "raise SystemExit(3)\n")
    assert refused(place, tmp_path).startswith(message)


def test_a_wrong_name_is_answered_with_those_there_are(tmp_path: Path) -> None:
    write(tmp_path / "agent.py", "graph = 7\n_own = 1\n")
    with pytest.raises(ConfigError) as caught:
        find_export("./agent.py:agent", tmp_path, ORIGIN)
    assert caught.value.hint == "It has: graph."
