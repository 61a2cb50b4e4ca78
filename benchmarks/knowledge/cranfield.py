"""Cranfield: graded nDCG@10 of the knowledge base, beside BM25, dense search and plain rank fusion.

Each abstract is a document of its own, ingested and searched through `KnowledgeBase`. The references rank
whole abstracts, one vector each, in the same run.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from benchmarks.knowledge.measures import ndcg
from numpy.typing import NDArray

from podium.evals.adapters.formats import documents_of
from podium.evals.importing import cases_of_set
from podium.knowledge.knowledge_base import KnowledgeBase
from podium.knowledge.lexical import Analyzer, LexicalIndex
from podium.models.embedding import Embedder, open_embedder

_RRF_K = 60


def run(data: Path, work: Path) -> tuple[dict[str, float], dict[str, float]]:
    """Figures of the knowledge base, and of the references.

    Args:
        data: The folder `cranfield`.
        work: A folder to write in.
    """
    texts = {document.name: document.text for document in documents_of("cranfield", data)}
    cases = list(cases_of_set("cranfield", data))
    queries = [str(case.input) for case in cases]
    gains = {number: case.expected.relevant for number, case in enumerate(cases) if case.expected.relevant}
    embedder = open_embedder()
    rankings = _ours(texts, queries, work, embedder)
    figures = {"cranfield_ndcg10": _mean(rankings, gains)}
    reference = {name: _mean(found, gains) for name, found in _references(texts, queries, embedder).items()}
    return figures, reference


def _ours(texts: dict[str, str], queries: Sequence[str], work: Path, embedder: Embedder) -> list[list[str]]:
    folder = work / "cranfield"
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    with KnowledgeBase(work / "cranfield-base", embedder=embedder) as base:
        base.ingest([folder])
        return [_sources([e.source for e in base.search(query, 40)]) for query in queries]


def _references(
    texts: dict[str, str], queries: Sequence[str], embedder: Embedder
) -> dict[str, list[list[str]]]:
    names = list(texts)
    analyzer = Analyzer()
    lexical = LexicalIndex.fit([analyzer.terms(text) for text in texts.values()])
    vectors = embedder.embed(list(texts.values()))
    asked = embedder.embed(queries)
    found: dict[str, list[list[str]]] = {"bm25": [], "minilm": [], "rrf": []}
    for query, vector in zip(queries, asked, strict=True):
        words = np.argsort(-lexical.scores(analyzer.terms(query)), kind="stable")[:100]
        meaning = np.argsort(-(vectors @ vector), kind="stable")[:100]
        found["bm25"].append([names[i] for i in words])
        found["minilm"].append([names[i] for i in meaning])
        found["rrf"].append([names[i] for i in _fuse(words, meaning)])
    return {f"cranfield_ndcg10_{name}": ranking for name, ranking in found.items()}


def _fuse(*rankings: NDArray[np.intp]) -> list[int]:
    total: dict[int, float] = {}
    for ranking in rankings:
        for rank, position in enumerate(ranking):
            total[int(position)] = total.get(int(position), 0.0) + 1 / (_RRF_K + 1 + rank)
    return sorted(total, key=lambda position: -total[position])


def _mean(rankings: Sequence[Sequence[str]], gains: dict[int, dict[str, float]]) -> float:
    values = [ndcg(rankings[i], wanted) for i, wanted in gains.items()]
    return round(sum(values) / len(values), 4)


def _sources(sources: Sequence[str]) -> list[str]:
    return [Path(source).name for source in dict.fromkeys(sources)]
