"""Falling back to the offline twin."""

from __future__ import annotations

from podium.agents.contracts import Critique, CritiqueRequest, PlanReply, PlanRequest
from podium.agents.fallback import FallbackCritic, FallbackPlanner
from podium.core.errors import ModelAuthError, ModelError, ModelTimeout
from podium.core.plan import Plan, Step
from podium.core.usage import Usage
from podium.testing.scripted import ScriptedAgents


class Failing:
    def __init__(self, error: ModelError) -> None:
        self.error = error

    async def plan(self, request: PlanRequest) -> PlanReply:
        raise self.error


async def test_a_failing_model_gives_a_degraded_reply_said_once_with_what_it_cost() -> None:
    said: list[tuple[str, str]] = []
    failing = Failing(ModelAuthError("refused", usage=Usage(model_calls=2)))
    planner = FallbackPlanner(failing, ScriptedAgents(), lambda role, error: said.append((role, error.code)))
    replies = [await planner.plan(PlanRequest(request="?")) for _ in range(3)]
    assert all(reply.degraded and reply.usage.model_calls == 2 for reply in replies)
    assert said == [("planner", "model_auth")]


async def test_the_reason_of_a_degraded_judgement_is_among_its_reasons() -> None:
    class Silent(ScriptedAgents):
        async def critique(self, request: CritiqueRequest) -> Critique:
            raise ModelTimeout("late")

    plan = Plan(steps=(Step(id="s1", kind="answer", instruction="x"),))
    critic = FallbackCritic(Silent(), ScriptedAgents())
    critique = await critic.critique(CritiqueRequest(request="?", plan=plan))
    assert critique.degraded
    assert "model_timeout" in critique.reasons
