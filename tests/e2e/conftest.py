"""The reference project in folders of the tests' own, and the real command on them."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

PROJECT = ("podium.toml", "langgraph.json", "agents", "graphs", "tools", "knowledge", "guardrails", "evals")
PODIUM = Path(sys.executable).with_name("podium")
ATTEMPTS = "attempts"
"""In a desk: what tried to leave the machine, one host a line."""


def podium(desk: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a folder; connections outwards are refused and written down."""
    return subprocess.run(
        [PODIUM, *arguments],
        cwd=desk,
        env=_offline(desk, {**os.environ, **environment}),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def _offline(desk: Path, environment: Mapping[str, str]) -> dict[str, str]:
    refuse = str(Path(__file__).resolve().parents[1] / "support" / "no_network")
    return {**environment, "PYTHONPATH": refuse, "PODIUM_TEST_ATTEMPTS": str(desk / ATTEMPTS)}


def copy_project(root: Path, folder: Path) -> None:
    """Copy what a user's project would hold, without anything that was stored."""
    folder.mkdir()
    for name in PROJECT:
        source = root / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / name)


@pytest.fixture(scope="session")
def ingested(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The reference project with its documents read, made once for all workers; tests copy it."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder = shared / "ingested-desk"
    with (shared / "ingested-desk.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            raw = shared / "raw-desk"
            shutil.rmtree(raw, ignore_errors=True)
            copy_project(root, raw)
            done = podium(raw, "ingest")
            if done.returncode != 0:
                raise RuntimeError(f"the documents could not be read: {done.stderr}")
            raw.rename(folder)
    return folder


@pytest.fixture
def desk(ingested: Path, tmp_path: Path) -> Path:
    """A support desk of the test's own, its documents read."""
    return shutil.copytree(ingested, tmp_path / "desk")


@pytest.fixture(scope="session")
def run_podium() -> Callable[..., subprocess.CompletedProcess[str]]:
    """`run_podium(folder, *arguments)` runs the command there."""
    return podium
