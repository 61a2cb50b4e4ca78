"""The reference project behind a server, with two owners and another tenant."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from podium.app.podium import Podium
from podium.testing.server import Callers, served

FOLDERS = ("agents", "graphs", "tools", "guardrails")
DOCUMENTS = ("returns-policy.md", "refunds-policy.md", "gift-cards.md")


@pytest.fixture(scope="session")
def reference(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Path:
    """The reference project with some of its documents, ingested."""
    folder = tmp_path_factory.mktemp("reference") / "desk"
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


@pytest.fixture(scope="module")
def desk(reference: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callers]:
    """A server of a fresh copy, and its callers."""
    folder = shutil.copytree(reference, tmp_path_factory.mktemp("desk") / "desk")
    with served(folder, dev=False) as server:
        yield Callers.of(server, folder)


@pytest.fixture(scope="session")
def library(
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[[Mapping[str, str]], AbstractContextManager[Callers]]:
    """Serves a project that is made of files, with its documents read."""

    @contextmanager
    def serving(files: Mapping[str, str]) -> Iterator[Callers]:
        folder = tmp_path_factory.mktemp("library")
        for name, text in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")
        with served(folder, dev=False) as server:
            found = Callers.of(server, folder)
            assert "event: report" in found.admin.post("/podium/v1/knowledge/ingest", json={}).text
            yield found

    return serving


@pytest.fixture(scope="module")
def answered(desk: Callers) -> str:
    """A thread of ada's in which a question was answered."""
    return desk.ask(desk.ada, "support_desk", "What is the returns policy?")


@pytest.fixture(scope="module")
def refunded(desk: Callers) -> str:
    """A thread of ada's in which a refund was approved by the admin and carried out."""
    thread = desk.ask(desk.ada, "support_desk", "Refund order O-10007, please")
    waiting = desk.waiting(desk.ada, thread)
    place = f"/podium/v1/threads/{thread}/interrupts/{waiting['interrupt_id']}/decision"
    desk.admin.post(place, json={"kind": "approve", "digests": waiting["digests"]}).raise_for_status()
    return thread
