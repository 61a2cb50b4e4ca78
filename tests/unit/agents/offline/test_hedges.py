"""Conditions and second thoughts keep an order from being carried out unasked."""

from __future__ import annotations

import pytest

from podium.agents.contracts import OpenQuestion, PlanRequest
from podium.agents.offline.hedges import hedge_in, is_yes
from podium.agents.offline.planner import OfflinePlanner
from podium.core.tool import ToolSpec

LOCK = ToolSpec(
    name="lock_door",
    description="Lock a door.",
    effect="reversible",
    args_schema={
        "type": "object",
        "properties": {"door_id": {"type": "string", "pattern": r"^D-\d{2}$", "description": "The door"}},
        "required": ["door_id"],
    },
)


@pytest.mark.parametrize(
    ("request_", "hedge"),
    [
        ("Lock door D-01 if nobody is inside", "if nobody is inside"),
        ("Lock door D-01 unless Ada objects.", "unless Ada objects"),
        ("Lock door D-01, but not before noon", "but not before noon"),
        ("Lock door D-01, no wait, leave it open", "no wait, leave it open"),
        ("Lock door D-01. Never mind", "Never mind"),
    ],
)
async def test_such_an_order_becomes_a_question(request_: str, hedge: str) -> None:
    reply = await OfflinePlanner().plan(PlanRequest(request=request_, tools=(LOCK,)))
    (step,) = [step for step in reply.plan.steps if step.kind == "clarify"]
    assert not reply.plan.of_kind("act")
    assert hedge in step.instruction
    assert (step.tool, step.args) == ("lock_door", {"door_id": "D-01"})


async def test_a_yes_to_the_question_is_the_order() -> None:
    held = OpenQuestion(question="Shall I?", request="Lock …", tool="lock_door", args={"door_id": "D-01"})
    reply = await OfflinePlanner().plan(
        PlanRequest(request="Yes, please do.", tools=(LOCK,), open_question=held)
    )
    (step,) = reply.plan.of_kind("act")
    assert (step.tool, step.args) == ("lock_door", {"door_id": "D-01"})


@pytest.mark.parametrize("text", ["no", "yesterday", "yes? why", "Is it safe?"])
async def test_anything_else_is_not(text: str) -> None:
    held = OpenQuestion(question="Shall I?", request="Lock …", tool="lock_door", args={"door_id": "D-01"})
    reply = await OfflinePlanner().plan(PlanRequest(request=text, tools=(LOCK,), open_question=held))
    assert not reply.plan.of_kind("act")


async def test_a_plain_order_stays_one() -> None:
    reply = await OfflinePlanner().plan(PlanRequest(request="Please lock door D-01.", tools=(LOCK,)))
    assert [step.tool for step in reply.plan.of_kind("act")] == ["lock_door"]


def test_words_within_a_value_do_not_count() -> None:
    text = "Tell her that we call back if needed"
    assert hedge_in(text, text, ["we call back if needed"]) == ""
    assert not is_yes("yes and also unlock the other one unless it rains? no")
