"""The four offline agents over a real knowledge base with the bundled embedding model."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence

import pytest

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
from podium.knowledge.knowledge_base import KnowledgeBase
from podium.models.embedding import Embedder, open_embedder

RULES = """# House rules of the library

A book may be kept for 21 days. It can be renewed twice if nobody else has reserved it.

## Fines

A book that is late costs 20 pence a day, and never more than 8 pounds.

## Rooms

The reading room holds 40 people. Telephones stay silent there.
"""


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return open_embedder()


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Iterator[KnowledgeBase]:
    folder = tmp_path_factory.mktemp("library")
    (folder / "rules.md").write_text(RULES, encoding="utf-8")
    with KnowledgeBase(folder / "base", embedder=embedder, base=folder) as held:
        held.ingest([folder / "rules.md"])
        yield held


async def ask(question: str, base: KnowledgeBase, embedder: Embedder) -> tuple[StepResult, Critique]:
    async def near(query: str, texts: Sequence[str], /) -> list[float]:
        vectors = await asyncio.to_thread(embedder.embed, [query, *texts])
        return [float(value) for value in vectors[1:] @ vectors[0]]

    plan = (await OfflinePlanner(near).plan(PlanRequest(request=question))).plan
    search = plan.of_kind("retrieve")[0]
    found = await OfflineRetriever(base.asearch).retrieve(RetrieveRequest(step=search, request=question))
    step = plan.of_kind("answer")[0]
    result = await OfflineExecutor(near).execute(
        ExecuteRequest(step=step, plan=plan, request=question, evidence=found.evidence)
    )
    judged = CritiqueRequest(request=question, plan=plan, evidence=found.evidence, results={step.id: result})
    return result, await OfflineCritic(near).critique(judged)


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("How long may a book be kept?", "21 days"),
        ("What does a late book cost?", "20 pence"),
        ("How many people fit into the reading room?", "40 people"),
    ],
)
async def test_a_fact_is_quoted_from_where_it_stands(
    question: str, words: str, base: KnowledgeBase, embedder: Embedder
) -> None:
    result, critique = await ask(question, base, embedder)
    citation = result.statements[0].citations[0]
    assert words in citation.quote
    assert base.read("rules.md")[citation.start : citation.end] == citation.quote
    assert critique.suggestion == "accept"


@pytest.mark.parametrize("question", ["Who wrote Wuthering Heights?", "How tall is Mount Kilimanjaro?"])
async def test_what_nothing_covers_is_not_answered(
    question: str, base: KnowledgeBase, embedder: Embedder
) -> None:
    _, critique = await ask(question, base, embedder)
    assert critique.suggestion in ("gather", "abstain")
