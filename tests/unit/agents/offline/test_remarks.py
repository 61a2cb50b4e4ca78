"""Greetings, thanks, and questions who answers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podium.agents.contracts import OpenQuestion, PlanRequest
from podium.agents.offline.matching import know
from podium.agents.offline.planner import OfflinePlanner
from podium.agents.offline.remarks import MOST_TOPICS, asks_about_me, introduction, smalltalk_reply
from podium.agents.offline.text import Lexicon
from podium.core.tool import ToolSpec

BELL = ToolSpec(name="ring_bell", description="Ring the bell.", effect="reversible", args_schema={})


async def said(text: str, **more: object) -> str:
    planner = OfflinePlanner(titles=lambda: ["Bells of the town"])
    request = PlanRequest.model_validate({"request": text, "tools": (BELL,), **more})
    (step,) = (await planner.plan(request)).plan.steps
    assert step.kind == "clarify"
    return step.instruction


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("Hello!", "Hello."),
        ("hi there", "Hello."),
        ("Thanks a lot!", "You are welcome."),
        ("ok, thank you very much", "You are welcome."),
        ("Great, thanks. Bye!", "Goodbye."),
        ("sorry", "No harm done."),
        ("ok", "All right."),
        ("never mind", "All right, I leave it"),
        ("How are you?", "I am a program"),
    ],
)
async def test_each_is_answered_in_its_kind(text: str, reply: str) -> None:
    assert (await said(text)).startswith(reply)


@pytest.mark.parametrize(
    "text",
    [
        "thanks, and what does it cost?",
        "hello, ring the bell",
        "sorry, where is the bell?",
        "good bells",
        "bye-laws",
    ],
)
def test_what_asks_for_more_is_no_small_talk(text: str) -> None:
    assert smalltalk_reply(text) == ""


@pytest.mark.parametrize(
    "text",
    [
        "Who are you?",
        "what can you do",
        "help",
        "Help me please!",
        "Are you a robot?",
        "what can I ask you?",
        "?",
    ],
)
async def test_who_asks_what_there_is_hears_of_tools_and_documents(text: str) -> None:
    told = await said(text)
    assert "ring the bell" in told
    assert "Bells of the town" in told


@pytest.mark.parametrize(
    "text", ["help me ring the bell", "who are you going to call?", "what can you do about B-1?"]
)
def test_what_asks_for_something_is_no_question_about_the_assistant(text: str) -> None:
    assert not asks_about_me(text)


def test_many_documents_are_counted_and_none_are_admitted() -> None:
    tools = [know(BELL, Lexicon())]
    assert "and 3 more" in introduction(tools, [f"Title {number}" for number in range(MOST_TOPICS + 3)])
    assert "no documents and no tools" in introduction([], [])


async def test_a_yes_belongs_to_the_question_that_is_open() -> None:
    held = OpenQuestion(question="Shall I?", request="Ring …", tool="ring_bell")
    made = (await OfflinePlanner().plan(PlanRequest(request="ok", tools=(BELL,), open_question=held))).plan
    assert [step.tool for step in made.of_kind("act")] == ["ring_bell"]
    assert (await said("no", open_question=held)).startswith("All right, I leave it")


async def test_thanks_are_no_value_of_what_was_asked_for() -> None:
    held = OpenQuestion(question="Which text?", request="Ring …", tool="ring_bell", missing=("text",))
    assert (await said("thanks", open_question=held)).startswith("You are welcome")


@given(st.text(max_size=200))
def test_any_text_is_looked_at_in_no_time(text: str) -> None:
    assert isinstance(smalltalk_reply(text), str)
    assert isinstance(asks_about_me(text), bool)
