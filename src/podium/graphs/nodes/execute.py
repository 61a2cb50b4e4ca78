"""execute: carries out the steps whose dependencies are done; nothing here changes the world."""

from __future__ import annotations

from dataclasses import dataclass

from podium.agents.contracts import ExecuteRequest, StepResult, ToolOutput
from podium.core.errors import ActionError
from podium.core.evidence import Evidence
from podium.core.plan import Plan, Step
from podium.core.tool import ToolCall
from podium.core.verdict import Verdict
from podium.graphs.context import GraphContext
from podium.graphs.conversation import history_of
from podium.graphs.node import RunScope, degradations, spent
from podium.graphs.parallel import together
from podium.graphs.reading import read
from podium.graphs.screening import blocking, check_call
from podium.graphs.state import PodiumState, Update
from podium.graphs.turn import Turn

MAX_ROUNDS = 6
"""How often one step may read with tools before it has to come to a result."""


@dataclass(frozen=True, slots=True)
class Executed:
    """What one step came to."""

    result: StepResult
    digests: tuple[str, ...] = ()
    verdicts: tuple[Verdict, ...] = ()


async def execute(state: PodiumState, context: GraphContext, scope: RunScope) -> Update:
    """Carry out one wave: all steps that depend on nothing open, in parallel."""
    plan = Plan.model_validate(state["plan"])
    results = {key: StepResult.model_validate(value) for key, value in state.get("results", {}).items()}
    turn = Turn.model_validate(state["turn"])
    await context.toolbox.open()
    base = ExecuteRequest(
        step=plan.steps[0],
        plan=plan,
        request=turn.text,
        event=turn.event,
        history=history_of(state, turn.id, context.history_tokens),
        evidence=tuple(Evidence.model_validate(item) for item in state.get("evidence", ())),
        results=results,
        tools=context.toolbox.specs(allowed=context.policy.allows),
        feedback=tuple(state.get("feedback", ())),
    )
    wave = ready_steps(plan, set(results))
    done = await together(
        _carry_out(base.model_copy(update={"step": step}), turn, context, scope) for step in wave
    )

    return _update(done)


def ready_steps(plan: Plan, done: set[str]) -> tuple[Step, ...]:
    """The steps for the executor that are open and whose dependencies are done.

    Retrieval is over before the first wave, so its steps count as done.
    """
    finished = done | {step.id for step in plan.of_kind("retrieve")}
    return tuple(
        step for step in plan.steps if step.id not in finished and finished.issuperset(step.depends_on)
    )


async def _carry_out(request: ExecuteRequest, turn: Turn, context: GraphContext, scope: RunScope) -> Executed:
    outputs: tuple[ToolOutput, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    total = None
    for _ in range(MAX_ROUNDS):
        result = await context.executor.execute(request.model_copy(update={"outputs": outputs}))
        total = result.usage if total is None else total.plus(result.usage)
        if result.status != "continue":
            proposed = await _propose(result, request.step, turn, context, scope)
            final = proposed.result.model_copy(update={"outputs": outputs, "usage": total})
            return Executed(final, proposed.digests, verdicts + proposed.verdicts)
        found, noted = await _read(result.calls, request.step, turn, context, scope)
        outputs, verdicts = outputs + found, verdicts + noted
    failed = StepResult(
        step=request.step.id, status="failed", outputs=outputs, reasons=("too_many_rounds",), usage=total
    )
    return Executed(failed, (), verdicts)


async def _read(
    calls: tuple[ToolCall, ...], step: Step, turn: Turn, context: GraphContext, scope: RunScope
) -> tuple[tuple[ToolOutput, ...], tuple[Verdict, ...]]:
    effects = scope.effect_scope(turn.id, step.id, context.policy.version)
    pairs = await together(read(call, effects, context, scope) for call in calls)
    return tuple(output for output, _ in pairs), tuple(v for _, noted in pairs for v in noted)


async def _propose(
    result: StepResult, step: Step, turn: Turn, context: GraphContext, scope: RunScope
) -> Executed:
    digests: list[str] = []
    verdicts: list[Verdict] = []
    effects = scope.effect_scope(turn.id, step.id, context.policy.version)
    for call in result.calls:
        noted = await check_call(context, call)
        verdicts += noted
        if blocked := blocking(noted):
            return Executed(_failed(result, blocked), (), tuple(verdicts))
        scope.require_stored()
        try:
            effect = await context.toolbox.propose(call, effects)
        except ActionError as error:
            return Executed(_failed(result, error.message), (), tuple(verdicts))
        digests.append(effect.digest)
        scope.emit(
            {
                "kind": "action",
                "data": {"digest": effect.digest, "tool": effect.tool, "status": effect.status},
            }
        )
    return Executed(result, tuple(digests), tuple(verdicts))


def _failed(result: StepResult, reason: str) -> StepResult:
    return result.model_copy(update={"status": "failed", "calls": (), "reasons": (*result.reasons, reason)})


def _update(done: list[Executed]) -> Update:
    return {
        "results": {item.result.step: item.result.model_dump(mode="json") for item in done},
        "actions": [digest for item in done for digest in item.digests],
        "verdicts": [verdict.model_dump(mode="json") for item in done for verdict in item.verdicts],
        "usage": spent(*(item.result.usage for item in done)),
        "degraded": degradations("executor", (item.result for item in done)),
    }
