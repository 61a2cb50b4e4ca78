"""Loading tool files by path."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from podium.core.errors import ConfigError
from podium.tools import load_tools, load_world

GREET = '''from podium import action

@action("read")
def greet(name: str) -> str:
    """Greet somebody."""
    return f"hello {name}"
'''


def test_a_folder_s_files_are_loaded_under_names_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "json.py").write_text(GREET)
    (tmp_path / "_private.py").write_text("raise RuntimeError")
    (tmp_path / "notes.md").write_text("no code")
    (tool,) = load_tools([tmp_path, tmp_path / "json.py"])
    assert tool.name == "greet"
    assert tool.origin == f"{tmp_path / 'json.py'}:3"
    assert sys.modules["json"].__file__ != str(tmp_path / "json.py")
    assert str(tmp_path) not in sys.path


def test_a_name_that_is_taken_names_both_places(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(GREET)
    (tmp_path / "b.py").write_text(f"\n{GREET}")
    with pytest.raises(ConfigError, match=r"b\.py:4: the tool 'greet' is declared at .*a\.py:3 already"):
        load_tools([tmp_path])


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("x = 1\ny = (", r"bad\.py:2: SyntaxError"),
        ("\n\nimport no_such_module", r"bad\.py:3: ModuleNotFoundError: No module named 'no_such_module'"),
        (
            "from podium import action\n@action('write')\ndef f(): ...\n",
            r"bad\.py:2: ValueError: 'write' is no",
        ),
        (
            "from podium import action\n@action('read')\ndef f(a): ...\n",
            r"bad\.py:2: TypeError: f: the argument 'a'",
        ),
    ],
)
def test_a_broken_file_is_named_with_its_line(tmp_path: Path, code: str, message: str) -> None:
    (tmp_path / "bad.py").write_text(code)
    with pytest.raises(ConfigError, match=message):
        load_tools([tmp_path])


def test_a_missing_path_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"gone\.py is not there"):
        load_tools([tmp_path / "gone.py"])


def test_a_world_has_three_functions(tmp_path: Path) -> None:
    (tmp_path / "world.py").write_text("def open_world(path): return 1\ndef copy_world(a, b): ...\n")
    with pytest.raises(ConfigError, match="no function destroy_world"):
        load_world(tmp_path / "world.py")


def test_the_reference_project_loads(root: Path, tmp_path: Path) -> None:
    tools = {tool.name: tool for tool in load_tools([root / "tools"])}
    assert len(tools) == 12
    for tool in tools.values():
        assert tool.spec.description
        assert tool.effect == "read" or tool.options.preview is not None
    world = load_world(root / "tools" / "world.py")
    world.open_world(tmp_path / "one")
    world.copy_world(tmp_path / "one", tmp_path / "two")
    world.destroy_world(tmp_path / "one")
