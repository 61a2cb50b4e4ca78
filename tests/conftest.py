"""What all tests share: no connection leaves the machine, and subprocesses are held to that too."""

from __future__ import annotations

import gc
import importlib.util
import os
from collections.abc import Generator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
NO_NETWORK = ROOT / "tests" / "support" / "no_network"


def _block_connections() -> None:
    spec = importlib.util.spec_from_file_location("podium_no_network", NO_NETWORK / "sitecustomize.py")
    assert spec is not None
    assert spec.loader is not None
    spec.loader.exec_module(importlib.util.module_from_spec(spec))


_block_connections()


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What is loaded with the tests stays to the end, so the garbage collector need not look through it."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.fixture(autouse=True)
def _no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """No key of the developer's reaches a test, and subprocesses are held to the machine."""
    for name in [name for name in os.environ if name.endswith("_API_KEY") or name.startswith("LANGSMITH")]:
        monkeypatch.delenv(name)
    inherited = os.environ.get("PYTHONPATH")
    path = os.pathsep.join([str(NO_NETWORK), *([inherited] if inherited else [])])
    monkeypatch.setenv("PYTHONPATH", path)


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository: the reference project."""
    return ROOT
