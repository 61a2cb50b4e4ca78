"""A role's voice: its prompt, its model and its window, ready to be asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypedDict, TypeVar

from pydantic import BaseModel

from podium.agents.context import Assembled, Material, assemble
from podium.agents.contracts import StandIn
from podium.agents.prompts import Prompt
from podium.models.calls import Asks, Called
from podium.models.record import PromptStamp

T = TypeVar("T", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Voice:
    """What a language agent speaks with.

    Attributes:
        caller: Calls the model, or several.
        told: Gives the role's prompt, as it is in force for the run.
        window: Tokens that one call may hold.
    """

    caller: Asks
    told: Callable[[], Prompt]
    window: int = 16_000

    @property
    def prompt(self) -> Prompt:
        """The role's instructions."""
        return self.told()

    def prepare(self, material: Material) -> Assembled:
        """The messages for a call.

        Raises:
            ModelContextError: They do not fit.
        """
        return assemble(material, self.window)

    async def ask(
        self,
        prepared: Assembled,
        shape: type[T],
        check: Callable[[T], str] | None = None,
        *,
        again: bool = False,
    ) -> Called[T]:
        """Ask for a value of a shape.

        Args:
            prepared: What the call sees.
            shape: The shape.
            check: Finds what is wrong with a value of the shape.
            again: Whether earlier work on the same task was not good enough.

        Raises:
            ModelError: There was no usable reply.
        """
        note = prepared.note(self.window)
        stamp = PromptStamp(self.prompt.role, self.prompt.version, self.prompt.hash, note)
        return await self.caller.call(prepared.messages, shape, stamp=stamp, check=check, again=again)


class Standing(TypedDict, total=False):
    """The fields of a reply that say who stood in for the model."""

    degraded: bool
    stand_in: StandIn
    cause: str


def standing(called: Called[T]) -> Standing:
    """What a call says about who answered it, as the fields of a reply; nothing when the model did."""
    if called.stand_in is None:
        return {}
    return {"degraded": True, "stand_in": called.stand_in, "cause": called.cause}
