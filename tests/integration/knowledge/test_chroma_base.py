"""The knowledge base on a real Chroma folder: several processes, kills, damage, and nothing sent out."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from podium.core.errors import KnowledgeError
from podium.knowledge.chroma import ChromaIndex
from podium.knowledge.index import Space
from podium.knowledge.knowledge_base import KnowledgeBase
from podium.knowledge.locking import only_writer
from podium.testing.embedder import FakeEmbedder

pytestmark = pytest.mark.filterwarnings("default")

STEPS = ["ingest.intended", "ingest.indexed", "ingest.shown", "ingest.hidden", "ingest.swept"]


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    folder.mkdir()
    for name, days in [("one", 1), ("two", 2), ("three", 3)]:
        (folder / f"{name}.md").write_text(f"# {name}\n\nParcel {name} takes {days} days.")
    return folder


def base_in(tmp_path: Path) -> KnowledgeBase:
    return KnowledgeBase(tmp_path / "data", embedder=FakeEmbedder())


def ingest_elsewhere(tmp_path: Path, corpus: Path, *, die_at: str = "") -> int:
    """Ingest in another process, which kills itself when it reaches the step."""
    code = f"""
        import os, signal
        from podium.knowledge.knowledge_base import KnowledgeBase
        from podium.testing.embedder import FakeEmbedder

        class Points:
            def hit(self, name):
                if name == {die_at!r}:
                    os.kill(os.getpid(), signal.SIGKILL)

        base = KnowledgeBase({str(tmp_path / "data")!r}, embedder=FakeEmbedder(), crash_points=Points())
        base.ingest([{str(corpus)!r}])
    """
    return subprocess.run([sys.executable, "-c", textwrap.dedent(code)], check=False).returncode


def contents(base: KnowledgeBase) -> set[str]:
    return {evidence.text for evidence in base.search("parcel takes days", 50)}


def test_what_was_ingested_is_found_in_a_later_process(tmp_path: Path, corpus: Path) -> None:
    assert ingest_elsewhere(tmp_path, corpus) == 0
    with base_in(tmp_path) as base:
        found = base.search("parcel two", 1)[0]
        assert (found.source, found.similarity > 0.3) == ("two.md", True)
        assert "chromadb" not in {name.split(".")[0] for name in _modules_after_search(tmp_path)}


def _modules_after_search(tmp_path: Path) -> list[str]:
    code = (
        "import sys; from podium.knowledge.knowledge_base import KnowledgeBase;"
        "from podium.testing.embedder import FakeEmbedder;"
        f"assert KnowledgeBase({str(tmp_path / 'data')!r}, embedder=FakeEmbedder()).search('parcel');"
        "print(*sys.modules)"
    )
    return subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    ).stdout.split()


def test_an_open_base_sees_what_another_process_changed(tmp_path: Path, corpus: Path) -> None:
    with base_in(tmp_path) as base:
        base.ingest([corpus])
        assert len(contents(base)) == 3
        (corpus / "one.md").unlink()
        (corpus / "four.md").write_text("# four\n\nParcel four takes 4 days.")
        assert ingest_elsewhere(tmp_path, corpus) == 0
        texts = contents(base)
        assert any("four" in text for text in texts)
        assert not any("Parcel one" in text for text in texts)
        four = next(e for e in base.search("parcel four takes days") if e.source == "four.md")
        assert four.similarity > 0.3


@pytest.mark.parametrize("step", STEPS)
def test_a_killed_ingest_shows_no_half_and_is_completed_by_the_next(
    tmp_path: Path, corpus: Path, step: str
) -> None:
    with base_in(tmp_path) as base:
        base.ingest([corpus])
    (corpus / "two.md").write_text("# two\n\nParcel two takes 22 days.")
    (corpus / "one.md").unlink()
    assert ingest_elsewhere(tmp_path, corpus, die_at=step) == -signal.SIGKILL
    with base_in(tmp_path) as base:
        between = [text for text in contents(base) if "Parcel two" in text]
        assert len(between) == 1
        base.ingest([corpus])
        assert sorted(contents(base)) == [
            "three\n\nParcel three takes 3 days.",
            "two\n\nParcel two takes 22 days.",
        ]
        visible = set(base.snapshot().position)
    model = FakeEmbedder()
    index = ChromaIndex(tmp_path / "data" / "chroma")
    assert index.ids(Space("default", model.name, model.dimensions)) == visible
    index.close()


def test_a_second_writer_is_turned_away(tmp_path: Path, corpus: Path) -> None:
    with (
        only_writer(tmp_path / "data" / "ingest.lock"),
        base_in(tmp_path) as base,
        pytest.raises(KnowledgeError, match="another process"),
    ):
        base.ingest([corpus])


def test_a_damaged_chroma_folder_is_one_clear_error(tmp_path: Path, corpus: Path) -> None:
    with base_in(tmp_path) as base:
        base.ingest([corpus])
    (tmp_path / "data" / "chroma" / "chroma.sqlite3").write_bytes(b"damaged" * 1000)
    with base_in(tmp_path) as base, pytest.raises(KnowledgeError, match="cannot be used") as caught:
        base.search("parcel")
    assert "podium ingest" in caught.value.hint


def test_a_chroma_folder_that_was_deleted_is_filled_again(tmp_path: Path, corpus: Path) -> None:
    with base_in(tmp_path) as base:
        base.ingest([corpus])
    shutil.rmtree(tmp_path / "data" / "chroma")
    with base_in(tmp_path) as base:
        base.ingest([corpus])
        assert all(evidence.similarity > 0 for evidence in base.search("parcel takes days"))


def test_nothing_is_sent_out(tmp_path: Path, corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[object] = []

    def refuse(self: socket.socket, address: object) -> None:
        tried.append(address)
        raise OSError("no network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "connect_ex", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: refuse(socket.socket(), a))
    with base_in(tmp_path) as base:
        base.ingest([corpus])
        assert base.search("parcel")
    assert tried == []
