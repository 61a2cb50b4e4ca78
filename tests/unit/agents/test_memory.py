"""Conversations folded into a budget."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from podium.agents.contracts import HistoryTurn
from podium.agents.memory import fold_history
from podium.agents.tokens import MESSAGE_TOKENS, count_tokens


def size(turns: tuple[HistoryTurn, ...]) -> int:
    return sum(count_tokens(turn.text) + MESSAGE_TOKENS for turn in turns)


TURNS = st.lists(
    st.builds(HistoryTurn, speaker=st.sampled_from(["user", "assistant"]), text=st.text(max_size=200)),
    max_size=40,
)


@given(turns=TURNS, tokens=st.integers(min_value=0, max_value=2_000))
def test_the_budget_is_never_exceeded(turns: list[HistoryTurn], tokens: int) -> None:
    assert size(fold_history(turns, tokens)) <= tokens


def test_a_conversation_that_fits_is_unchanged() -> None:
    turns = (HistoryTurn(speaker="user", text="Hello"),)
    assert fold_history(turns, 100) == turns


def test_the_newest_turns_stay_and_identifiers_of_older_ones_are_remembered() -> None:
    turns = [HistoryTurn(speaker="user", text="It is about A-1005. The weather is fine.")]
    turns += [HistoryTurn(speaker="assistant", text="Let us talk about the weather again. " * 3)] * 499
    turns.append(HistoryTurn(speaker="user", text="And now?"))
    folded = fold_history(turns, 2_000)
    assert folded[0].speaker == "summary"
    assert "user: It is about A-1005." in folded[0].text
    assert folded[-1].text == "And now?"
    assert "weather is fine" not in folded[0].text
