"""The guardrails as the nodes call them: each check a span, each verdict an event."""

from __future__ import annotations

from collections.abc import Sequence

from podium.core.evidence import Evidence
from podium.core.tool import ToolCall
from podium.core.verdict import Stage, Verdict
from podium.graphs.context import GraphContext
from podium.guardrails.pipeline import Checked


async def check_text(
    context: GraphContext,
    stage: Stage,
    text: str,
    *,
    evidence: Sequence[Evidence] = (),
    known: Sequence[str] = (),
    final: bool = False,
) -> Checked:
    """Look at one text; see `Pipeline.check`."""
    with context.telemetry.span("guardrail", stage):
        checked = await context.pipeline.check(stage, text, evidence=evidence, known=known, final=final)
        _note(context, checked.verdicts)
    return checked


async def check_evidence(
    context: GraphContext, found: Sequence[Evidence]
) -> tuple[list[Evidence], tuple[Verdict, ...]]:
    """What remains of retrieved passages, and what the guardrails said."""
    if not found:
        return [], ()
    with context.telemetry.span("guardrail", "evidence"):
        checked = await context.pipeline.check_all("evidence", [(item.id, item.text) for item in found])
        _note(context, checked.verdicts)
    kept = [
        item if value == item.text else item.model_copy(update={"text": value})
        for item, value in zip(found, checked.values, strict=True)
        if value is not None
    ]
    return kept, checked.verdicts


async def check_call(context: GraphContext, call: ToolCall) -> tuple[Verdict, ...]:
    """What the guardrails say about the arguments of a call."""
    with context.telemetry.span("guardrail", "arguments"):
        verdicts = await context.pipeline.check_call(call)
        _note(context, verdicts)
    return verdicts


def blocking(verdicts: Sequence[Verdict]) -> str:
    """Why a call may not be made; empty when it may."""
    for verdict in verdicts:
        if verdict.outcome in ("refuse", "retry", "filter"):
            return verdict.reason or f"the rule {verdict.rule} does not allow it"
    return ""


def _note(context: GraphContext, verdicts: Sequence[Verdict]) -> None:
    for verdict in verdicts:
        context.telemetry.verdict(verdict.rule, verdict.stage, verdict.outcome, verdict.target)
