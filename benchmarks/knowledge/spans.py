"""Chroma's chunking evaluation: how much of the reference spans the first five passages hold.

Recall is the share of the reference characters that were retrieved, precision the share of the retrieved
characters that are references, IoU the shared characters against all of both. Passages come from all corpora
together.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.knowledge.measures import Piece, length, shared, union

from podium.evals.adapters.formats import documents_of
from podium.evals.case import Case
from podium.evals.importing import cases_of_set
from podium.knowledge.knowledge_base import KnowledgeBase
from podium.models.embedding import Embedder, open_embedder

TOP = 5


@dataclass(frozen=True, slots=True)
class Question:
    """A question with the spans that answer it."""

    text: str
    corpus: str
    pieces: list[Piece]


def run(data: Path, work: Path) -> tuple[dict[str, float], dict[str, float]]:
    """Figures of the knowledge base, and those of fixed windows of 800 characters under the same model.

    Args:
        data: The folder `chunking_evaluation`.
        work: A folder to write in.
    """
    questions = [_question(case) for case in cases_of_set("chunking", data)]
    texts = {document.name: document.text for document in documents_of("chunking", data)}
    embedder = open_embedder()
    folder = work / "spans"
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="")
    with KnowledgeBase(work / "spans-base", embedder=embedder) as base:
        base.ingest([folder])

        def search(question: str) -> list[tuple[str, Piece]]:
            return [(Path(e.source).name, (e.start, e.end)) for e in base.search(question, TOP)]

        figures = _measure(questions, search)
    return figures, {f"{name}_windows_800": v for name, v in _windows(texts, questions, embedder).items()}


def _question(case: Case) -> Question:
    spans = case.expected.sources
    return Question(str(case.input), spans[0].source, [(span.start or 0, span.end or 0) for span in spans])


def _windows(texts: dict[str, str], questions: Sequence[Question], embedder: Embedder) -> dict[str, float]:
    import numpy as np

    places = [(name, (i, min(i + 800, len(t)))) for name, t in texts.items() for i in range(0, len(t), 800)]
    vectors = embedder.embed([texts[name][start:end] for name, (start, end) in places])
    asked = {q.text: v for q, v in zip(questions, embedder.embed([q.text for q in questions]), strict=True)}

    def search(question: str) -> list[tuple[str, Piece]]:
        best = np.argsort(-(vectors @ asked[question]), kind="stable")[:TOP]
        return [places[i] for i in best]

    return _measure(questions, search)


def _measure(
    questions: Sequence[Question], search: Callable[[str], list[tuple[str, Piece]]]
) -> dict[str, float]:
    recall = precision = overlap = 0.0
    for question in questions:
        found = search(question.text)
        inside = [piece for corpus, piece in found if corpus == question.corpus]
        retrieved = length([piece for _, piece in found])
        wanted = length(union(question.pieces))
        hit = shared(inside, question.pieces)
        recall += hit / wanted
        precision += hit / retrieved if retrieved else 0.0
        overlap += hit / (retrieved + wanted - hit)
    count = len(questions)
    return {
        "spans_recall": round(100 * recall / count, 2),
        "spans_precision": round(100 * precision / count, 2),
        "spans_iou": round(100 * overlap / count, 2),
    }
