"""A role's voice: its prompt, its model and its window, ready to be asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from pydantic import BaseModel

from podium.agents.context import Assembled, Material, assemble
from podium.agents.prompts import Prompt
from podium.models.caller import Called, Caller
from podium.models.record import PromptStamp

T = TypeVar("T", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Voice:
    """What a language agent speaks with.

    Attributes:
        caller: Calls the model.
        prompt: The role's instructions.
        window: Tokens that one call may hold.
    """

    caller: Caller
    prompt: Prompt
    window: int = 16_000

    def prepare(self, material: Material) -> Assembled:
        """The messages for a call.

        Raises:
            ModelContextError: They do not fit.
        """
        return assemble(material, self.window)

    async def ask(
        self, prepared: Assembled, shape: type[T], check: Callable[[T], str] | None = None
    ) -> Called[T]:
        """Ask for a value of a shape.

        Raises:
            ModelError: There was no usable reply.
        """
        stamp = PromptStamp(self.prompt.role, self.prompt.version, self.prompt.hash)
        return await self.caller.call(prepared.messages, shape, stamp=stamp, check=check)
