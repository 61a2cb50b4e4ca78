"""The critic played by a language model."""

from __future__ import annotations

import json

from podium.agents.context import Material
from podium.agents.contracts import Critique, CritiqueRequest, Finding, Statement, ToolOutput
from podium.agents.fencing import fence
from podium.agents.language.asking import Voice, standing
from podium.agents.language.quoting import numbers_stand_in
from podium.agents.language.replies import CritiqueReply, Suggestion
from podium.core.confidence import Factor

UNPROVEN = 0.2
"""The most support that a statement can have whose numbers are not in what it stands on."""


class LanguageCritic:
    """Asks a model for a judgement and holds it to what can be checked.

    Args:
        voice: Prompt, model and window.
    """

    def __init__(self, voice: Voice) -> None:
        self._voice = voice

    async def critique(self, request: CritiqueRequest) -> Critique:
        """Measure support, success and conflicts.

        Raises:
            ModelError: The model gave nothing usable.
        """
        statements = [item for result in request.results.values() for item in result.statements]
        outputs = tuple(output for result in request.results.values() for output in result.outputs)
        prepared = self._voice.prepare(
            Material(
                instructions=self._voice.prompt.text,
                request=request.request,
                task=_task(request, statements),
                history=request.history,
                evidence=request.evidence,
                outputs=outputs,
            )
        )
        called = await self._voice.ask(prepared, CritiqueReply, lambda reply: _problem(reply, statements))
        reply = called.value
        findings = _findings(reply, statements, outputs)
        return Critique(
            findings=findings,
            factors=_factors(reply, findings),
            reasons=tuple(
                dict.fromkeys((*reply.reasons, *(("judgement_incomplete",) if called.problem else ())))
            ),
            suggestion=_suggestion(reply, complete=not called.problem, empty=_is_empty(request)),
            gaps=reply.gaps,
            question=reply.question,
            feedback=reply.feedback,
            usage=called.usage,
            **standing(called),
        )


def _problem(reply: CritiqueReply, statements: list[Statement]) -> str:
    judged = {finding.statement for finding in reply.findings}
    if lacking := sorted(set(range(1, len(statements) + 1)) - judged):
        return f"there is no finding for the statements {lacking}"
    if not reply.factors:
        return "there are no factors"
    if reply.suggestion == "clarify" and not reply.question.strip():
        return "clarify needs a question"
    if reply.suggestion == "gather" and not reply.gaps:
        return "gather needs searches in gaps"
    return ""


def _findings(
    reply: CritiqueReply, statements: list[Statement], outputs: tuple[ToolOutput, ...]
) -> tuple[Finding, ...]:
    """One finding a statement; a statement that was not judged has no support."""
    said = {finding.statement: finding for finding in reply.findings}
    results = [json.dumps(output.result, ensure_ascii=False) for output in outputs if output.ok]
    findings = []
    for number, statement in enumerate(statements, start=1):
        draft = said.get(number)
        support = draft.support if draft else 0.0
        texts = [citation.quote for citation in statement.citations] + (results if statement.step else [])
        if not texts:
            support = 0.0
        elif not numbers_stand_in(statement.text, texts):
            support = min(support, UNPROVEN)
        findings.append(Finding(statement=statement.text, support=support, note=draft.note if draft else ""))
    return tuple(findings)


def _factors(reply: CritiqueReply, findings: tuple[Finding, ...]) -> tuple[Factor, ...]:
    values: dict[str, float] = {}
    for factor in reply.factors:
        values[factor.name] = min(factor.value, values.get(factor.name, 1.0))
    if findings:
        # The model's own sum never outweighs its findings.
        weakest = min(finding.support for finding in findings)
        values["support"] = min(values.get("support", 1.0), weakest)
    return tuple(Factor(name=name, value=value) for name, value in values.items())


def _is_empty(request: CritiqueRequest) -> bool:
    """Whether there is nothing that could go out."""
    settled = any(result.statements or result.status != "abstain" for result in request.results.values())
    return not settled and not request.actions


def _suggestion(reply: CritiqueReply, *, complete: bool, empty: bool) -> Suggestion:
    if empty and reply.suggestion == "accept":
        return "abstain"
    if not complete and reply.suggestion in ("accept", "clarify", "gather"):
        return "abstain"
    return reply.suggestion


def _task(request: CritiqueRequest, statements: list[Statement]) -> str:
    parts = ["The plan:\n" + fence("plan", request.plan.model_dump_json(exclude_defaults=True))]
    for number, statement in enumerate(statements, start=1):
        quotes = "\n".join(f"- {citation.source}: {citation.quote}" for citation in statement.citations)
        proof = quotes or (f"- the result of step {statement.step}" if statement.step else "- nothing")
        parts.append(fence(f"statement {number}", f"{statement.text}\nIt stands on:\n{proof}"))
    states = {name: [result.status, *result.reasons] for name, result in request.results.items()}
    parts.append("Steps: " + json.dumps(states, ensure_ascii=False))
    parts += ["A proposed action:\n" + fence("action", item.model_dump_json()) for item in request.actions]
    failed = [verdict for verdict in request.verdicts if not verdict.passed]
    parts += [fence("verdict", f"{item.rule}: {item.outcome}, {item.reason}") for item in failed]
    return "\n\n".join(parts)
