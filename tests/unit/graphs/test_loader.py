"""Graph files by LangGraph's convention: what they may export, and what is said of a broken one."""

from __future__ import annotations

from pathlib import Path

import pytest

from podium.core.errors import ConfigError
from podium.graphs.loader import load_graph

FILE = """
from langgraph.graph import END, START, StateGraph

def _graph(name):
    graph = StateGraph(dict)
    graph.add_node(name, lambda state: state)
    graph.add_edge(START, name)
    graph.add_edge(name, END)
    return graph

uncompiled = _graph("uncompiled")
compiled = _graph("compiled").compile()

def plain():
    return _graph("plain")

def configured(config):
    return _graph(config["configurable"]["word"]).compile()

async def awaited(config):
    return _graph("awaited")

def broken(config):
    return 1 / 0

nothing = 7
"""
CONFIG = {"configurable": {"word": "configured"}}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "graph.py").write_text(FILE, encoding="utf-8")
    return tmp_path / "graph.py"


@pytest.mark.parametrize("name", ["uncompiled", "compiled", "plain", "configured", "awaited"])
def test_a_graph_or_what_makes_one_is_loaded(file: Path, name: str) -> None:
    assert name in load_graph(file, name, CONFIG).nodes


async def test_an_asynchronous_factory_is_loaded_inside_a_running_loop(file: Path) -> None:
    assert "awaited" in load_graph(file, "awaited", CONFIG).nodes


@pytest.mark.parametrize(
    ("name", "said"),
    [("broken", "graph.py:24: ZeroDivisionError"), ("nothing", "is a int"), ("missing", "has no 'missing'")],
)
def test_what_is_no_graph_is_refused_with_its_place(file: Path, name: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        load_graph(file, name, CONFIG)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x = 1\nimport no_such_package_anywhere\n", r"bad\.py:2: ModuleNotFoundError: No module named"),
        ("def graph(:\n", r"bad\.py:1: SyntaxError"),
        ("\nraise SystemExit('stop')\n", r"bad\.py:2: SystemExit: stop"),
        (
            "from podium.core.errors import ConfigError\ndef graph():\n    raise ConfigError('no bound')\n",
            r"bad\.py:3: no bound",
        ),
    ],
)
def test_a_file_that_does_not_run_is_named_by_file_and_line(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "bad.py").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=said) as caught:
        load_graph(tmp_path / "bad.py", "graph", CONFIG)
    assert "\n" not in caught.value.message
