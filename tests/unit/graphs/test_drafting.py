"""One answer from the results of several steps."""

from __future__ import annotations

from podium.agents.contracts import Statement, StepResult
from podium.core.evidence import Citation
from podium.core.plan import Plan, Step
from podium.graphs.drafting import draft_of

A = Citation(source="a.md", start=0, end=5, quote="Alpha")
B = Citation(source="b.md", start=3, end=7, quote="Beta")


def plan(*names: str) -> Plan:
    return Plan(steps=tuple(Step(id=name, kind="answer", instruction=name) for name in names))


def result(step: str, *statements: Statement) -> StepResult:
    return StepResult(step=step, status="done", statements=statements)


def test_citations_are_numbered_in_the_order_in_which_they_are_used() -> None:
    results = {
        "two": result("two", Statement(text="Beta.", citations=(B, A))),
        "one": result("one", Statement(text="Alpha.", citations=(A,))),
    }
    draft = draft_of(plan("one", "two"), results)
    assert draft.text == "Alpha. [1]\nBeta. [2] [1]"
    assert draft.citations == (A, B)


def test_what_two_steps_say_is_said_once() -> None:
    same = Statement(text="Alpha.", citations=(A,))
    draft = draft_of(plan("one", "two"), {"one": result("one", same), "two": result("two", same)})
    assert draft.text == "Alpha. [1]"


def test_a_step_without_result_says_nothing() -> None:
    assert draft_of(plan("one"), {}).text == ""
