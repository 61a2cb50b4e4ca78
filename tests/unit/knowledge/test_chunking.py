"""Chunks and their exact places."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from podium.knowledge.chunking import Chunker
from podium.knowledge.documents import Document, Heading
from podium.knowledge.loaders import parse

LONG = "This sentence is repeated to fill the section with words. " * 12


def document(text: str, *headings: Heading, rows: bool = False) -> Document:
    return Document(source="a.md", title="A", text=text, version="1", headings=headings, rows=rows)


@given(st.text(), st.booleans())
def test_a_chunk_is_the_text_at_its_span(text: str, rows: bool) -> None:
    for chunk in Chunker(size=80, least=10, overlap=20).chunks(document(text, rows=rows)):
        assert text[chunk.start : chunk.end] == chunk.text != ""


@given(st.lists(st.text(alphabet="ab. \n", min_size=1, max_size=60), max_size=20))
def test_no_word_is_lost(pieces: list[str]) -> None:
    text = " ".join(pieces)
    covered: set[int] = set()
    for chunk in Chunker(size=50, least=10, overlap=20).chunks(document(text)):
        covered.update(range(chunk.start, chunk.end))
    assert all(i in covered or text[i].isspace() for i in range(len(text)))


def test_a_large_section_ends_its_chunk_and_headings_are_context() -> None:
    source = f"# Returns\n\n{LONG}\n\n## Fees\n\nThere is no fee.".encode()
    chunks = Chunker(size=900).chunks(parse(source, "returns.md"))
    assert chunks[-1].text == "Fees\n\nThere is no fee."
    assert chunks[-1].context == "Returns > Fees"


def test_small_sections_share_a_chunk() -> None:
    chunks = Chunker().chunks(parse(b"# A\n\n## One\n\nYes.\n\n## Two\n\nNo.", "a.md"))
    assert len(chunks) == 1


def test_records_are_never_cut() -> None:
    rows = "\n".join(f"sku: {i}; note: first. second. third {'x' * 100}" for i in range(20))
    chunks = Chunker(row_size=250).chunks(document(rows, rows=True))
    assert "\n".join(chunk.text for chunk in chunks) == rows


def test_a_sentence_longer_than_a_chunk_is_cut_at_white_space() -> None:
    chunks = Chunker(size=100).chunks(document("word " * 200))
    assert all(len(chunk.text) <= 100 for chunk in chunks)
    assert all(chunk.text.startswith("word") for chunk in chunks)


def test_chunks_of_a_section_overlap_by_whole_sentences() -> None:
    chunks = Chunker(size=200, overlap=70).chunks(document(LONG))
    assert chunks[1].start < chunks[0].end
    assert chunks[1].text.startswith("This sentence")
