"""Fits what speaks for an answer: `python -m benchmarks.answers.fit` prints the table of `answering.py`.

Questions with the documents that answer them: `tuning.jsonl` beside this file, written from the corpus alone,
the dev half of `evals/questions` and its `validation.jsonl`, and CLAP NQ where `PODIUM_DATA` names a folder
that holds it. Each question that has an answer is used a second time with the answering documents taken away,
at half the weight: then the best that is left answers it wrongly. A row is positive when the best sentence
stands in a right document.

The logistic has an L2 penalty on standardised features. The intercept is moved so that 0.5 is where, in
eight-fold cross-validation by question, the smaller of two shares is largest: questions answered from the
right document, and questions without an answer that are left alone. The one in `answering.py` is lower by
0.15: measured through the whole app on the same questions, where an answer may cite a second document and a
second search has a say, the two shares meet there.
"""

from __future__ import annotations

import asyncio
import json
import math
import os
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.answers.__main__ import ROOT, questions

from podium.agents.offline.answering import COEFFICIENTS, features
from podium.agents.offline.support import score_sentences
from podium.agents.offline.text import Lexicon
from podium.app.similarity import KnowledgeSimilarity
from podium.core.evidence import Evidence
from podium.knowledge.knowledge_base import KnowledgeBase
from podium.models.embedding import open_embedder

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

NAMES = tuple(COEFFICIENTS)
FOLDS = 8
PENALTY = 3.0
FOUND, LEFT = 8, 40
"""Passages that are looked at, and that are searched for others once the right ones are taken away."""


@dataclass(frozen=True)
class Row:
    """One question with what was found for it.

    Attributes:
        values: The features, in the order of `NAMES`.
        right: Whether the best sentence stands in a document that answers.
        answerable: Whether there is one.
        weight: How much it counts.
        shop: Whether it is about the reference corpus as it stands, so that the shares are taken over it.
        question: Its words; rows of one question are held out together.
    """

    values: tuple[float, ...]
    right: bool
    answerable: bool
    weight: float
    shop: bool
    question: str


class Rows:
    """Makes rows out of questions about one knowledge base."""

    def __init__(self, base: KnowledgeBase, weight: float, *, shop: bool) -> None:
        self._base = base
        self._near = KnowledgeSimilarity(base)
        self._lexicon = Lexicon()
        self._weight = weight
        self._shop = shop

    async def of(self, question: str, sources: frozenset[str]) -> list[Row]:
        """The rows of one question: as it is, and without the documents that answer it."""
        found = await self._base.asearch(question, LEFT)
        rows = await self._row(question, found[:FOUND], sources, self._weight, shop=self._shop)
        if sources:
            others = [item for item in found if Path(item.source).name not in sources][:FOUND]
            rows += await self._row(question, others, frozenset(), self._weight / 2, shop=False)
        return rows

    async def _row(
        self,
        question: str,
        evidence: Sequence[Evidence],
        sources: frozenset[str],
        weight: float,
        *,
        shop: bool,
    ) -> list[Row]:
        scored, weights = await score_sentences(question, evidence, self._lexicon, self._near)
        if not scored:
            return []
        values = features(scored[0], evidence, weights, self._lexicon)
        right = Path(scored[0].sentence.evidence.source).name in sources
        return [Row(tuple(values[name] for name in NAMES), right, bool(sources), weight, shop, question)]


async def collect(work: Path) -> list[Row]:
    """The rows of all questions."""
    asked = [(item.text, item.sources) for item in (*questions("dev"), *questions("validation"))]
    for line in (Path(__file__).parent / "tuning.jsonl").read_text(encoding="utf-8").splitlines():
        held = json.loads(line)
        asked.append((held["question"], frozenset(held["sources"])))
    rows = await _about(work / "shop", ROOT / "knowledge" / "corpus", asked, weight=1.0, shop=True)
    data = Path(os.environ.get("PODIUM_DATA", "")) / "clapnq"
    if (data / "clapnq_dev_answerable.jsonl").exists():
        rows += await _about(work / "clapnq", work / "passages", _clapnq(data, work / "passages"), weight=0.3)
    return rows


async def _about(
    folder: Path,
    corpus: Path,
    asked: Iterable[tuple[str, frozenset[str]]],
    *,
    weight: float,
    shop: bool = False,
) -> list[Row]:
    rows: list[Row] = []
    with KnowledgeBase(folder, embedder=open_embedder()) as base:
        base.ingest([corpus])
        maker = Rows(base, weight, shop=shop)
        for text, sources in asked:
            rows += await maker.of(text, sources)
    return rows


def _clapnq(data: Path, folder: Path) -> list[tuple[str, frozenset[str]]]:
    """Its questions; each passage becomes a document."""
    folder.mkdir(parents=True)
    asked: list[tuple[str, frozenset[str]]] = []
    for kind in ("answerable", "unanswerable"):
        for line in (data / f"clapnq_dev_{kind}.jsonl").read_text(encoding="utf-8").splitlines():
            held = json.loads(line)
            name, passage = f"{held['id']}.md", held["passages"][0]
            (folder / name).write_text(f"# {passage['title']}\n\n{passage['text']}\n", encoding="utf-8")
            asked.append((held["input"], frozenset([name]) if kind == "answerable" else frozenset()))
    return asked


def fit(rows: Sequence[Row]) -> tuple[Array, float]:
    """Coefficients and intercept for the features as they are, by Newton's method."""
    import numpy as np

    x = np.array([row.values for row in rows])
    y = np.array([float(row.right) for row in rows])
    weight = np.array([row.weight for row in rows])
    mean, spread = x.mean(axis=0), x.std(axis=0) + 1e-9
    z = np.hstack([(x - mean) / spread, np.ones((len(rows), 1))])
    penalty = np.diag([PENALTY] * x.shape[1] + [0.0])
    beta = np.zeros(z.shape[1])
    for _ in range(30):
        p = 1 / (1 + np.exp(-z @ beta))
        curve = z.T @ (z * (weight * p * (1 - p))[:, None]) + penalty
        beta += np.linalg.solve(curve, z.T @ (weight * (y - p)) - penalty @ beta)
    coefficients = beta[:-1] / spread
    return coefficients, float(beta[-1] - coefficients @ mean)


def cross_validated(rows: Sequence[Row]) -> list[float]:
    """The probability of each row by a fit that has not seen its question."""
    order = {question: number for number, question in enumerate(dict.fromkeys(row.question for row in rows))}
    found = [0.0] * len(rows)
    for fold in range(FOLDS):
        coefficients, intercept = fit([row for row in rows if order[row.question] % FOLDS != fold])
        for number, row in enumerate(rows):
            if order[row.question] % FOLDS == fold:
                found[number] = 1 / (1 + math.exp(-intercept - float(coefficients @ row.values)))
    return found


def balance(rows: Sequence[Row], found: Sequence[float]) -> tuple[float, float, float]:
    """The threshold at which the smaller share is largest, with both shares."""
    held = [(row, value) for row, value in zip(rows, found, strict=True) if row.shop]
    best = (0.0, 0.0, 0.0)
    for percent in range(5, 96):
        least = percent / 100
        covered = [row.right and value >= least for row, value in held if row.answerable]
        silent = [value < least for row, value in held if not row.answerable]
        shares = sum(covered) / len(covered), sum(silent) / len(silent)
        if min(shares) > min(best[1:]):
            best = (least, *shares)
    return best


def main() -> None:
    """Fit and print."""
    with tempfile.TemporaryDirectory() as work:
        rows = asyncio.run(collect(Path(work)))
    least, answered, silent = balance(rows, cross_validated(rows))
    coefficients, intercept = fit(rows)
    print(f"{len(rows)} rows; cross-validated: answered {answered:.3f}, left alone {silent:.3f}")
    print({name: round(float(value), 2) for name, value in zip(NAMES, coefficients, strict=True)})
    print(f"intercept {intercept - math.log(least / (1 - least)):.2f}")


if __name__ == "__main__":
    main()
