"""What a call of a model is asked by, bounded by and comes to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Literal, Protocol, TypeVar

from pydantic import BaseModel

from podium.core.usage import Usage
from podium.models.record import PromptStamp

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage

T = TypeVar("T", bound=BaseModel)

StandIn = Literal["fallback", "cached"]
"""Another model, or a reply that was kept."""

Check = Callable[[T], str]
"""What is wrong with a value that has the right shape, in words for the model; empty when nothing is."""


@dataclass(frozen=True, slots=True)
class CallLimits:
    """How long and how often one call is tried.

    Attributes:
        timeout: Seconds for one attempt.
        retries: Further attempts after passing failures.
        reasks: Further questions after replies that do not fit.
        longest_wait: Seconds; a provider that asks for more is not waited for.
        max_delay: Seconds that waits and retries may add after the first failure; None for no bound.
        first_wait: Seconds before the first retry, doubled for each further one, with full jitter.
    """

    timeout: float = 60.0
    retries: int = 2
    reasks: int = 2
    longest_wait: float = 20.0
    max_delay: float | None = None
    first_wait: float = 0.5


@dataclass(frozen=True, slots=True)
class Called(Generic[T]):
    """What came of a call.

    Attributes:
        value: The reply, of the declared shape.
        usage: All attempts together.
        text: The raw reply.
        model: The model's name.
        problem: What the check still found wrong after the last question; empty when nothing.
        priced: Whether the cost is known.
        stand_in: What stood in for the model, if something did.
        cause: Code of the error that the model failed with, if something stood in.
    """

    value: T
    usage: Usage
    text: str
    model: str
    problem: str = ""
    priced: bool = False
    stand_in: StandIn | None = None
    cause: str = ""


class Asks(Protocol):
    """Gets values of declared shapes out of one or several models."""

    @property
    def name(self) -> str:
        """The model's name."""
        ...

    async def call(
        self,
        messages: Sequence[BaseMessage],
        schema: type[T],
        *,
        stamp: PromptStamp | None = None,
        check: Check[T] | None = None,
        again: bool = False,
    ) -> Called[T]:
        """Ask for a value.

        Args:
            messages: What to send.
            schema: The shape of the value.
            stamp: The prompt behind it, for the record.
            check: Finds what is wrong with a value of the right shape; then the model is asked again.
                A value that still fails after the last question is returned with the `problem`.
            again: Whether earlier work on the same task was not good enough.

        Raises:
            ModelError: No usable reply; `usage` on the error says what was spent.
        """
        ...
