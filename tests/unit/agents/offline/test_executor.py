from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from podium.agents.contracts import ExecuteRequest, StepResult, ToolOutput
from podium.agents.offline.executor import OfflineExecutor
from podium.core.effects import EffectClass
from podium.core.evidence import Evidence
from podium.core.plan import Plan, Step, StepReference
from podium.core.tool import ToolCall, ToolSpec


async def alike(query: str, texts: Sequence[str]) -> list[float]:
    """Shared words stand for meaning."""
    said = set(query.lower().split())
    return [len(said & set(text.lower().split())) / max(len(said), 1) for text in texts]


def passage(source: str, text: str, *, start: int = 100, date: str = "2026-01-01", by: str = "") -> Evidence:
    return Evidence(
        id=f"{source}-{start}",
        source=source,
        text=text,
        start=start,
        end=start + len(text),
        date=date,
        score=0.7,
        superseded_by=by,
    )


def asking(question: str, *evidence: Evidence) -> ExecuteRequest:
    find = Step(id="find", kind="retrieve", instruction=question, query=question)
    answer = Step(id="answer", kind="answer", instruction=question, depends_on=("find",))
    return ExecuteRequest(step=answer, plan=Plan(steps=(find, answer)), request=question, evidence=evidence)


async def test_the_sentence_that_answers_is_quoted_with_its_exact_place() -> None:
    text = "The library stands in a park. A book may be kept for 21 days. Coffee is served on Sunday."
    result = await OfflineExecutor(alike).execute(
        asking("How long may a book be kept?", passage("rules.md", text))
    )
    citation = result.statements[0].citations[0]
    assert citation.quote == "A book may be kept for 21 days."
    assert text[citation.start - 100 : citation.end - 100] == citation.quote
    assert result.status == "done"


async def test_what_is_in_force_goes_before_what_it_replaced() -> None:
    old = passage("old.md", "A book may be kept for 14 days.", date="2024-01-01", by="new.md")
    new = passage("new.md", "A book may be kept for 21 days.")
    result = await OfflineExecutor(alike).execute(asking("How long may a book be kept?", old, new))
    assert [statement.citations[0].source for statement in result.statements] == ["new.md"]


async def test_sources_in_force_that_disagree_are_both_quoted_the_newest_first() -> None:
    older = passage("leaflet.md", "A book may be kept for 14 days.", date="2025-01-01")
    newer = passage("rules.md", "A book may be kept for 21 days.", date="2026-01-01")
    result = await OfflineExecutor(alike).execute(asking("How long may a book be kept?", older, newer))
    assert [statement.citations[0].source for statement in result.statements] == ["rules.md", "leaflet.md"]
    assert "conflict" in result.reasons


async def test_nothing_is_said_without_evidence() -> None:
    result = await OfflineExecutor(alike).execute(asking("How long may a book be kept?"))
    assert result.status == "abstain"
    assert result.statements == ()


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=200), st.text(max_size=400))
async def test_every_quotation_stands_in_its_evidence(question: str, text: str) -> None:
    result = await OfflineExecutor(alike).execute(asking(question, passage("a.md", text)))
    for statement in result.statements:
        for citation in statement.citations:
            assert text[citation.start - 100 : citation.end - 100] == citation.quote


def spec(name: str, effect: EffectClass) -> ToolSpec:
    schema = {
        "type": "object",
        "properties": {"book_id": {"type": "string", "pattern": r"^B-\d{4}$", "description": "The book"}},
        "required": ["book_id"],
        "additionalProperties": False,
    }
    return ToolSpec(name=name, description="Do it.", args_schema=schema, effect=effect)


def acting(step: Step, *before: Step, request: str = "Renew B-1234", **more: object) -> ExecuteRequest:
    tools = (spec("renew", "reversible"), spec("show", "read"))
    return ExecuteRequest(
        step=step,
        plan=Plan(steps=(*before, step)),
        request=request,
        tools=tools,
        **more,
    )


async def test_a_call_that_changes_the_world_is_proposed_with_the_source_of_its_arguments() -> None:
    step = Step(id="s", kind="act", instruction="renew", tool="renew", args={"book_id": "B-1234"})
    result = await OfflineExecutor(alike).execute(acting(step))
    assert result.status == "done"
    assert result.calls[0].args == {"book_id": "B-1234"}
    assert result.calls[0].provenance["book_id"].trust == "trusted"


async def test_an_argument_the_user_never_said_is_not_trusted() -> None:
    step = Step(id="s", kind="act", instruction="renew", tool="renew", args={"book_id": "B-9999"})
    result = await OfflineExecutor(alike).execute(acting(step))
    assert result.calls[0].provenance["book_id"].trust == "untrusted"


async def test_a_reading_call_is_made_and_then_told() -> None:
    step = Step(id="s", kind="act", instruction="show", tool="show", args={"book_id": "B-1234"})
    first = await OfflineExecutor(alike).execute(acting(step))
    assert first.status == "continue"
    output = ToolOutput(call=first.calls[0], ok=True, result={"book_id": "B-1234", "due_on": "2026-05-01"})
    told = await OfflineExecutor(alike).execute(acting(step, outputs=(output,)))
    assert [statement.text for statement in told.statements] == ["Book B-1234: due on 2026-05-01"]
    assert told.statements[0].step == "s"


async def test_a_tool_that_refuses_is_a_failed_step_with_its_reason() -> None:
    step = Step(id="s", kind="act", instruction="show", tool="show", args={"book_id": "B-1234"})
    output = ToolOutput(call=ToolCall(tool="show"), ok=False, error="there is no such book")
    told = await OfflineExecutor(alike).execute(acting(step, outputs=(output,)))
    assert (told.status, told.reasons) == ("failed", ("there is no such book",))


async def test_a_value_is_taken_out_of_an_earlier_result() -> None:
    read = Step(id="r", kind="act", instruction="show", tool="show")
    output = ToolOutput(call=ToolCall(tool="list"), ok=True, result={"books": [{"book_id": "B-1234"}]})
    step = Step(
        id="s",
        kind="act",
        instruction="renew the book",
        tool="renew",
        references={"book_id": StepReference(step="r", path="book_id")},
        depends_on=("r",),
    )
    results = {"r": StepResult(step="r", status="done", outputs=(output,))}
    result = await OfflineExecutor(alike).execute(
        acting(step, read, request="renew her book", results=results)
    )
    assert result.calls[0].args == {"book_id": "B-1234"}
    assert result.calls[0].provenance["book_id"].origin == "tool"


async def test_one_of_several_results_is_asked_about() -> None:
    read = Step(id="r", kind="act", instruction="show", tool="show")
    found = {"books": [{"book_id": "B-1234"}, {"book_id": "B-5678"}]}
    output = ToolOutput(call=ToolCall(tool="list"), ok=True, result=found)
    reference = {"book_id": StepReference(step="r", path="book_id")}
    step = Step(id="s", kind="act", instruction="renew the book", tool="renew", references=reference)
    results = {"r": StepResult(step="r", status="done", outputs=(output,))}
    result = await OfflineExecutor(alike).execute(
        acting(step, read, request="renew her book", results=results)
    )
    assert result.status == "clarify"
    assert "B-1234, B-5678" in result.question


async def test_a_tool_that_is_not_open_is_never_called() -> None:
    step = Step(id="s", kind="act", instruction="burn", tool="burn", args={"book_id": "B-1234"})
    result = await OfflineExecutor(alike).execute(acting(step))
    assert (result.status, result.calls) == ("failed", ())
