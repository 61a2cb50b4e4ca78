"""Conversations folded into a budget."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from podium.agents.contracts import HistoryTurn
from podium.agents.memory import SUMMARY_SHARE, Memory, fold_history, remember
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


def test_older_turns_go_into_the_memory_once_and_what_they_said_stays() -> None:
    memory, turns, looked_at = Memory(), list[tuple[str, HistoryTurn]](), 0
    for number in range(500):
        turns.append((f"m{number}", HistoryTurn(speaker="user", text=f"My number is {number}. " + "x" * 80)))
        renewed = remember(memory, turns, 400)
        if renewed is not memory:
            looked_at += renewed.messages - memory.messages
            turns = turns[[name for name, _ in turns].index(renewed.through) + 1 :]
            memory = renewed
    assert looked_at == memory.messages == 500 - len(turns)
    assert f"user: My number is {memory.messages - 1}." in memory.facts
    assert "My number is 499" in turns[-1][1].text


@given(st.lists(st.text(max_size=400), max_size=60), st.integers(200, 2_000))
def test_memory_and_new_turns_never_outgrow_the_budget(texts: list[str], tokens: int) -> None:
    memory, turns = Memory(), list[tuple[str, HistoryTurn]]()
    for number, text in enumerate(texts):
        turns.append((str(number), HistoryTurn(speaker="assistant", text=text)))
        memory = remember(memory, turns, tokens)
        names = [name for name, _ in turns]
        turns = turns[names.index(memory.through) + 1 :] if memory.through in names else turns
        if memory.messages:
            assert count_tokens(memory.turn().text) <= tokens * SUMMARY_SHARE


def test_a_folded_summary_still_tells_how_many_messages_it_stands_for() -> None:
    memory = Memory(through="m9", messages=10, facts=("user: My name is Ida.",))
    later = [HistoryTurn(speaker="user", text="word " * 200) for _ in range(4)]
    folded = fold_history([memory.turn(), *later], 300)
    assert folded[0].text.startswith("13 earlier messages") or folded[0].text.startswith("14 earlier")
    assert "user: My name is Ida." in folded[0].text
