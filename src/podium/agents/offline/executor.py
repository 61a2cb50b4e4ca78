"""The executor without a model: quotes what answers, proposes the planned calls, reports what tools said."""

from __future__ import annotations

from collections.abc import Sequence

from podium.agents.contracts import ExecuteRequest, Statement, StepResult
from podium.agents.offline.calls import build_call
from podium.agents.offline.conflicts import disagreements
from podium.agents.offline.protocols import Similarity
from podium.agents.offline.rendering import render
from podium.agents.offline.support import Scored, score_sentences
from podium.agents.offline.text import Lexicon, clean
from podium.core.evidence import Citation

LEAST = 0.3
"""A sentence with a lower score is no answer."""

FURTHER = 0.9
"""Another sentence of the same document is quoted too from this share of the best one's score."""

ELSEWHERE = 0.97
"""The same for a sentence of another document: only when it is as good as the best one."""

MOST_QUOTED = 3
"""Sentences for one question, besides those that disagree."""


class OfflineExecutor:
    """Quotes sentences that answer, and makes the calls that the plan has filled.

    Args:
        similarity: Compares a question with sentences by meaning.
    """

    def __init__(self, similarity: Similarity) -> None:
        self._similarity = similarity
        self._lexicon = Lexicon()

    async def execute(self, request: ExecuteRequest) -> StepResult:
        """Draft statements with citations, or propose calls."""
        match request.step.kind:
            case "clarify":
                return StepResult(
                    step=request.step.id,
                    status="clarify",
                    question=request.step.instruction,
                    missing=request.step.missing,
                    reasons=("missing_argument",) if request.step.missing else (),
                )
            case "act":
                return self._act(request)
            case "answer" | "retrieve":
                return await self._answer(request)

    def _act(self, request: ExecuteRequest) -> StepResult:
        step = request.step
        tool = next((tool for tool in request.tools if tool.name == step.tool), None)
        if tool is None:
            return StepResult(step=step.id, status="failed", reasons=("tool_not_open",))
        if request.outputs:
            return _report(request)
        built = build_call(request, tool)
        if not built.calls:
            status = "clarify" if built.question else "failed"
            return StepResult(
                step=step.id,
                status=status,
                question=built.question,
                missing=built.missing,
                reasons=built.reasons,
            )
        reading = tool.effect == "read"
        return StepResult(step=step.id, status="continue" if reading else "done", calls=built.calls)

    async def _answer(self, request: ExecuteRequest) -> StepResult:
        statements: list[Statement] = []
        reasons: list[str] = []
        for question in questions_of(request):
            found, why = await self._quote(question, request)
            statements += [item for item in found if item not in statements]
            reasons += why
        status = "done" if statements else "abstain"
        return StepResult(
            step=request.step.id,
            status=status,
            statements=tuple(statements),
            reasons=tuple(dict.fromkeys(reasons if statements else [*reasons, "no_answer"])),
        )

    async def _quote(self, question: str, request: ExecuteRequest) -> tuple[list[Statement], list[str]]:
        scored, _ = await score_sentences(question, request.evidence, self._lexicon, self._similarity)
        in_force = [item for item in scored if not item.sentence.evidence.superseded_by]
        ranked = in_force if in_force and in_force[0].score > scored[0].score - 0.15 else scored
        if not ranked or ranked[0].score < LEAST:
            return [], ["thin_support"]
        chosen = _chosen(ranked)
        against = disagreements(question, chosen[0], ranked)
        if against:
            group = sorted([chosen[0], *against], key=lambda item: item.sentence.evidence.date, reverse=True)
            first = _statement(group[0], "Sources disagree: ")
            return [first, *(_statement(item, "Another says: ") for item in group[1:])], ["conflict"]
        return [_statement(item) for item in chosen], []


def questions_of(request: ExecuteRequest) -> Sequence[str]:
    """What an answer step has to answer: the searches it depends on, or its own words."""
    held = [step for step in request.plan.of_kind("retrieve") if step.id in request.step.depends_on]
    return [clean(step.query or step.instruction) for step in held] or [clean(request.step.instruction)]


def _chosen(ranked: Sequence[Scored]) -> list[Scored]:
    best = ranked[0]
    chosen = [best]
    for item in ranked[1:]:
        if len(chosen) == MOST_QUOTED or item.score < FURTHER * best.score:
            break
        if item.sentence.evidence.source != best.sentence.evidence.source and (
            item.score < ELSEWHERE * best.score
        ):
            continue
        if not any(item.sentence.text == held.sentence.text for held in chosen):
            chosen.append(item)
    return chosen


def _statement(item: Scored, lead: str = "") -> Statement:
    sentence = item.sentence
    evidence = sentence.evidence
    citation = Citation(
        source=evidence.source,
        start=evidence.start + sentence.start,
        end=evidence.start + sentence.end,
        quote=sentence.text,
        evidence_id=evidence.id,
        title=evidence.title,
        date=evidence.date,
    )
    return Statement(text=lead + " ".join(sentence.text.lstrip("-*\u2022 ").split()), citations=(citation,))


def _report(request: ExecuteRequest) -> StepResult:
    """Say what the tools returned, in their own words."""
    step = request.step
    failed = tuple(output.error or "the tool gave no reason" for output in request.outputs if not output.ok)
    if len(failed) == len(request.outputs):
        return StepResult(step=step.id, status="failed", reasons=failed)
    if _only_prepares(request):
        return StepResult(step=step.id, status="done")
    lines = [line for output in request.outputs if output.ok for line in render(output.result)]
    return StepResult(
        step=step.id, status="done", statements=tuple(Statement(text=line, step=step.id) for line in lines)
    )


def _only_prepares(request: ExecuteRequest) -> bool:
    """Whether the step was planned for the sake of another one, and nobody asked for what it reads."""
    step = request.step
    return any(
        step.instruction in (later.instruction, request.plan.goal)
        and any(reference.step == step.id for reference in later.references.values())
        for later in request.plan.steps
    )
