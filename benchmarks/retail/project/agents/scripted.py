"""Agents that play one script: the user's message is a JSON list of calls, made in this order."""

from __future__ import annotations

import json

from podium import agent
from podium.agents.contracts import (
    Critique,
    CritiqueRequest,
    ExecuteRequest,
    PlanReply,
    PlanRequest,
    StepResult,
)
from podium.core.confidence import Factor
from podium.core.evidence import Provenance
from podium.core.plan import Plan, Step
from podium.core.tool import ToolCall


@agent(role="planner")
class ScriptedPlanner:
    """One step for each call of the message, each after the one before."""

    async def plan(self, request: PlanRequest) -> PlanReply:
        """Read the script."""
        calls = json.loads(request.request)
        steps = [
            Step(
                id=f"call-{number}",
                kind="act",
                instruction=call["name"],
                tool=call["name"],
                args=call["arguments"],
                depends_on=(f"call-{number - 1}",) if number else (),
                allowed_tools=(call["name"],),
            )
            for number, call in enumerate(calls)
        ]
        return PlanReply(plan=Plan(steps=tuple(steps)))


@agent(role="executor")
class ScriptedExecutor:
    """Makes the call of the step, and waits for what a lookup gives."""

    async def execute(self, request: ExecuteRequest) -> StepResult:
        """Call what the step names."""
        step = request.step
        if request.outputs:
            done = all(output.ok for output in request.outputs)
            return StepResult(step=step.id, status="done" if done else "failed", outputs=request.outputs)
        trusted = {name: Provenance(origin="user", trust="trusted") for name in step.args}
        call = ToolCall(tool=step.tool, args=step.args, provenance=trusted, step=step.id)
        reads = any(tool.name == step.tool and tool.effect == "read" for tool in request.tools)
        return StepResult(step=step.id, status="continue" if reads else "done", calls=(call,))


@agent(role="critic")
class ScriptedCritic:
    """Always sure: whatever changes something goes to a person anyhow."""

    async def critique(self, _: CritiqueRequest) -> Critique:
        """Find nothing."""
        names = ("support", "slots", "success", "intent")
        return Critique(factors=tuple(Factor(name=name, value=1.0) for name in names))
