"""Agents that plan one fixed piece of work: look at an order, then refund, credit and write."""

from __future__ import annotations

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

ORDER, CUSTOMER = "O-10005", "C-1001"
STEPS = (
    Step(id="read", kind="retrieve", instruction="read", query="refunds"),
    Step(id="read-more", kind="retrieve", instruction="read", query="messages"),
    Step(id="look", kind="act", instruction="look", tool="show_order", args={"order_id": ORDER}),
    Step(
        id="refund",
        kind="act",
        instruction="refund",
        tool="issue_refund",
        args={"order_id": ORDER, "amount": "5.00", "reason": "late"},
        depends_on=("look",),
    ),
    Step(
        id="write",
        kind="act",
        instruction="write",
        tool="send_message",
        args={"customer_id": CUSTOMER, "text": "Your refund is on its way."},
        depends_on=("refund",),
    ),
)


@agent(role="planner")
class FixedPlanner:
    """Always the same plan."""

    async def plan(self, request: PlanRequest) -> PlanReply:
        return PlanReply(plan=Plan(steps=STEPS))


@agent(role="executor")
class FixedExecutor:
    """Calls what the plan says."""

    async def execute(self, request: ExecuteRequest) -> StepResult:
        step = request.step
        trusted = {name: Provenance(origin="user", trust="trusted") for name in step.args}
        call = ToolCall(tool=step.tool, args=step.args, provenance=trusted, step=step.id)
        if step.tool != "show_order":
            return StepResult(step=step.id, status="done", calls=(call,))
        status = "done" if request.outputs else "continue"
        return StepResult(step=step.id, status=status, calls=() if request.outputs else (call,))


@agent(role="critic")
class FixedCritic:
    """Always sure; the policy still asks a person."""

    async def critique(self, request: CritiqueRequest) -> Critique:
        return Critique(factors=(Factor(name="support", value=1.0), Factor(name="slots", value=1.0)))
