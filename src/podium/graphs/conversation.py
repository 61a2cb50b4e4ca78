"""The conversation as the agents see it."""

from __future__ import annotations

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage

from podium.agents.contracts import HistoryTurn
from podium.agents.memory import fold_history
from podium.core.errors import InputError
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
    """Earlier messages, oldest first, folded so that they fit.

    Args:
        state: The state.
        turn_id: The id of the message that the turn answers; it is left out, and all after it.
        tokens: How much the history may take.
    """
    turns: list[HistoryTurn] = []
    for message in state.get("messages") or []:
        if message.id == turn_id:
            break
        if (speaker := _speaker(message)) is not None:
            turns.append(HistoryTurn(speaker=speaker, text=text_of(message)))
    return fold_history(turns, tokens) if turns else ()


def text_of(message: AnyMessage) -> str:
    """The text of a message, whatever its content blocks."""
    content = message.content
    if isinstance(content, str):
        return content
    return "".join(block if isinstance(block, str) else str(block.get("text", "")) for block in content)


def _speaker(message: AnyMessage) -> str | None:
    match message:
        case HumanMessage():
            return "user"
        case AIMessage():
            return "assistant"
        case _:
            return None
