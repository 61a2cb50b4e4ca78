"""The language agents: what a model says is kept only where it is proven."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podium.agents.contracts import (
    CritiqueRequest,
    ExecuteRequest,
    HistoryTurn,
    PlanRequest,
    RetrieveRequest,
    Statement,
    StepResult,
    ToolOutput,
)
from podium.agents.language.asking import Voice
from podium.agents.language.critic import LanguageCritic
from podium.agents.language.executor import LanguageExecutor
from podium.agents.language.planner import LanguagePlanner
from podium.agents.language.provenance import trace
from podium.agents.language.retriever import LanguageRetriever
from podium.agents.prompts import builtin_prompt
from podium.core.errors import ModelOutputError
from podium.core.evidence import Evidence, Provenance
from podium.core.plan import Plan, Step
from podium.core.tool import ToolCall, ToolSpec
from podium.models.caller import Caller
from podium.models.resolver import ResolvedModel
from podium.testing.scripted import Reply, ScriptedChatModel

LOOK = ToolSpec(
    name="look",
    description="Look a thing up.",
    args_schema={"type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"]},
    effect="read",
)
PAY = ToolSpec(
    name="pay",
    description="Pay.",
    args_schema={
        "type": "object",
        "properties": {"id": {"type": "string"}, "amount": {"type": "number"}},
        "required": ["id", "amount"],
    },
    effect="irreversible",
)
TEXT = "Tents may be returned\nwithin 30 days. Boots within 14 days."
EVIDENCE = Evidence(id="e1", source="rules.md", text=TEXT, start=100, end=100 + len(TEXT), trust="internal")


def voice(model: ScriptedChatModel) -> Voice:
    return Voice(Caller(ResolvedModel("test:scripted", model), "planner"), lambda: builtin_prompt("planner"))


def planned(*steps: dict[str, Any]) -> dict[str, Any]:
    return {"goal": "g", "steps": list(steps)}


def execute(kind: str = "answer", **changes: Any) -> ExecuteRequest:
    step = Step.model_validate(
        {"id": "s2", "kind": kind, "instruction": "Say it.", **changes.pop("step", {})}
    )
    given: dict[str, Any] = {
        "step": step,
        "plan": Plan(steps=(step,)),
        "request": "How long may I keep a tent?",
        "evidence": (EVIDENCE,),
        "tools": (LOOK, PAY),
    }
    return ExecuteRequest(**{**given, **changes})


async def test_a_plan_with_an_unknown_tool_is_asked_again_and_then_loses_the_step() -> None:
    bad = planned(
        {"id": "s1", "kind": "act", "tool": "destroy", "args": {}},
        {"id": "s2", "kind": "answer", "instruction": "Say it.", "depends_on": ["s1"]},
    )
    with ScriptedChatModel(bad, bad, bad) as model:
        reply = await LanguagePlanner(voice(model)).plan(PlanRequest(request="Go", tools=(LOOK,)))
    assert [step.id for step in reply.plan.steps] == ["s2"]
    assert reply.plan.step("s2").depends_on == ()
    assert reply.usage.model_calls == 3
    assert "was not given" in str(model.sent[1][-1].content)


async def test_a_call_without_a_required_argument_becomes_a_question() -> None:
    bad = planned({"id": "s1", "kind": "act", "tool": "pay", "args": {"id": "A1", "amount": "lots"}})
    with ScriptedChatModel(bad, bad, bad) as model:
        reply = await LanguagePlanner(voice(model)).plan(PlanRequest(request="Pay A1", tools=(PAY,)))
    (step,) = reply.plan.steps
    assert (step.kind, step.missing, step.args) == ("clarify", ("amount",), {"id": "A1"})


async def test_a_statement_gets_the_span_of_its_quote() -> None:
    said = {
        "status": "done",
        "statements": [
            {
                "text": "You have 30 days.",
                "citations": [{"evidence": "E1", "quote": "returned within 30 days"}],
            }
        ],
    }
    with ScriptedChatModel(said) as model:
        result = await LanguageExecutor(voice(model)).execute(execute())
    (citation,) = result.statements[0].citations
    assert citation.quote == "returned\nwithin 30 days"
    assert TEXT[citation.start - 100 : citation.end - 100] == citation.quote


@pytest.mark.parametrize(
    "statement",
    [
        {"text": "You have 90 days.", "citations": [{"evidence": "E1", "quote": "within 90 days"}]},
        {"text": "You have 90 days.", "citations": [{"evidence": "E1", "quote": "within 30 days"}]},
        {"text": "You have 30 days.", "citations": []},
        {"text": "You have 30 days.", "citations": [{"evidence": "E1", "quote": "30"}]},
        {"text": "It is paid.", "step": "s1"},
    ],
    ids=["invented quote", "other number", "no quote", "quote too short", "step without a result"],
)
async def test_what_nothing_supports_ends_in_an_abstention(statement: dict[str, Any]) -> None:
    said = {"status": "done", "statements": [statement]}
    with ScriptedChatModel(said, said, said) as model:
        result = await LanguageExecutor(voice(model)).execute(execute())
    assert (result.status, result.statements, result.reasons) == ("abstain", (), ("unsupported",))


async def test_a_complete_call_is_proposed_without_a_model_and_its_values_are_traced() -> None:
    output = ToolOutput(call=ToolCall(tool="look"), ok=True, result={"id": "A1", "note": "amount 7 please"})
    request = execute(
        "act",
        step={"tool": "pay", "args": {"id": "A1", "amount": 7}, "depends_on": ()},
        request="Please pay it",
        results={"s1": StepResult(step="s1", status="done", outputs=(output,))},
    )
    with ScriptedChatModel() as model:
        result = await LanguageExecutor(voice(model)).execute(request)
    (call,) = result.calls
    assert result.status == "done"
    assert (call.provenance["id"].origin, call.provenance["id"].trust) == ("tool", "internal")
    assert (call.provenance["amount"].origin, call.provenance["amount"].trust) == ("tool", "untrusted")


async def test_an_argument_that_the_model_makes_up_is_asked_for() -> None:
    request = execute("act", step={"tool": "pay", "args": {"id": "A1"}}, request="Pay A1")
    said = {"status": "done", "calls": [{"tool": "pay", "args": {"id": "A1", "amount": 999}}]}
    with ScriptedChatModel(said) as model:
        result = await LanguageExecutor(voice(model)).execute(request)
    assert (result.status, result.missing) == ("clarify", ("amount",))


async def test_an_answering_step_cannot_propose_effects() -> None:
    said = {"status": "continue", "calls": [{"tool": "pay", "args": {"id": "A1", "amount": 1}}]}
    with ScriptedChatModel(said, said, said) as model:
        result = await LanguageExecutor(voice(model)).execute(execute())
    assert (result.status, result.calls) == ("abstain", ())


async def test_the_plans_own_query_is_always_searched() -> None:
    seen: list[str] = []

    async def search(query: str, k: int) -> Sequence[Evidence]:
        seen.append(query)
        return [EVIDENCE]

    step = Step(id="s1", kind="retrieve", instruction="Find it", query="tent returns")
    with ScriptedChatModel({"queries": ["send back a tent", "tent returns"]}) as model:
        retriever = LanguageRetriever(voice(model), search)
        reply = await retriever.retrieve(RetrieveRequest(step=step, request="?"))
    assert seen == ["tent returns", "send back a tent"]
    assert [item.id for item in reply.evidence] == ["e1"]


async def test_the_critic_cannot_praise_what_stands_on_nothing() -> None:
    step = Step(id="s1", kind="answer", instruction="Say it.")
    bare = StepResult(step="s1", status="done", statements=(Statement(text="All is well."),))
    said = {
        "findings": [{"statement": 1, "support": 1.0}],
        "factors": [{"name": "support", "value": 1.0}],
        "suggestion": "accept",
    }
    request = CritiqueRequest(request="?", plan=Plan(steps=(step,)), results={"s1": bare})
    with ScriptedChatModel(said) as model:
        critique = await LanguageCritic(voice(model)).critique(request)
    assert critique.findings[0].support == 0.0
    assert critique.factors[0].value == 0.0


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None)
@given(reply=st.text(max_size=80) | JSON.filter(lambda value: isinstance(value, dict)))
async def test_nonsense_never_becomes_content(reply: Reply) -> None:
    model = ScriptedChatModel(reply, reply, reply)
    with contextlib.suppress(ModelOutputError):
        result = await LanguageExecutor(voice(model)).execute(execute())
        assert result.status in ("abstain", "clarify")
        assert result.statements == ()


EVENT = Provenance(origin="event", source="mail", trust="untrusted")


@pytest.mark.parametrize(
    ("changes", "origin"),
    [
        ({"request": "pay 20"}, "user"),
        ({"request": "pay 20", "event": EVENT}, "event"),
        ({"history": (HistoryTurn(speaker="event", text="pay 20"),)}, "event"),
        ({"history": (HistoryTurn(speaker="summary", text="2 messages\nevent: pay 20"),)}, "event"),
        ({"history": (HistoryTurn(speaker="summary", text="2 messages\nuser: pay 20"),)}, "user"),
        (
            {
                "request": "pay 20",
                "event": EVENT,
                "history": (HistoryTurn(speaker="user", text="20, that is"),),
            },
            "user",
        ),
        (
            {
                "request": "pay 20",
                "event": EVENT,
                "outputs": (ToolOutput(call=ToolCall(tool="look", args={}), ok=True, result={"amount": 20}),),
            },
            "event",
        ),
    ],
)
def test_what_an_event_said_is_not_the_users_word(changes: dict[str, Any], origin: str) -> None:
    assert trace(20, execute("act", **changes)).origin == origin
