"""Agents that do as they are told: `do TOOL {arguments}` calls a tool, everything else asks back."""

from __future__ import annotations

import json

from podium import agent
from podium.agents.contracts import (
    Critique,
    CritiqueRequest,
    ExecuteRequest,
    PlanReply,
    PlanRequest,
    Statement,
    StepResult,
)
from podium.core.confidence import Factor
from podium.core.evidence import Provenance
from podium.core.plan import Plan, Step
from podium.core.tool import ToolCall


@agent(role="planner")
class Obeys:
    """One step, or a question."""

    def __init__(self, default: object) -> None:
        self.default = default

    async def plan(self, request: PlanRequest) -> PlanReply:
        verb, _, rest = request.request.partition(" ")
        if verb != "do":
            return PlanReply(plan=Plan(steps=(Step(id="s", kind="clarify", instruction="Do what?"),)))
        tool, _, args = rest.partition(" ")
        step = Step(id="s", kind="act", instruction=rest, tool=tool, args=json.loads(args or "{}"))
        return PlanReply(plan=Plan(steps=(step,)))


@agent(role="executor")
class Calls:
    """Calls what the plan says and reports the result."""

    async def execute(self, request: ExecuteRequest) -> StepResult:
        step = request.step
        if step.kind == "clarify":
            return StepResult(step=step.id, status="clarify", question=step.instruction)
        trusted = {name: Provenance(origin="user", trust="trusted") for name in step.args}
        call = ToolCall(tool=step.tool, args=step.args, provenance=trusted, step=step.id)
        if not step.tool.startswith("look_"):
            return StepResult(step=step.id, status="done", calls=(call,))
        if not request.outputs:
            return StepResult(step=step.id, status="continue", calls=(call,))
        output = request.outputs[0]
        if not output.ok:
            return StepResult(step=step.id, status="failed", reasons=(output.error,))
        said = Statement(text=f"It says {str(output.result)[:40]}.", step=step.id)
        return StepResult(step=step.id, status="done", statements=(said,))


@agent(role="critic")
class Sure:
    """Always sure; the policy still asks a person."""

    async def critique(self, request: CritiqueRequest) -> Critique:
        return Critique(factors=(Factor(name="support", value=1.0), Factor(name="slots", value=1.0)))
