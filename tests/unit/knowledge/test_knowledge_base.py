"""The knowledge base without a model: ingest, search, versions, supersession, bad input."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from podium.core.errors import KnowledgeError, NewerSchema, NotADatabase, NotFound, UnknownName
from podium.core.settings import CollectionSettings
from podium.core.verdict import Verdict
from podium.knowledge.documents import IngestProgress
from podium.knowledge.index import MemoryIndex
from podium.knowledge.knowledge_base import KnowledgeBase
from podium.testing.embedder import FakeEmbedder

OLD = "---\ndate: 2024-03-01\nstatus: superseded\n---\n# Returns\n\nReturns are accepted within 14 days.\n"
NEW = (
    "---\ndate: 2026-02-01\nsupersedes: returns-2024.md\n---\n"
    "# Returns\n\nReturns are accepted within 30 days.\n"
)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    (folder / "faq").mkdir(parents=True)
    (folder / "returns.md").write_text(NEW)
    (folder / "returns-2024.md").write_text(OLD)
    (folder / "faq" / "kettle.html").write_text("<h1>Kettle</h1><p>The kettle boils in 3 minutes.</p>")
    (folder / "parts.csv").write_text("part,price\nSP-1003,18.50\nSP-1007,3.20\n")
    return folder


@pytest.fixture
def base(tmp_path: Path) -> Iterator[KnowledgeBase]:
    with closing(KnowledgeBase(tmp_path / "data", embedder=FakeEmbedder(), index=MemoryIndex())) as made:
        yield made


def test_evidence_holds_the_text_at_its_span(base: KnowledgeBase, corpus: Path) -> None:
    base.ingest([corpus])
    found = base.search("how long does the kettle take to boil?")
    assert found[0].source == "faq/kettle.html"
    assert found[0].title == "Kettle"
    for evidence in found:
        assert base.read(evidence.source)[evidence.start : evidence.end] == evidence.text
        assert 0 <= evidence.score <= 1
    assert found == sorted(found, key=lambda e: -e.score)


def test_an_empty_knowledge_base_finds_nothing_and_creates_nothing(
    base: KnowledgeBase, tmp_path: Path
) -> None:
    assert base.search("anything") == []
    assert base.documents() == []
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("query", ["", "   ", "\x00\x01", "?", "kettle " * 20_000, "ケトル", "\ud800 kettle"])
def test_odd_queries_are_answered(base: KnowledgeBase, corpus: Path, query: str) -> None:
    base.ingest([corpus])
    assert isinstance(base.search(query), list)


def test_what_has_not_changed_is_not_touched(base: KnowledgeBase, corpus: Path) -> None:
    first = base.ingest([corpus])
    version = base.version
    second = base.ingest([corpus])
    assert sorted(first.added) == ["faq/kettle.html", "parts.csv", "returns-2024.md", "returns.md"]
    assert not second.changed
    assert len(second.unchanged) == 4
    assert base.version == version


def test_changes_and_removals_are_followed(base: KnowledgeBase, corpus: Path) -> None:
    base.ingest([corpus])
    version = base.version
    (corpus / "parts.csv").unlink()
    (corpus / "faq" / "kettle.html").write_text("<h1>Kettle</h1><p>The kettle boils in 4 minutes.</p>")
    report = base.ingest([corpus])
    assert (report.updated, report.removed) == (("faq/kettle.html",), ("parts.csv",))
    assert base.version != version
    texts = [evidence.text for evidence in base.search("the kettle boils in minutes", 20)]
    assert any("4 minutes" in text for text in texts)
    assert not any("3 minutes" in text or "SP-1003" in text for text in texts)


def test_another_folder_does_not_remove_the_first(base: KnowledgeBase, corpus: Path, tmp_path: Path) -> None:
    base.ingest([corpus])
    more = tmp_path / "more"
    more.mkdir()
    (more / "returns.md").write_text("# Other\n\nSomething else.")
    report = base.ingest([more])
    assert report.removed == ()
    assert report.added == ("more/returns.md",)
    assert len(base.documents()) == 5
    assert base.ingest([more]).unchanged == ("more/returns.md",)


def test_pruning_removes_what_came_from_elsewhere(base: KnowledgeBase, corpus: Path, tmp_path: Path) -> None:
    base.ingest([corpus])
    more = tmp_path / "more"
    more.mkdir()
    (more / "only.md").write_text("# Only\n\nThe only one.")
    assert len(base.ingest([more], prune=True).removed) == 4
    assert [info.source for info in base.documents()] == ["only.md"]


def test_a_single_file_keeps_its_name_from_its_folder(base: KnowledgeBase, corpus: Path) -> None:
    base.ingest([corpus])
    (corpus / "faq" / "kettle.html").write_text("<p>New words.</p>")
    report = base.ingest([corpus / "faq" / "kettle.html"])
    assert (report.updated, report.removed) == (("faq/kettle.html",), ())


def test_a_superseded_document_is_marked_and_comes_later(base: KnowledgeBase, corpus: Path) -> None:
    base.ingest([corpus])
    found = [e for e in base.search("within how many days are returns accepted?") if "returns" in e.source]
    assert [e.source for e in found] == ["returns.md", "returns-2024.md"]
    assert [e.superseded_by for e in found] == ["", "returns.md"]


def test_as_of_looks_at_what_was_in_force(base: KnowledgeBase, corpus: Path) -> None:
    base.ingest([corpus])
    found = [e for e in base.search("returns accepted days", as_of="2025-01-01") if "returns" in e.source]
    assert [(e.source, e.superseded_by) for e in found] == [("returns-2024.md", "")]


def test_files_that_fail_are_reported_and_the_rest_goes_on(base: KnowledgeBase, corpus: Path) -> None:
    (corpus / "broken.md").write_bytes(b"caf\xe9")
    (corpus / "image.png").write_bytes(b"\x89PNG")
    (corpus / "empty.txt").write_text("")
    report = base.ingest([corpus])
    assert [failure.source for failure in report.failed] == ["broken.md", "empty.txt", "image.png"]
    assert all(failure.code == "knowledge_error" and failure.hint for failure in report.failed)
    assert len(report.added) == 4


def test_progress_reaches_the_total(base: KnowledgeBase, corpus: Path) -> None:
    seen: list[IngestProgress] = []
    base.ingest([corpus], progress=seen.append)
    assert [step.done for step in seen] == [1, 2, 3, 4]
    assert {step.total for step in seen} == {4}


def test_a_scanner_withholds_and_flags_passages(tmp_path: Path, corpus: Path) -> None:
    def scanner(text: str) -> list[Verdict]:
        outcome = "filter" if "kettle boils" in text else "escalate" if "SP-1003" in text else "pass"
        return [Verdict(rule="r1", stage="evidence", outcome=outcome)]

    base = KnowledgeBase(tmp_path / "d", embedder=FakeEmbedder(), index=MemoryIndex(), scanner=scanner)
    report = base.ingest([corpus])
    assert [failure.code for failure in report.failed] == ["passage_withheld"]
    found = base.search("kettle boils part SP-1003", 20)
    assert not any("kettle boils" in e.text for e in found)
    assert [e.metadata.get("flags") for e in found if e.source == "parts.csv"] == [["r1"]]


def test_collections_are_kept_apart_and_declare_trust(tmp_path: Path, corpus: Path) -> None:
    declared = {
        "handbook": CollectionSettings(paths=("corpus",), trust="trusted", access="staff"),
        "letters": CollectionSettings(paths=("letters",)),
    }
    base = KnowledgeBase(tmp_path / "d", embedder=FakeEmbedder(), index=MemoryIndex(), collections=declared)
    base.ingest([corpus], "handbook")
    assert base.search("kettle", collections=["letters"]) == []
    found = base.search("kettle", collections=["handbook"])[0]
    assert (found.collection, found.trust, found.access) == ("handbook", "trusted", "staff")
    with pytest.raises(UnknownName, match="handbook, letters"):
        base.search("kettle", collections=["nowhere"])
    with pytest.raises(UnknownName, match="nowhere"):
        base.ingest([corpus], "nowhere")


def test_undeclared_documents_are_untrusted(base: KnowledgeBase, corpus: Path) -> None:
    base.ingest([corpus])
    assert {e.trust for e in base.search("kettle", 20)} == {"untrusted"}


def test_another_embedding_model_is_told_apart(tmp_path: Path, corpus: Path) -> None:
    index = MemoryIndex()
    KnowledgeBase(tmp_path / "d", embedder=FakeEmbedder(), index=index).ingest([corpus])
    other = KnowledgeBase(tmp_path / "d", embedder=FakeEmbedder(name="other"), index=index)
    with pytest.raises(KnowledgeError, match="embedding model fake, not other"):
        other.search("kettle")
    assert len(other.ingest([corpus]).updated) == 4
    assert other.search("kettle")


def test_evidence_ids_are_stable_and_follow_the_version(base: KnowledgeBase, corpus: Path) -> None:
    base.ingest([corpus])
    before = base.search("kettle boils")[0].id
    assert base.search("kettle boils")[0].id == before
    (corpus / "faq" / "kettle.html").write_text("<h1>Kettle</h1><p>The kettle boils in 9 minutes.</p>")
    base.ingest([corpus])
    assert base.search("kettle boils")[0].id != before


def test_unknown_sources_and_bad_arguments(base: KnowledgeBase) -> None:
    with pytest.raises(NotFound):
        base.read("nowhere.md")
    with pytest.raises(ValueError, match="k must be"):
        base.search("x", 0)


def test_a_file_that_is_no_catalog_is_named(tmp_path: Path, corpus: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "catalog.db").write_bytes(b"not a database at all" * 100)
    base = KnowledgeBase(tmp_path / "data", embedder=FakeEmbedder(), index=MemoryIndex())
    with pytest.raises(NotADatabase, match=r"catalog\.db"):
        base.search("kettle")


def test_a_newer_catalog_is_left_alone(tmp_path: Path, base: KnowledgeBase, corpus: Path) -> None:
    import sqlite3

    base.ingest([corpus])
    base.close()
    with sqlite3.connect(tmp_path / "data" / "catalog.db") as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(NewerSchema, match="schema 99"):
        base.search("kettle")


async def test_asearch_gives_the_same(base: KnowledgeBase, corpus: Path) -> None:
    base.ingest([corpus])
    assert await base.asearch("kettle") == base.search("kettle")


@pytest.mark.parametrize(
    "query", ["how long does the kettle boil", "SP-1003", "ケトル", "", "kettle " * 2_000]
)
def test_why_passages_were_found_belongs_to_what_was_found(
    base: KnowledgeBase, corpus: Path, query: str
) -> None:
    base.ingest([corpus])
    explained = base.explain(query, 3)
    assert explained.found == base.search(query, 3)
    assert [hit.id for hit in explained.why.hits] == [one.id for one in explained.found]
    for hit, evidence in zip(explained.why.hits, explained.found, strict=True):
        assert hit.score == pytest.approx(evidence.score)
        assert {one.term for one in hit.matched}.isdisjoint(hit.missing)
        assert (hit.lexical_rank is None) == (hit.bm25 == 0)


def test_nothing_to_explain_is_no_fault(base: KnowledgeBase) -> None:
    assert base.explain("anything").why.hits == ()


def test_what_is_not_shown_says_why(base: KnowledgeBase, corpus: Path) -> None:
    base.ingest([corpus])
    explained = base.explain("returns are accepted within days", 1)
    (shown,) = explained.found
    assert explained.why.left_out
    assert {(one.why, one.of) for one in explained.why.left_out} == {("below", None)}
    assert shown.source not in {one.source for one in explained.why.left_out}


def test_a_document_that_is_taken_out_is_found_no_more_until_it_is_read_again(
    base: KnowledgeBase, corpus: Path
) -> None:
    base.ingest([corpus])
    assert base.remove("faq/kettle.html", "default")
    assert not base.remove("faq/kettle.html", "default")
    assert "faq/kettle.html" not in {one.source for one in base.search("kettle boils")}
    assert base.browser.documents("default", limit=10)[1] == 3
    assert base.ingest([corpus]).added == ("faq/kettle.html",)
