"""The folders of the reference project hide no installed package from whoever works in its root."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path

import pytest

PROBE = """
from importlib.util import find_spec

def test_where_guardrails_is():
    print("FOUND", find_spec("guardrails").origin)
"""


HEAVY = ("numpy", "scipy", "pandas", "sklearn", "torch", "transformers", "chromadb", "litellm", "openai")


def test_a_server_starts_without_what_takes_seconds_to_load() -> None:
    code = f"import sys, podium.cli.serving.worker; print(sorted(set({HEAVY}) & set(sys.modules)))"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout == "[]\n"


@pytest.fixture
def probe(tmp_path: Path) -> Path:
    (tmp_path / "test_probe.py").write_text(PROBE, encoding="utf-8")
    return tmp_path / "test_probe.py"


def test_pytest_in_the_root_finds_the_real_guardrails(root: Path, probe: Path) -> None:
    pytest_in_root = [sys.executable, "-m", "pytest", "-qsWignore", "-cpyproject.toml", "-pno:cacheprovider"]
    ended = subprocess.run([*pytest_in_root, probe], cwd=root, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout
    found = Path(ended.stdout.partition("FOUND ")[2].splitlines()[0])
    installed = Path(str(distribution("guardrails-ai").locate_file("guardrails")))
    assert found.is_relative_to(installed)
    assert not found.is_relative_to(root / "guardrails")
