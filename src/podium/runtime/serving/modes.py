"""Which kinds of events a client wants, and what LangGraph is asked for to have them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeAlias

Mode: TypeAlias = Literal[
    "values",
    "updates",
    "messages",
    "messages-tuple",
    "custom",
    "debug",
    "tasks",
    "checkpoints",
    "events",
    "tools",
]

_ASKED: Final[dict[str, str]] = {"messages-tuple": "messages"}
"""How LangGraph calls a mode where it differs; the others are called the same."""
_OWN: Final = frozenset({"events", "tools"})
"""Modes that LangGraph's own stream does not have."""


def asked_for(modes: Iterable[str]) -> list[str]:
    """The modes to ask LangGraph for; states always, since a run's result is its last one."""
    wanted = [_ASKED.get(mode, mode) for mode in modes if mode not in _OWN]
    return list(dict.fromkeys([*wanted, "values"]))


def name_of(mode: str, namespace: tuple[str, ...]) -> str:
    """The name of an event on the wire: the mode, and the path of subgraphs after a bar."""
    return "|".join((mode, *namespace))


@dataclass(slots=True)
class MessageParts:
    """Messages that arrive in pieces, put together for the mode `messages`.

    Attributes:
        seen: By id, the message as far as it has come.
    """

    seen: dict[str, Any] = field(default_factory=dict)

    def told(self, chunk: Any, metadata: dict[str, Any]) -> list[tuple[str, Any]]:
        """The events of one piece: once the message's metadata, then the message as it is now.

        Args:
            chunk: A message or a piece of one.
            metadata: What LangGraph tells of where it comes from.
        """
        from langchain_core.messages import BaseMessageChunk

        key = str(chunk.id or "")
        before = self.seen.get(key)
        first = [] if before is not None else [("messages/metadata", {key: {"metadata": metadata}})]
        partial = isinstance(chunk, BaseMessageChunk)
        whole = before + chunk if partial and before is not None else chunk
        self.seen[key] = whole
        return [*first, ("messages/partial" if partial else "messages/complete", [whole])]
