"""Slips of the pen."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podium.agents.contracts import PlanRequest
from podium.agents.offline.planner import OfflinePlanner
from podium.agents.offline.spelling import corrected, one_slip
from podium.core.tool import ToolSpec

LETTERS = st.text("abcdefgh", min_size=5, max_size=12)


@pytest.mark.parametrize("word", ["cancle", "cancl", "canccel", "camcel"])
def test_one_slip_is_seen(word: str) -> None:
    assert corrected(word, ["cancel", "refund"]) == "cancel"


@pytest.mark.parametrize("word", ["cancels", "cancelled", "cannot", "cnacle", "cancel", "fund"])
def test_other_words_stay_other_words(word: str) -> None:
    assert corrected(word, ["cancel", "refund"]) == ""


def test_a_word_near_two_words_stands_for_neither() -> None:
    assert corrected("renem", ["renew", "venem", "reneg"]) == ""


@given(LETTERS, st.data())
def test_any_letter_left_out_or_changed_places_is_one_slip(word: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(word) - 2))
    swapped = word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    shorter = word[:place] + word[place + 1 :]
    assert swapped == word or one_slip(swapped, word)
    assert one_slip(shorter, word)
    assert one_slip(word, shorter)


@given(LETTERS, LETTERS)
def test_it_is_the_same_both_ways(one: str, other: str) -> None:
    assert one_slip(one, other) == one_slip(other, one)


async def test_a_misspelt_order_is_an_order() -> None:
    close = ToolSpec.model_validate(
        {
            "name": "cancel_tour",
            "description": "Cancel a tour.",
            "effect": "compensable",
            "args_schema": {
                "type": "object",
                "properties": {"tour_id": {"type": "string", "pattern": r"^T-\d{2}$"}},
                "required": ["tour_id"],
            },
        }
    )
    made = (await OfflinePlanner().plan(PlanRequest(request="cancle tour T-10 pls", tools=(close,)))).plan
    assert [(step.tool, step.args) for step in made.of_kind("act")] == [("cancel_tour", {"tour_id": "T-10"})]
