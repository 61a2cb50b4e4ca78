from __future__ import annotations

import csv
import importlib.util
import re
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
import yaml
from pypdf import PdfReader

KNOWLEDGE = Path(__file__).parents[3] / "knowledge"
CORPUS = KNOWLEDGE / "corpus"
DOCUMENTS = sorted(CORPUS.iterdir())


def _date(path: Path) -> str:
    text = "" if path.suffix == ".pdf" else path.read_text(encoding="utf-8")
    match path.suffix:
        case ".md":
            return str(yaml.safe_load(text.split("---\n")[1])["date"])
        case ".html":
            return text.split('<meta name="date" content="')[1][:10]
        case ".csv":
            return next(csv.DictReader(text.splitlines()))["date"]
        case _:
            metadata = PdfReader(path).metadata
            assert metadata is not None
            assert metadata.creation_date is not None
            return metadata.creation_date.date().isoformat()


def _words(pdf: Path | BytesIO) -> list[str]:
    return [page.extract_text() for page in PdfReader(pdf).pages]


def test_there_are_enough_documents_of_each_format() -> None:
    formats = [path.suffix for path in DOCUMENTS]
    assert len(formats) >= 36
    assert min(formats.count(suffix) for suffix in (".md", ".html", ".pdf", ".csv")) >= 4
    assert set(formats) == {".md", ".html", ".pdf", ".csv"}


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_document_has_a_date(path: Path) -> None:
    assert date(2024, 1, 1) < date.fromisoformat(_date(path)) <= date(2026, 6, 30)


def test_the_old_returns_policy_is_superseded_by_the_new_one() -> None:
    old = (CORPUS / "returns-policy-2024.md").read_text(encoding="utf-8")
    new = (CORPUS / "returns-policy.md").read_text(encoding="utf-8")
    assert "status: superseded" in old
    assert "superseded_by: returns-policy.md" in old
    assert "supersedes: returns-policy-2024.md" in new
    assert ("within 14 days" in old, "within 30 days" in new) == (True, True)


def test_two_current_sources_disagree_on_the_restocking_fee() -> None:
    answers = (CORPUS / "faq-returns.html").read_text(encoding="utf-8")
    procedure = (CORPUS / "procedure-restocking-fee.md").read_text(encoding="utf-8")
    assert "We never charge a restocking fee" in answers
    assert "a restocking fee of 10 percent" in procedure


def test_nothing_covers_installation() -> None:
    texts = [path.read_text(encoding="utf-8") for path in DOCUMENTS if path.suffix != ".pdf"]
    texts += [path.read_text(encoding="utf-8") for path in (KNOWLEDGE / "pdf").iterdir()]
    assert not [text for text in texts if re.search(r"\binstall(?!ment)|\bfitting\b", text)]


def test_every_product_sheet_describes_a_product_of_the_shop() -> None:
    products = (KNOWLEDGE.parent / "tools/data/products.csv").read_text(encoding="utf-8")
    skus = set(re.findall(r"^[A-Z]{3}-\d{3}", products, re.MULTILINE))
    sheets = [path.stem.removeprefix("product-").upper() for path in CORPUS.glob("product-*")]
    assert len(sheets) >= 8
    assert set(sheets) <= skus


def test_the_pdfs_are_what_the_script_makes_of_their_texts() -> None:
    spec = importlib.util.spec_from_file_location("make_pdfs", KNOWLEDGE / "make_pdfs.py")
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    texts = sorted((KNOWLEDGE / "pdf").glob("*.txt"))
    assert {path.stem for path in texts} == {path.stem for path in CORPUS.glob("*.pdf")}
    for path in texts:
        made = script.render(path.read_text(encoding="utf-8"))
        assert made == script.render(path.read_text(encoding="utf-8"))
        # Bytes may differ between compressors, words may not.
        assert _words(BytesIO(made)) == _words(CORPUS / f"{path.stem}.pdf")
