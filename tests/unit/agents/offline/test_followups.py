"""Requests that lean on what was said before."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podium.agents.contracts import HistoryTurn, PlanRequest
from podium.agents.offline.followups import FollowUps, Understood
from podium.agents.offline.matching import know, verbs_of
from podium.agents.offline.planner import OfflinePlanner
from podium.agents.offline.text import Lexicon
from podium.core.plan import Plan
from podium.core.tool import ToolSpec

ROOM = {"type": "string", "pattern": r"^R-\d{2}$", "description": "The room, like R-10"}


def tool(name: str, description: str, effect: str) -> ToolSpec:
    return ToolSpec.model_validate(
        {
            "name": name,
            "description": description,
            "effect": effect,
            "args_schema": {"type": "object", "properties": {"room_id": ROOM}, "required": ["room_id"]},
        }
    )


TOOLS = (
    tool("show_room", "Show a room: beds and guests.\n\nAlso: where is the room.", "read"),
    tool("close_room", "Close a room for guests.", "reversible"),
)


def said(*texts: str) -> tuple[HistoryTurn, ...]:
    return tuple(
        turn
        for text in texts
        for turn in (
            HistoryTurn(speaker="user", text=text),
            HistoryTurn(speaker="assistant", text="As it is written."),
        )
    )


async def understood(text: str, *before: str) -> Understood:
    lexicon = Lexicon()
    tools = [know(spec, lexicon) for spec in TOOLS]
    return await FollowUps(None, lexicon).understand(text, said(*before), tools, verbs_of(TOOLS))


async def plan(text: str, *before: str) -> Plan:
    return (await OfflinePlanner().plan(PlanRequest(request=text, tools=TOOLS, history=said(*before)))).plan


@pytest.mark.parametrize("text", ["and for dogs?", "What about dogs?", "and dogs?", "how about dogs"])
async def test_a_thing_stands_in_the_place_of_the_last_one(text: str) -> None:
    assert (await understood(text, "What is the fee for cats?")).text == "What is the fee for dogs?"


async def test_follow_ups_follow_follow_ups() -> None:
    read = await understood("and if it is ill?", "What is the fee for cats?", "thanks", "and for dogs?")
    assert read.text == "What is the fee for dogs if it is ill?"


async def test_a_place_that_was_not_named_is_added() -> None:
    read = await understood("and from the station?", "How long is the walk?")
    assert read.text == "How long is the walk from the station?"


async def test_what_is_most_like_it_is_replaced() -> None:
    async def near(query: str, texts: Sequence[str], /) -> list[float]:
        return [float(text == "breakfast") for text in texts]

    read = await FollowUps(near, Lexicon()).understand(
        "and dinner?", said("Is breakfast in the price?"), [], frozenset()
    )
    assert read.text == "Is dinner in the price?"


async def test_a_pronoun_of_a_question_stands_for_the_thing_that_was_named() -> None:
    assert (await understood("Where is it?", "Show R-10")).text == "Where is room R-10?"
    made = await plan("Where is it?", "Show R-10")
    assert [(step.tool, step.args) for step in made.of_kind("act")] == [("show_room", {"room_id": "R-10"})]


async def test_a_pronoun_for_a_subject_takes_it_along_to_the_search() -> None:
    read = await understood("Does it include breakfast?", "How much is the family ticket?")
    assert read.about == "the family ticket"
    made = await plan("Does it include breakfast?", "How much is the family ticket?")
    assert made.of_kind("retrieve")[0].query == "the family ticket: Does it include breakfast?"


async def test_another_thing_of_the_kind_is_read_too() -> None:
    made = await plan("and R-11?", "Show R-10")
    assert [(step.tool, step.args) for step in made.of_kind("act")] == [("show_room", {"room_id": "R-11"})]


async def test_only_asking_about_another_thing_changes_nothing() -> None:
    made = await plan("What about R-11?", "Close R-10")
    assert not made.of_kind("act")
    (asked,) = made.of_kind("clarify")
    assert (asked.tool, asked.args) == ("close_room", {"room_id": "R-11"})


@pytest.mark.parametrize(
    "text",
    [
        "How long is the walk from the station to the lake?",
        "Is it possible to pay by card?",
        "and close R-10",
        "If my train is late, can I still come?",
    ],
)
async def test_what_says_itself_what_it_is_about_stays_as_it_is(text: str) -> None:
    read = await understood(text, "Show R-77")
    assert read == Understood(text)


async def test_nothing_was_said_before() -> None:
    assert await understood("and for dogs?") == Understood("and for dogs?")


async def test_words_of_the_assistant_are_not_taken_for_the_users_subject() -> None:
    history = (HistoryTurn(speaker="assistant", text="What is the fee for cats?"),)
    read = await FollowUps(None, Lexicon()).understand("and for dogs?", history, [], frozenset())
    assert read.text == "and for dogs?"


@settings(max_examples=80, deadline=None)
@given(
    st.sampled_from(["and ", "what about ", "", "and if ", "is it "]).flatmap(
        lambda lead: st.text(max_size=60).map(lambda text: lead + text)
    ),
    st.lists(st.text(max_size=60), max_size=3),
)
async def test_any_words_after_any_words_are_understood_somehow(text: str, before: list[str]) -> None:
    read = await understood(text, *before)
    assert isinstance(read.text, str)
    assert bool(read.text.strip()) == bool(text.strip())
