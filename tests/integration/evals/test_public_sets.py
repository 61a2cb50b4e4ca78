"""Public sets as cases, all of them; skipped where they are not at hand."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from podium.evals.adapters.formats import documents_of
from podium.evals.case import Case
from podium.evals.importing import cases_of_set

DATA = Path(os.environ.get("PODIUM_DATA", "no-such-folder"))


def set_of(name: str) -> Path:
    if not (DATA / name).is_dir():
        pytest.skip(f"the data set '{name}' is not at hand; set PODIUM_DATA to the folder that holds it")
    return DATA / name


@pytest.mark.parametrize(
    ("form", "name", "count"),
    [
        ("begin", "begin", 846),
        ("bipia", "bipia", 100 + 3 * (50 * 75 + 50 * 50)),
        ("chunking", "chunking_evaluation", 472),
        ("clapnq", "clapnq", 600),
        ("cranfield", "cranfield", 225),
        ("piguard", "piguard", 257),
        ("presidio", "presidio_research", 1500),
        ("tau2", "tau2_bench/retail", 114),
    ],
)
def test_every_entry_is_a_case_of_its_own(form: str, name: str, count: int) -> None:
    ids = [case.id for case in cases_of_set(form, set_of(name))]
    assert len(ids) == len(set(ids)) == count


@pytest.mark.parametrize(("form", "name"), [("chunking", "chunking_evaluation"), ("clapnq", "clapnq")])
def test_expected_spans_lie_in_the_documents(form: str, name: str) -> None:
    folder = set_of(name)
    texts = {document.name: document.text for document in documents_of(form, folder)}
    spans = [span for case in cases_of_set(form, folder) for span in case.expected.sources]
    found = [texts[span.source][span.start : span.end] for span in spans]
    assert len(found) > 700
    assert all(text.strip() for text in found)


def test_quotations_stand_where_the_spans_say() -> None:
    folder = set_of("chunking_evaluation")
    texts = {document.name: document.text for document in documents_of("chunking", folder)}

    def quoted(case: Case) -> bool:
        quotes = case.metadata["quotes"]
        assert isinstance(quotes, list)
        spans = zip(case.expected.sources, quotes, strict=True)
        return all(texts[span.source][span.start : span.end] == quote for span, quote in spans)

    cases = list(cases_of_set("chunking", folder))
    assert sum(map(quoted, cases)) == len(cases)


def test_what_is_relevant_is_a_document_unless_that_is_empty() -> None:
    folder = set_of("cranfield")
    names = {document.name for document in documents_of("cranfield", folder)}
    judged = [name for case in cases_of_set("cranfield", folder) for name in case.expected.relevant]
    assert sum(name in names for name in judged) / len(judged) > 0.99
