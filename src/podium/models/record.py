"""What one model call was, for whoever records it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from podium.core.usage import Usage


@dataclass(frozen=True, slots=True)
class ContextNote:
    """What a call saw, and what it did not see.

    Attributes:
        window: Tokens that the model takes, its reply included.
        tokens: Estimate of what was sent.
        included: What went in, and the tokens that it takes.
        left_out: What did not, and why.
    """

    window: int = 0
    tokens: int = 0
    included: tuple[tuple[str, int], ...] = ()
    left_out: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class PromptStamp:
    """Which prompt stood behind a call, and what it was filled with.

    Attributes:
        role: Whose prompt it is.
        version: As its file declares it.
        hash: SHA-256 of its text.
        context: What the call saw; None where nobody says.
    """

    role: str = ""
    version: str = ""
    hash: str = ""
    context: ContextNote | None = None


@dataclass(frozen=True, slots=True)
class ModelCall:
    """One exchange with a chat model, failed ones included.

    Attributes:
        role: Who asked: planner, retriever, executor or critic.
        model: The name of the model, such as `openai:NAME`.
        prompt: The prompt behind it.
        messages: Speaker and text, as sent; keys never stand in them.
        reply: The raw text of the reply; empty when there was none.
        usage: Tokens and cost of this exchange.
        seconds: How long it took.
        attempt: 0 at first; each retry and each re-ask adds one.
        error: Code of the error that ended it; empty when a valid reply came.
        priced: Whether the price table knew the model; if not, the cost is unknown, and 0 means nothing.
        cached: Whether the reply was a kept one, and no model was asked.
    """

    role: str
    model: str
    prompt: PromptStamp
    messages: tuple[tuple[str, str], ...]
    reply: str = ""
    usage: Usage = field(default_factory=Usage)
    seconds: float = 0.0
    attempt: int = 0
    error: str = ""
    priced: bool = False
    cached: bool = False


class Recorder(Protocol):
    """Told of every model call."""

    def on_call(self, call: ModelCall) -> None:
        """A call has ended, well or not. Must return at once."""
        ...


class NoRecorder:
    """Records nothing."""

    def on_call(self, call: ModelCall) -> None:
        """A call has ended; nothing is kept."""
