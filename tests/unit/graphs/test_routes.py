"""The edges that depend on what happened."""

from __future__ import annotations

from typing import Any

import pytest
from langchain_core.messages import AIMessage, HumanMessage
from langgraph.types import Send

from podium.core.plan import Plan, Step
from podium.graphs import routes
from podium.graphs.nodes.execute import ready_steps
from podium.graphs.nodes.plan import within
from podium.graphs.state import PodiumState


def retrieval(name: str) -> Step:
    return Step(id=name, kind="retrieve", instruction=name, query=name)


def act(name: str, *needs: str, tool: str = "t") -> Step:
    return Step(id=name, kind="act", instruction=name, tool=tool, depends_on=needs)


def answer(*needs: str) -> Step:
    return Step(id="answer", kind="answer", instruction="answer", depends_on=needs)


def state(*steps: Step, **values: Any) -> PodiumState:
    plan = Plan(steps=steps).model_dump(mode="json") if steps else {}
    held: dict[str, Any] = {"plan": plan, "turn": {"id": "m1"}, "messages": [HumanMessage("q", id="m1")]}
    return PodiumState(**{**held, **values})  # type: ignore[typeddict-item]


def test_a_refused_request_is_answered_at_once() -> None:
    assert routes.after_admit(state(verdicts=[{"outcome": "fix"}, {"outcome": "refuse"}])) == "respond"
    assert routes.after_admit(state(verdicts=[{"outcome": "fix"}])) == "plan"


def test_one_retrieval_is_an_ordinary_step() -> None:
    assert routes.after_plan(state(retrieval("r"), answer("r"))) == "retrieve"


def test_several_retrievals_are_sent_side_by_side_with_no_more_than_they_need() -> None:
    said = [HumanMessage("before", id="m0"), AIMessage("so", id="a0"), HumanMessage("q", id="m1")]
    sent = routes.after_plan(state(retrieval("r1"), retrieval("r2"), answer("r1", "r2"), messages=said))
    assert isinstance(sent, list)
    assert [(send.node, send.arg["step_id"]) for send in sent if isinstance(send, Send)] == [
        ("retrieve", "r1"),
        ("retrieve", "r2"),
    ]
    assert [turn["text"] for turn in sent[0].arg["history"]] == ["before", "so"]
    assert "messages" not in sent[0].arg


def test_a_plan_without_retrieval_starts_with_the_executor() -> None:
    assert routes.after_plan(state(act("a"))) == "execute"


def test_waves_go_on_until_every_step_is_done() -> None:
    steps = (retrieval("r"), act("a"), act("b", "a"), answer("r", "b"))
    plan = Plan(steps=steps)
    assert [step.id for step in ready_steps(plan, set())] == ["a"]
    assert [step.id for step in ready_steps(plan, {"a"})] == ["b"]
    assert [step.id for step in ready_steps(plan, {"a", "b"})] == ["answer"]
    assert routes.after_execute(state(*steps, results={"a": {}})) == "execute"
    assert routes.after_execute(state(*steps, results={"a": {}, "b": {}, "answer": {}})) == "critique"


@pytest.mark.parametrize(
    ("route", "node"),
    [
        ("answer", "respond"),
        ("act", "commit"),
        ("gather", "retrieve"),
        ("replan", "plan"),
        ("clarify", "respond"),
        ("escalate", "human"),
        ("abstain", "respond"),
        ("refuse", "respond"),
        ("stop", "respond"),
    ],
)
def test_every_decision_leads_somewhere(route: str, node: str) -> None:
    assert routes.after_critique(state(retrieval("r"), answer("r"), decision={"route": route})) == node


def test_gathering_without_a_retrieval_makes_a_new_plan() -> None:
    assert routes.after_critique(state(act("a"), decision={"route": "gather"})) == "plan"


@pytest.mark.parametrize("route", [routes.after_plan, routes.after_execute, routes.after_critique])
def test_a_spent_budget_ends_the_turn(route: Any) -> None:
    assert route(state(act("a"), stopped="tokens", decision={"route": "act"})) == "respond"


@pytest.mark.parametrize(
    ("review", "node"),
    [
        ({"kind": "approve", "approved": ["d"], "rejected": [], "message": ""}, "commit"),
        ({"kind": "reject", "approved": [], "rejected": ["d"], "message": "no"}, "respond"),
        ({"kind": "respond", "approved": [], "rejected": ["d"], "message": "the other order"}, "plan"),
        ({"kind": "respond", "approved": [], "rejected": [], "message": "Say yes."}, "respond"),
    ],
)
def test_what_a_person_says_leads_on(review: dict[str, Any], node: str) -> None:
    assert routes.after_human(state(review=review)) == node


def test_a_step_for_a_tool_that_nobody_opened_becomes_a_question() -> None:
    plan = within(Plan(steps=(act("a", tool="launch"), act("b", "a", tool="look"))), {"look"})
    assert [step.kind for step in plan.steps] == ["clarify", "act"]
    assert plan.steps[1].depends_on == ("a",)


def test_at_most_goes_on_after_the_last_run() -> None:
    route = routes.at_most(2, "cook", lambda state: "plan", otherwise="execute")
    counted: Any = [route({"rounds": {"cook": runs}}) for runs in (1.0, 2.0)]
    assert counted == ["plan", "execute"]
    assert route({"stopped": "steps"}) == "execute"


def test_redirect_moves_names_and_sends_and_says_each_once() -> None:
    sends = [Send("retrieve", {}), Send("retrieve", {})]
    assert routes.redirect(lambda state: sends, retrieve="execute")({}) == ["execute"]
    assert routes.redirect(lambda state: "a", a=lambda state: ["b", "c"])({}) == ["b", "c"]
    moved = routes.redirect(routes.after_critique, retrieve="execute")
    assert routes.bound_of(moved) == routes.bound_of(routes.after_critique)


def test_handovers_end() -> None:
    route = routes.after_agent("a")
    one = {"from": "a", "to": "b", "message": ""}
    assert route({"handovers": [one]}) == "b"
    assert route({"handovers": [{**one, "from": "b"}]}) == "execute"
    assert route({"handovers": [one] * (routes.MAX_HANDOVERS + 1)}) == "execute"
