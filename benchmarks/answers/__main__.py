"""How well the offline agents answer about the reference corpus, and how well they keep silent.

- `answered`: share of questions that the corpus answers and that are answered with the right document cited.
- `quoted`: share whose quotations hold the answer's words.
- `unanswered`: share of questions that nothing covers and that are not answered.

The questions are those of `evals/questions`: the half for development, and with `--held-out` the half kept
aside too. Planner, retriever, executor and critic are called one after the other, with as many attempts and
the thresholds that the project's policy allows.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.report import report

from podium.agents.contracts import (
    Critique,
    CritiqueRequest,
    ExecuteRequest,
    PlanRequest,
    RetrieveRequest,
    StepResult,
)
from podium.agents.offline.critic import OfflineCritic
from podium.agents.offline.executor import OfflineExecutor
from podium.agents.offline.planner import OfflinePlanner
from podium.agents.offline.retriever import OfflineRetriever
from podium.core.evidence import Citation, Evidence
from podium.core.plan import Plan
from podium.guardrails.confidence import score
from podium.guardrails.decision import decide
from podium.guardrails.policy import Policy
from podium.guardrails.policy_file import load_policy
from podium.knowledge.knowledge_base import KnowledgeBase
from podium.models.embedding import Embedder, open_embedder

NAME = "answers"
ROOT = Path(__file__).resolve().parents[2]
BAR = 0.9


class Nearness:
    """Cosines by the embedding model."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    async def __call__(self, query: str, texts: Sequence[str], /) -> list[float]:
        """The cosine of the query with each text."""
        if not texts:
            return []
        vectors = await asyncio.to_thread(self._embedder.embed, [query, *texts])
        return [float(value) for value in vectors[1:] @ vectors[0]]


@dataclass(frozen=True)
class Answer:
    """What one question came to.

    Attributes:
        given: Whether an answer leaves.
        citations: What it cites.
    """

    given: bool
    citations: tuple[Citation, ...]


class Desk:
    """The four agents over one knowledge base."""

    def __init__(self, base: KnowledgeBase, embedder: Embedder, policy: Policy) -> None:
        near = Nearness(embedder)
        self._policy = policy
        self._planner = OfflinePlanner(near)
        self._retriever = OfflineRetriever(base.asearch)
        self._executor = OfflineExecutor(near)
        self._critic = OfflineCritic(near)

    async def ask(self, question: str) -> Answer:
        """Answer one question, with the attempts that the policy allows."""
        plan = (await self._planner.plan(PlanRequest(request=question))).plan
        gaps: tuple[str, ...] = ()
        found: dict[str, Evidence] = {}
        for attempt in range(self._policy.bounds.gather + 1):
            for step in plan.of_kind("retrieve"):
                wanted = RetrieveRequest(step=step, request=question, attempt=attempt, gaps=gaps)
                found |= {item.id: item for item in (await self._retriever.retrieve(wanted)).evidence}
            results, critique = await self._draft(question, plan, tuple(found.values()))
            route = decide(
                score(critique.factors, self._policy, reasons=critique.reasons),
                policy=self._policy,
                suggestion=critique.suggestion,
                loops={"gather": attempt},
            ).route
            if route != "gather":
                break
            gaps = critique.gaps
        statements = [item for result in results.values() for item in result.statements]
        citations = tuple(citation for item in statements for citation in item.citations)
        return Answer(route == "answer" and bool(citations), citations)

    async def _draft(
        self, question: str, plan: Plan, evidence: tuple[Evidence, ...]
    ) -> tuple[dict[str, StepResult], Critique]:
        results: dict[str, StepResult] = {}
        for step in plan.steps:
            if step.kind != "retrieve":
                results[step.id] = await self._executor.execute(
                    ExecuteRequest(step=step, plan=plan, request=question, evidence=evidence, results=results)
                )
        judged = CritiqueRequest(request=question, plan=plan, evidence=evidence, results=results)
        return results, await self._critic.critique(judged)


def questions(name: str, split: str) -> list[dict[str, Any]]:
    """The questions of one list and one half; lines of the other half are not parsed."""
    lines = (ROOT / "evals" / "questions" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if f'"split": "{split}"' in line]


async def measure(desk: Desk, split: str, *, quiet: bool) -> dict[str, float]:
    """The figures of one half; wrong ones are printed unless quiet."""
    answerable, nothing = questions("answerable", split), questions("unanswerable", split)
    right = quoted = silent = 0
    began = time.perf_counter()
    for item in answerable:
        answer = await desk.ask(item["question"])
        sources = {Path(citation.source).name for citation in answer.citations}
        good = answer.given and bool(sources & set(item.get("sources", [item["source"]])))
        right += good
        quoted += good and any(
            item["answer"].lower() in citation.quote.lower() for citation in answer.citations
        )
        if not good and not quiet:
            print(f"not answered: {item['question']}")
    for item in nothing:
        answer = await desk.ask(item["question"])
        silent += not answer.given
        if answer.given and not quiet:
            print(f"answered all the same: {item['question']} {answer.citations[0].quote[:80]!r}")
    total = len(answerable) + len(nothing)
    return {
        f"answered_{split}": right / len(answerable),
        f"quoted_{split}": quoted / len(answerable),
        f"unanswered_{split}": silent / len(nothing),
        f"milliseconds_{split}": 1000 * (time.perf_counter() - began) / total,
    }


async def run(splits: Sequence[str]) -> dict[str, float]:
    """Ingest the corpus and ask everything."""
    embedder = open_embedder()
    policy = load_policy(ROOT / "guardrails" / "policy.yaml")
    figures: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as work, KnowledgeBase(work, embedder=embedder) as base:
        base.ingest([ROOT / "knowledge" / "corpus"])
        desk = Desk(base, embedder, policy)
        for split in splits:
            figures |= await measure(desk, split, quiet=split != "dev")
    return figures


def main() -> int:
    """Measure; 1 when a bar was missed."""
    splits = ["dev", "held_out"] if "--held-out" in sys.argv[1:] else ["dev"]
    figures = asyncio.run(run(splits))
    bars = {f"{kind}_{split}": (">=", BAR) for split in splits for kind in ("answered", "unanswered")}
    return 0 if report(NAME, figures, {}, bars) else 1


if __name__ == "__main__":
    sys.exit(main())
