"""Agents beside the four: what they may read, call and give back, and what is said of those that do not."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from langchain_core.messages import AIMessage
from langchain_core.runnables import RunnableLambda
from pydantic import BaseModel

from podium.agents.briefing import Advice, Briefing, Handover, Tools
from podium.agents.declared import agent
from podium.agents.foreign import adapt, team_of
from podium.core.errors import ActionError, AgentError, AgentUnavailable, ConfigError
from podium.core.evidence import Evidence
from podium.core.tool import ToolCall, ToolOutput, ToolSpec

TURN = Briefing(request="Where is parcel 7?", today="2026-01-02", turn_id="t1")


def tools(*allowed: str) -> Tools:
    async def read(call: ToolCall) -> ToolOutput:
        ok = call.args.get("day") != "never"
        return ToolOutput(call=call, ok=ok, result="open", error="" if ok else "no such day")

    spec = ToolSpec(name="hours", description="Hours.", args_schema={}, effect="read")
    return Tools("clerk", (spec,), allowed, "untrusted", read)


async def advice(target: Any, *allowed: str) -> Advice:
    (specialist,), _ = team_of([target])
    return await specialist.consult(TURN, tools(*allowed))


class Report(BaseModel):
    days: int
    city: str = "Bonn"


async def test_a_function_reads_what_its_parameters_name() -> None:
    async def clerk(request: str, today: str) -> str:
        return f"{request} {today}"

    assert (await advice(clerk)).text == "Where is parcel 7? 2026-01-02"


async def test_a_synchronous_function_and_an_object_are_agents_as_well() -> None:
    class Clerk:
        def __call__(self, request: str) -> str:
            return request.upper()

    assert (await advice(Clerk)).text == "WHERE IS PARCEL 7?"
    assert (await advice(adapt(lambda request: request[:5], name="clerk"))).text == "Where"


async def test_a_typed_result_becomes_lines() -> None:
    def clerk(request: str) -> Report:
        return Report(days=3)

    assert (await advice(clerk)).text == "days: 3\ncity: Bonn"


async def test_evidence_and_nothing_are_results() -> None:
    found = Evidence(id="e", source="s", text="x")
    assert (await advice(adapt(lambda request: [found], name="clerk"))).evidence == (found,)
    assert await advice(adapt(lambda request: None, name="clerk")) == Advice()


async def test_a_result_that_breaks_the_contract_names_agent_and_field() -> None:
    def clerk(request: str) -> Report:
        return {"days": "many"}  # type: ignore[return-value] # the mistake

    with pytest.raises(AgentError, match=r"agent 'clerk' \(.*_specialist.py:\d+\) .*: days: Input"):
        await advice(clerk)


async def test_an_input_that_does_not_fit_names_the_field() -> None:
    def clerk(request: int) -> str:
        return ""

    with pytest.raises(AgentError, match="breaks its contract: request: Input should be a valid integer"):
        await advice(clerk)


async def test_a_handover_goes_only_to_whom_the_contract_names() -> None:
    @agent(name="clerk", hands_to=["clerk"])
    def good(request: str) -> Handover:
        return Handover("clerk", "again")

    def bad(request: str) -> Handover:
        return Handover("boss")

    assert (await advice(good)).hand_over == Handover("clerk", "again")
    with pytest.raises(AgentError, match=r"'bad'.* to: it may not hand over to 'boss'"):
        await advice(bad)


async def test_a_failure_is_told_in_one_line_and_does_not_break_the_contract() -> None:
    def clerk(request: str) -> str:
        raise RuntimeError("down\nand out")

    with pytest.raises(AgentUnavailable, match=r"failed: RuntimeError: down and out$"):
        await advice(clerk)


async def test_one_that_is_too_slow_is_left() -> None:
    @agent(timeout=0.01)
    async def clerk(request: str) -> str:
        await asyncio.Event().wait()
        return ""

    with pytest.raises(AgentUnavailable, match=r"'clerk' did not answer within 0\.01 s"):
        await advice(clerk)


async def test_tools_open_what_the_contract_names_and_nothing_else() -> None:
    opened = tools("hours", "gone")
    assert await opened.read("hours", day="Monday") == "open"
    opened.propose("hours", day="Monday")
    (proposed,) = opened.proposed
    assert (proposed.provenance["day"].source, proposed.provenance["day"].trust) == ("clerk", "untrusted")
    with pytest.raises(AgentError, match="may not call 'refund'"):
        opened.propose("refund")
    with pytest.raises(AgentError, match="'gone', which is not open here"):
        await opened.read("gone")
    with pytest.raises(ActionError, match="no such day"):
        await opened.read("hours", day="never")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"name": "two words"}, "'two words' is no name"),
        ({"timeout": 0.0}, "its timeout is 0.0"),
        ({"role": "cook"}, "there is no role 'cook'"),
    ],
)
def test_a_declaration_that_cannot_hold_is_refused(options: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        agent(**{"name": "clerk", **options})(lambda request: None)


def test_a_parameter_that_a_turn_does_not_hold_is_named() -> None:
    def clerk(weather: str) -> str:
        return weather

    with pytest.raises(ConfigError, match=r"test_specialist.py:\d+: agent 'clerk' reads 'weather'"):
        team_of([clerk])


def test_two_of_one_name_are_refused_with_both_places() -> None:
    def clerk(request: str) -> str:
        return request

    other = adapt(RunnableLambda(str), name="clerk")
    with pytest.raises(ConfigError, match=r"py:\d+: the agent 'clerk' is declared at .*py:\d+ already"):
        team_of([clerk, other])


def test_a_handover_to_nobody_is_refused() -> None:
    with pytest.raises(ConfigError, match="hands over to 'boss', which is not there"):
        team_of([agent(name="clerk", hands_to=["boss"])(lambda request: "")])


def test_what_cannot_be_asked_is_no_agent() -> None:
    with pytest.raises(ConfigError, match="a int is no agent"):
        team_of([3])  # type: ignore[list-item] # the mistake


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ("words", "words"),
        (AIMessage("said"), "said"),
        ({"messages": [AIMessage("last")]}, "last"),
        ({"messages": [AIMessage("x")], "structured_response": Report(days=2)}, "days: 2\ncity: Bonn"),
        ({"output": "out"}, "out"),
        ({"outcome": {"status": "completed", "answer": "Yes. [1]"}}, "Yes."),
        ({"outcome": {"status": "abstained", "answer": "I will not guess."}}, ""),
    ],
)
async def test_what_a_runnable_says_is_found_in_its_output(given: Any, text: str) -> None:
    assert (await advice(adapt(RunnableLambda(lambda _: given), name="foreign"))).text == text


async def test_output_that_says_nothing_known_asks_for_a_mapping() -> None:
    runnable: Any = RunnableLambda(lambda _: {"score": 1})
    with pytest.raises(AgentError, match="gave back score: which of it is what it says"):
        await advice(adapt(runnable, name="foreign"))
    mapped = adapt(runnable, name="foreign", output=lambda result: f"{result['score']} point")
    assert (await advice(mapped)).text == "1 point"


async def test_a_function_is_given_what_the_mapping_makes() -> None:
    stock = adapt(lambda row: row["item"], name="stock", input=lambda turn: {"item": turn.today})
    assert (await advice(stock)).text == "2026-01-02"
