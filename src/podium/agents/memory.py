"""Keeping a conversation within a window: new turns as they are, old ones folded into one summary.

The summary is extractive and deterministic: it keeps the sentences of older turns that hold what a later
turn may refer to, which are identifiers, numbers and decisions, in the words in which they were said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from podium.agents.contracts import HistoryTurn
from podium.agents.tokens import MESSAGE_TOKENS, clip_to_tokens, count_tokens
from podium.core.model import Model

SUMMARY_SHARE = 0.25
"""How much of the budget the summary may take."""

FACT_TOKENS = 60
"""How much one remembered sentence may take."""

_COUNTED = re.compile(r"(\d+) earlier messages")
_SENTENCE = re.compile(r"(?<=[.!?\u3002\uff01\uff1f])\s+|\n+")
_FACT = re.compile(
    r"\d|[\w.+-]+@[\w-]+|\b(?:yes|no|approve[ds]?|reject(?:ed|s)?|cancel(?:led|s)?|confirm(?:ed|s)?"
    r"|decided?|agreed?|prefer(?:red|s)?|my name is|call me|always|never|instead)\b",
    re.IGNORECASE,
)


def fold_history(turns: Sequence[HistoryTurn], tokens: int) -> tuple[HistoryTurn, ...]:
    """The conversation within a budget.

    Args:
        turns: All turns, oldest first.
        tokens: What the result may take, as `count_tokens` counts.

    Returns:
        The newest turns unchanged; before them, where turns were left out, one of speaker `summary`.
    """
    if sum(map(_cost, turns)) <= tokens:
        return tuple(turns)
    summary_room = int(tokens * SUMMARY_SHARE)
    kept, older = _newest(turns, tokens - summary_room)
    if not kept and turns:
        last = turns[-1]
        room = tokens - summary_room - MESSAGE_TOKENS
        clipped = clip_to_tokens(last.text, room)
        if clipped:
            kept, older = [last.model_copy(update={"text": clipped})], list(turns[:-1])
    summary = _summary(older, summary_room - MESSAGE_TOKENS)
    return (*([HistoryTurn(speaker="summary", text=summary)] if summary else []), *kept)


class Memory(Model):
    """What is kept of the turns that are no longer shown as they are.

    Attributes:
        through: Id of the last message that went into it; empty while none has.
        messages: How many have.
        facts: What they said that a later turn may refer to, oldest first.
    """

    through: str = ""
    messages: int = 0
    facts: tuple[str, ...] = ()

    def turn(self) -> HistoryTurn:
        """The summary as the first turn of a conversation."""
        return HistoryTurn(speaker="summary", text="\n".join([_head(self.messages), *self.facts]))


def remember(memory: Memory, turns: Sequence[tuple[str, HistoryTurn]], tokens: int) -> Memory:
    """Fold the older of new turns into the memory once they outgrow a budget; each is read once.

    Args:
        memory: What is kept so far.
        turns: Those after it, each with the id of its message, oldest first.
        tokens: What the summary and the turns may take together.

    Returns:
        The memory; the same one while everything fits. After folding, the turns that are left take half of
        their room at most, so that the next ones fit.
    """
    summary_room = int(tokens * SUMMARY_SHARE)
    room = tokens - summary_room
    if sum(_cost(turn) for _, turn in turns) <= room:
        return memory
    kept, _ = _newest([turn for _, turn in turns], room // 2)
    older = turns[: len(turns) - len(kept)]
    if not older:
        return memory
    said = [*([memory.turn()] if memory.messages else []), *(turn for _, turn in older)]
    messages = memory.messages + len(older)
    facts = _facts(said, summary_room - MESSAGE_TOKENS - count_tokens(_head(messages)))
    return Memory(through=older[-1][0], messages=messages, facts=facts)


def _cost(turn: HistoryTurn) -> int:
    return count_tokens(turn.text) + MESSAGE_TOKENS


def _newest(turns: Sequence[HistoryTurn], tokens: int) -> tuple[list[HistoryTurn], list[HistoryTurn]]:
    start = len(turns)
    while start > 0 and (cost := _cost(turns[start - 1])) <= tokens:
        tokens -= cost
        start -= 1
    return list(turns[start:]), list(turns[:start])


def _head(messages: int) -> str:
    return f"{messages} earlier messages, in short:"


def _summary(older: Sequence[HistoryTurn], tokens: int) -> str:
    head = _head(sum(map(_messages_in, older)))
    room = tokens - count_tokens(head) - 1
    if not older or room <= 0:
        return ""
    return "\n".join([head, *_facts(older, room)])


def _messages_in(turn: HistoryTurn) -> int:
    found = _COUNTED.match(turn.text) if turn.speaker == "summary" else None
    return int(found[1]) if found else 1


def _facts(older: Sequence[HistoryTurn], room: int) -> tuple[str, ...]:
    """The newest facts that fit, oldest first."""
    facts: list[str] = []
    said: set[str] = set()
    for fact in _facts_newest_first(older):
        key = fact.casefold()
        cost = count_tokens(fact) + 1
        if key in said:
            continue
        if cost > room:
            break
        said.add(key)
        facts.append(fact)
        room -= cost
    return tuple(reversed(facts))


def _facts_newest_first(older: Sequence[HistoryTurn]) -> Iterator[str]:
    for turn in reversed(older):
        if turn.speaker == "summary":
            yield from reversed(turn.text.splitlines()[1:])
            continue
        for sentence in reversed(_SENTENCE.split(turn.text)):
            if _FACT.search(sentence):
                yield f"{turn.speaker}: {clip_to_tokens(' '.join(sentence.split()), FACT_TOKENS)}"
