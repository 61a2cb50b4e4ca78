"""Orders about parts, groups and things that are not to be touched."""

from __future__ import annotations

import pytest

from podium.agents.contracts import (
    ExecuteRequest,
    OpenQuestion,
    PlanRequest,
    StepResult,
    ToolOutput,
)
from podium.agents.offline.calls import MOST_CALLS, build_call
from podium.agents.offline.planner import OfflinePlanner
from podium.agents.offline.possibility import in_general, order_in
from podium.agents.offline.schema import slots_of
from podium.core.plan import Plan, Step, StepReference
from podium.core.tool import ToolCall, ToolSpec

LOAN = {"type": "string", "pattern": r"^L-\d{3}$", "description": "The loan, like L-100"}
READER = {"type": "string", "pattern": r"^M-\d{2}$", "description": "The reader, like M-77"}
SUM = {
    "anyOf": [{"type": "string", "pattern": r"^\d{1,4}(\.\d{2})?$"}, {"type": "null"}],
    "description": "The sum in pounds; the whole debt when left out",
}
STATE = {"type": "string", "enum": ["late", "returned"], "description": "Only loans in this state"}


def tool(name: str, description: str, effect: str, required: str, **args: object) -> ToolSpec:
    schema = {"type": "object", "properties": args, "required": [required]}
    return ToolSpec.model_validate(
        {"name": name, "description": description, "effect": effect, "args_schema": schema}
    )


LIST = tool("list_loans", "List the loans of a reader.", "read", "reader_id", reader_id=READER, state=STATE)
WAIVE = tool("waive_debt", "Waive the debt of a loan.", "compensable", "loan_id", loan_id=LOAN, sum=SUM)
END = tool("end_loan", "End a loan before its time.", "reversible", "loan_id", loan_id=LOAN)
TOOLS = (LIST, WAIVE, END)


async def plan(text: str, held: OpenQuestion | None = None) -> Plan:
    return (await OfflinePlanner().plan(PlanRequest(request=text, tools=TOOLS, open_question=held))).plan


@pytest.mark.parametrize(
    "text",
    [
        "Waive the postage of L-100",
        "Waive half of L-100",
        "Waive only the postage on L-100",
        "Waive 20% of L-100",
    ],
)
async def test_of_a_part_the_amount_is_asked(text: str) -> None:
    (asked,) = (await plan(text)).steps
    assert (asked.kind, asked.tool, asked.args, asked.missing) == (
        "clarify",
        "waive_debt",
        {"loan_id": "L-100"},
        ("sum",),
    )
    held = OpenQuestion(question="?", request=text, tool="waive_debt", args=asked.args, missing=asked.missing)
    (step,) = (await plan("4.50", held)).steps
    assert (step.kind, step.args) == ("act", {"loan_id": "L-100", "sum": "4.50"})


@pytest.mark.parametrize(
    "text",
    [
        "Waive the debt of L-100",
        "Waive L-100",
        "Waive the whole debt of loan L-100",
        "Waive L-100, it was just a mistake",
    ],
)
async def test_the_whole_is_the_whole(text: str) -> None:
    (step,) = (await plan(text)).steps
    assert (step.kind, step.tool, step.args) == ("act", "waive_debt", {"loan_id": "L-100"})


async def test_a_part_with_its_amount_is_clear() -> None:
    (step,) = (await plan("Waive £3.00 for the postage of L-100")).steps
    assert (step.kind, step.args) == ("act", {"loan_id": "L-100", "sum": "3.00"})


async def test_what_can_only_be_done_to_the_whole_is_asked_about() -> None:
    (asked,) = (await plan("End the second volume in L-100")).steps
    assert (asked.kind, asked.tool) == ("clarify", "end_loan")
    assert "volume" in asked.instruction


async def test_all_things_of_a_kind_are_read_and_taken_one_by_one() -> None:
    listed, ended = (await plan("End all late loans of M-12")).steps
    assert (listed.tool, listed.args) == ("list_loans", {"reader_id": "M-12", "state": "late"})
    assert ended.tool == "end_loan"
    assert ended.references["loan_id"] == StepReference(step=listed.id, path="*.loan_id")
    assert ended.depends_on == (listed.id,)


async def test_which_are_meant_is_asked_when_the_word_is_unknown() -> None:
    listed, asked = (await plan("End all heavy loans of M-12")).steps
    assert (listed.tool, asked.kind, asked.tool, asked.missing) == (
        "list_loans",
        "clarify",
        "end_loan",
        ("loan_id",),
    )
    assert "heavy" in asked.instruction
    assert asked.depends_on == (listed.id,)


def for_each(*loans: str) -> ExecuteRequest:
    read = Step(id="list", kind="act", instruction="List", tool="list_loans", args={"reader_id": "M-12"})
    end = Step(
        id="end",
        kind="act",
        instruction="End all loans",
        tool="end_loan",
        references={"loan_id": StepReference(step="list", path="*.loan_id")},
        depends_on=("list",),
    )
    output = ToolOutput(
        call=ToolCall(tool="list_loans"), ok=True, result={"loans": [{"loan_id": loan} for loan in loans]}
    )
    return ExecuteRequest(
        step=end,
        plan=Plan(steps=(read, end)),
        request="End all loans of M-12",
        results={"list": StepResult(step="list", status="done", outputs=(output,))},
        tools=TOOLS,
    )


def test_each_thing_has_a_call_of_its_own() -> None:
    built = build_call(for_each("L-100", "L-101"), END)
    assert [call.args for call in built.calls] == [{"loan_id": "L-100"}, {"loan_id": "L-101"}]
    assert {call.provenance["loan_id"].origin for call in built.calls} == {"tool"}


def test_none_is_said_and_too_many_are_asked_about() -> None:
    assert build_call(for_each(), END).reasons == ("there is nothing of that kind",)
    many = build_call(for_each(*(f"L-{number}" for number in range(100, 101 + MOST_CALLS))), END)
    assert not many.calls
    assert many.missing == ("loan_id",)


def test_a_value_that_does_not_fit_stops_them_all() -> None:
    built = build_call(for_each("L-100", "rm -rf"), END)
    assert not built.calls
    assert built.reasons


@pytest.mark.parametrize("text", ["Don't end L-100", "Please do not end loan L-100!", "Never end L-100"])
async def test_what_is_not_wanted_is_not_done(text: str) -> None:
    (said,) = (await plan(text)).steps
    assert said.kind == "clarify"
    assert not said.tool


@pytest.mark.parametrize(
    "text", ["Can I end loan L-100?", "Is it still possible to end L-100?", "Can loan L-100 still be ended?"]
)
async def test_whether_something_can_be_done_is_looked_up_and_offered(text: str) -> None:
    made = await plan(text)
    assert not made.of_kind("act")
    assert "L-100" not in made.of_kind("retrieve")[0].query
    (offer,) = made.of_kind("clarify")
    assert (offer.tool, offer.args, offer.missing) == ("end_loan", {"loan_id": "L-100"}, ())
    held = OpenQuestion(question="?", request=text, tool=offer.tool, args=offer.args)
    assert [step.tool for step in (await plan("yes please", held)).of_kind("act")] == ["end_loan"]


async def test_a_general_question_offers_nothing() -> None:
    assert not (await plan("Can I end a loan early?")).of_kind("clarify")


@pytest.mark.parametrize(
    ("question", "order"),
    [
        ("Can I end L-100?", "end L-100"),
        ("May the reader still end L-100?", "end L-100"),
        ("Am I allowed to end L-100?", "end L-100"),
        ("Can L-100 be ended today?", "ended L-100 today"),
        ("What is a loan?", ""),
        ("Can you end L-100?", ""),
    ],
)
def test_the_order_in_a_question(question: str, order: str) -> None:
    assert order_in(question) == order


def test_a_question_in_general_names_the_kind() -> None:
    assert in_general("Can I end the loan L-100 now?", slots_of(END)) == "Can I end a loan now?"
