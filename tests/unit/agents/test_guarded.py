"""An agent of a role is held to the role's contract."""

from __future__ import annotations

from typing import Any

import pytest

from podium.agents.contracts import CritiqueRequest, ExecuteRequest, PlanRequest
from podium.agents.guarded import Guarded
from podium.core.errors import AgentError
from podium.core.plan import Plan, Step
from podium.core.tool import ToolSpec

STEP = Step(id="s1", kind="act", instruction="Do it.", tool="refund")
PLAN = Plan(steps=(STEP,))
SPECS = tuple(
    ToolSpec(name=name, description="", args_schema={}, effect="read") for name in ("refund", "orders")
)


def guarded(reply: Any, calls: tuple[str, ...] | None = None) -> Guarded:
    async def work(request: Any) -> Any:
        return reply(request) if callable(reply) else reply

    return Guarded(work, "own", "agents/own.py:3", calls)


async def test_a_mapping_that_reads_as_the_reply_is_taken() -> None:
    critique = await guarded({"suggestion": "escalate"}).critique(CritiqueRequest(request="x", plan=PLAN))
    assert critique.suggestion == "escalate"


async def test_a_field_that_does_not_fit_is_named() -> None:
    with pytest.raises(AgentError, match=r"own.py:3: own breaks its contract: suggestion: Input should"):
        await guarded({"suggestion": "shrug"}).critique(CritiqueRequest(request="x", plan=PLAN))


async def test_the_reply_is_for_the_step_that_was_given() -> None:
    with pytest.raises(AgentError, match="step: it is 's9', and the step is 's1'"):
        await guarded({"step": "s9", "status": "done"}).execute(
            ExecuteRequest(step=STEP, plan=PLAN, request="x")
        )


async def test_it_sees_and_plans_only_the_tools_of_its_contract() -> None:
    seen: list[str] = []

    def reply(request: PlanRequest) -> dict[str, Any]:
        seen.extend(tool.name for tool in request.tools)
        return {"plan": PLAN}

    with pytest.raises(AgentError, match=r"plan.steps.tool: 'refund' is not among what it may call"):
        await guarded(reply, ("orders",)).plan(PlanRequest(request="x", tools=SPECS))
    assert seen == ["orders"]
