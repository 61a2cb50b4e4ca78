"""A copy of the reference project, ingested once, and opened for each test."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from podium.app.podium import Podium

FOLDERS = ("agents", "graphs", "tools", "guardrails")
DOCUMENTS = ("returns-policy.md", "refunds-policy.md", "warranty-by-category.csv", "gift-cards.md")


@pytest.fixture(scope="session")
def desk_template(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Path:
    """The project with four of its documents, ingested."""
    folder = tmp_path_factory.mktemp("template") / "desk"
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


@pytest.fixture
def desk(desk_template: Path, tmp_path: Path) -> Path:
    """A project of the test's own."""
    return shutil.copytree(desk_template, tmp_path / "desk")


@pytest.fixture
def app(desk: Path) -> Iterator[Podium]:
    """The project, open."""
    with Podium.from_project(desk) as opened:
        yield opened
