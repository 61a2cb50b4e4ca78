from __future__ import annotations

from collections.abc import Sequence

from podium.agents.contracts import Critique, CritiqueRequest, ExecuteRequest, Statement, StepResult
from podium.agents.offline.critic import OfflineCritic
from podium.agents.offline.executor import OfflineExecutor
from podium.core.evidence import Citation, Evidence
from podium.core.plan import Plan, Step
from podium.guardrails.confidence import score
from podium.guardrails.policy import Policy


async def alike(query: str, texts: Sequence[str]) -> list[float]:
    """Shared words stand for meaning."""
    said = set(query.lower().strip("?").split())
    return [len(said & set(text.lower().strip(".").split())) / max(len(said), 1) for text in texts]


RULE = "A book may be kept for 21 days."


def passage(text: str, score: float) -> Evidence:
    return Evidence(id="e", source="rules.md", text=text, start=0, end=len(text), score=score)


async def judged(question: str, *evidence: Evidence) -> tuple[CritiqueRequest, str]:
    find = Step(id="find", kind="retrieve", instruction=question, query=question)
    answer = Step(id="answer", kind="answer", instruction=question, depends_on=("find",))
    plan = Plan(steps=(find, answer))
    result = await OfflineExecutor(alike).execute(
        ExecuteRequest(step=answer, plan=plan, request=question, evidence=evidence)
    )
    request = CritiqueRequest(request=question, plan=plan, evidence=evidence, results={"answer": result})
    return request, (await OfflineCritic(alike).critique(request)).suggestion


async def test_a_quotation_that_answers_is_accepted() -> None:
    _, suggestion = await judged("How long may a book be kept?", passage(RULE, 0.9))
    assert suggestion == "accept"


async def test_a_question_about_something_else_is_not_answered() -> None:
    _, suggestion = await judged("Which rivers flow through Vienna?", passage(RULE, 0.1))
    assert suggestion in ("gather", "abstain")


async def test_nothing_found_is_not_answered() -> None:
    _, suggestion = await judged("How long may a book be kept?")
    assert suggestion in ("gather", "abstain")


async def test_a_quotation_that_stands_nowhere_has_no_support() -> None:
    request, _ = await judged("How long may a book be kept?", passage(RULE, 0.9))
    forged = Citation(
        source="rules.md", start=0, end=10, quote="A book may be kept for 99 days.", evidence_id="e"
    )
    result = StepResult(
        step="answer", status="done", statements=(Statement(text=forged.quote, citations=(forged,)),)
    )
    critique = await OfflineCritic(alike).critique(request.model_copy(update={"results": {"answer": result}}))
    assert critique.findings[0].support == 0.0
    assert {factor.name: factor.value for factor in critique.factors}["support"] == 0.0


async def test_what_a_step_asks_is_asked() -> None:
    step = Step(id="ask", kind="clarify", instruction="Which book?", missing=("book_id",))
    result = StepResult(step="ask", status="clarify", question="Which book?", missing=("book_id",))
    request = CritiqueRequest(request="Renew it", plan=Plan(steps=(step,)), results={"ask": result})
    critique = await OfflineCritic(alike).critique(request)
    assert (critique.suggestion, critique.question) == ("clarify", "Which book?")


async def test_every_factor_is_within_its_bounds() -> None:
    for question in ("How long may a book be kept?", "Why?", "\x00", "x" * 5000):
        request, _ = await judged(question, passage(RULE, 0.9))
        critique = await OfflineCritic(alike).critique(request)
        assert all(0.0 <= factor.value <= 1.0 for factor in critique.factors)


async def refused(*done: str) -> Critique:
    steps = tuple(Step(id=name, kind="act", tool="lend", instruction=name) for name in ("lend-1", *done))
    results = {name: StepResult(step=name, status="done") for name in done}
    results["lend-1"] = StepResult(step="lend-1", status="failed", reasons=("the book is reserved",))
    request = CritiqueRequest(request="Lend B-1", plan=Plan(steps=steps), results=results)
    return await OfflineCritic(alike).critique(request)


async def test_what_a_tool_refused_is_told_without_trying_it_again() -> None:
    critique = await refused()
    assert (critique.reasons, critique.suggestion) == (("action_refused",), "accept")
    assert critique.feedback == "the book is reserved"


async def test_a_turn_that_was_refused_what_it_asked_for_is_not_very_sure() -> None:
    policy = Policy()
    none, part = [score((await refused(*done)).factors, policy).score for done in ((), ("lend-2",))]
    assert policy.threshold("answer") <= none < part < 0.9
