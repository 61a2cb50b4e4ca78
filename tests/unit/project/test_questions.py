from __future__ import annotations

import hashlib
import importlib.util
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from podium.evals.case import Case, Expected, SpanRef
from podium.evals.observation import CitedSpan, Observation

ROOT = Path(__file__).parents[3]
CORPUS = ROOT / "knowledge/corpus"
SIZES = {"answerable": 100, "unanswerable": 60, "actions": 40, "conflicts": 6}


def _cases(name: str) -> list[dict[str, Any]]:
    text = (ROOT / "evals/questions" / f"{name}.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def _text(name: str) -> str:
    path = CORPUS / name
    if path.suffix == ".pdf":
        text = " ".join(page.extract_text() for page in PdfReader(path).pages)
    else:
        text = path.read_text(encoding="utf-8")
    return re.sub(r"\s+", " ", text)


@pytest.mark.parametrize(("name", "size"), SIZES.items())
def test_a_list_has_its_size_and_no_question_twice(name: str, size: int) -> None:
    cases = _cases(name)
    asked = [case.get("question") or case["request"] for case in cases]
    assert (len(cases), len(set(asked)), len({case["id"] for case in cases})) == (size, size, size)


@pytest.mark.parametrize(("name", "size"), SIZES.items())
def test_half_of_a_list_is_held_out_by_the_hash_of_the_id(name: str, size: int) -> None:
    cases = sorted(_cases(name), key=lambda case: hashlib.sha256(case["id"].encode()).hexdigest())
    assert [case["split"] for case in cases] == ["held_out"] * (size // 2) + ["dev"] * (size // 2)


def test_every_answer_stands_in_its_source() -> None:
    texts = {path.name: _text(path.name) for path in CORPUS.iterdir()}
    missing = [case["id"] for case in _cases("answerable") if case["answer"] not in texts[case["source"]]]
    assert missing == []


def test_every_document_is_asked_about() -> None:
    asked = {source for case in _cases("answerable") for source in case.get("sources", [case["source"]])}
    assert asked == {path.name for path in CORPUS.iterdir()}


def test_the_sources_of_a_conflict_are_documents() -> None:
    sources = {source for case in _cases("conflicts") for source in case["sources"]}
    assert sources <= {path.name for path in CORPUS.iterdir()}


def test_an_action_names_tools_of_the_project_and_arguments_they_take(tools: dict[str, Any]) -> None:
    for case in _cases("actions"):
        for call in case["calls"]:
            schema = tools[call["tool"]].spec.args_schema
            assert set(call["args"]) <= set(schema["properties"]), case["id"]
            missing = set(schema.get("required", ())) - set(call["args"])
            assert missing == set(case.get("missing", ())), case["id"]
            if not missing:
                tools[call["tool"]].parse(call["args"])


def test_half_of_what_nothing_covers_is_a_near_miss() -> None:
    assert Counter(case["kind"] for case in _cases("unanswerable")) == {"near_miss": 30, "off_topic": 30}


@pytest.mark.parametrize(
    ("citations", "score"),
    [
        ([], 0.0),
        (["corpus/gift-cards.md"], 1.0),
        (["faq-orders.html", "gift-cards.md"], 0.5),
        (["faq-orders.html"], 0.0),
    ],
)
def test_the_scorer_looks_for_the_right_document(citations: list[str], score: float) -> None:
    spec = importlib.util.spec_from_file_location("scorers", ROOT / "evals/scorers.py")
    assert spec is not None
    assert spec.loader is not None
    scorers = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(scorers)
    case = Case(id="a", input="?", expected=Expected(sources=(SpanRef(source="gift-cards.md"),)))
    observed = Observation(citations=tuple(CitedSpan(source=source) for source in citations))
    assert scorers.cites_right_document(case, observed) == score
