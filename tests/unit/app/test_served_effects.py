"""What a served run did outside, taken back when the run is rolled back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, cast

from podium.app.served_effects import undoing
from podium.core.effects import EffectClass, EffectStatus
from podium.graphs.context import GraphContext
from podium.guardrails.policy import Policy
from podium.storage.run_requests import RunRequest

RUN = RunRequest("r", "t", "desk", "desk", owner="ada", started_at="2026-01-02")


@dataclass
class Done:
    digest: str
    tool: str = "refund"
    status: EffectStatus = "verified"
    effect_class: EffectClass = "compensable"
    started_at: str = "2026-01-03"


@dataclass
class Tools:
    done: list[Done]
    undone: list[str] = field(default_factory=list)

    async def thread_effects(self, thread_id: str) -> list[Done]:
        assert thread_id == RUN.thread_id
        return self.done

    async def compensate(self, digests: list[str], *, principal: str) -> None:
        assert principal == RUN.owner
        self.undone += digests


@dataclass
class Context:
    toolbox: Tools
    policy: Policy


async def undone(policy: dict[str, Any], *done: Done) -> list[str]:
    tools = Tools(list(done))
    context = cast("GraphContext", Context(tools, Policy.model_validate(policy)))
    await undoing(context)(RUN)
    return tools.undone


async def test_what_the_run_did_and_can_be_undone_is() -> None:
    left = [
        Done("before", started_at="2026-01-01"),
        Done("sent", effect_class="irreversible"),
        Done("failed", status="failed"),
    ]
    assert await undone({}, Done("a"), *left, Done("b", "credit")) == ["a", "b"]


async def test_what_the_policy_leaves_to_some_roles_stays() -> None:
    policy = {"tools": {"refund": {"approvers": ["finance"]}}}
    assert await undone(policy, Done("a"), Done("b", "credit")) == ["b"]
