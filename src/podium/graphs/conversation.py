"""The conversation as the agents see it."""

from __future__ import annotations

from collections.abc import Iterator

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage

from podium.agents.contracts import HistoryTurn
from podium.agents.memory import Memory, fold_history, remember
from podium.core.errors import InputError
from podium.core.evidence import EVENT_MARK, Provenance, Trust
from podium.graphs.state import PodiumState


def current_message(state: PodiumState) -> HumanMessage:
    """The user's message that this turn answers.

    Raises:
        InputError: The last message is not the user's.
    """
    messages = state.get("messages") or []
    if not messages or not isinstance(messages[-1], HumanMessage):
        raise InputError(
            "the last message is not the user's", hint="Put the request last, as a message of the user."
        )
    return messages[-1]


def history_of(state: PodiumState, turn_id: str, tokens: int) -> tuple[HistoryTurn, ...]:
    """Earlier messages, oldest first: a summary of what went into the memory, and what came after it.

    Args:
        state: The state.
        turn_id: The id of the message that the turn answers; it is left out, and all after it.
        tokens: How much the history may take.
    """
    memory = _memory(state)
    summary = [memory.turn()] if memory.messages else []
    turns = [*summary, *(turn for _, turn in _after(state, memory.through, turn_id))]
    return fold_history(turns, tokens) if turns else ()


def memory_of(state: PodiumState, turn_id: str, tokens: int) -> Memory:
    """The memory with the older messages in it that no longer fit; each goes into it once.

    Args:
        state: The state.
        turn_id: The id of the message that the turn answers.
        tokens: How much the history may take.
    """
    memory = _memory(state)
    return remember(memory, list(_after(state, memory.through, turn_id)), tokens)


def _memory(state: PodiumState) -> Memory:
    return Memory.model_validate(state.get("memory") or {})


def _after(state: PodiumState, through: str, until: str) -> Iterator[tuple[str, HistoryTurn]]:
    """The messages of user and assistant between two, with their ids; from the first, if none is named so."""
    messages = state.get("messages") or []
    ids = [message.id for message in messages]
    start = ids.index(through) + 1 if through in ids else 0
    for message in messages[start:]:
        if message.id == until:
            return
        if (speaker := _speaker(message)) is not None:
            yield message.id or "", HistoryTurn(speaker=speaker, text=text_of(message))


def text_of(message: AnyMessage) -> str:
    """The text of a message, whatever its content blocks."""
    content = message.content
    if isinstance(content, str):
        return content
    return "".join(block if isinstance(block, str) else str(block.get("text", "")) for block in content)


def event_of(message: AnyMessage) -> Provenance | None:
    """Where a message came from that is the words of an event; None for a user's own."""
    mark = message.additional_kwargs.get(EVENT_MARK)
    if mark is None:
        return None
    said = mark if isinstance(mark, dict) else {}
    trust: Trust = "internal" if said.get("trust") == "internal" else "untrusted"
    return Provenance(origin="event", source=str(said.get("trigger", "")), trust=trust)


def _speaker(message: AnyMessage) -> str | None:
    match message:
        case HumanMessage():
            return "user" if event_of(message) is None else "event"
        case AIMessage():
            return "assistant"
        case _:
            return None
