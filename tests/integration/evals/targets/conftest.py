"""A copy of the reference project, ingested once."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from podium.app.podium import Podium

FOLDERS = ("agents", "graphs", "tools", "guardrails")
DOCUMENTS = ("returns-policy.md", "refunds-policy.md")


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Path:
    """The project with two of its documents; evaluations leave it as it is."""
    folder = tmp_path_factory.mktemp("evaluated") / "desk"
    for name in FOLDERS:
        shutil.copytree(root / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(root / "podium.toml", folder)
    corpus = folder / "knowledge" / "corpus"
    corpus.mkdir(parents=True)
    for document in DOCUMENTS:
        shutil.copy(root / "knowledge" / "corpus" / document, corpus)
    with Podium.from_project(folder) as app:
        app.ingest_sync()
    return folder
