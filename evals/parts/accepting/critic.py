"""A critic that finds everything well: what an evaluation puts in the place of the real one."""

from __future__ import annotations

from podium import agent
from podium.agents.contracts import Critic, Critique, CritiqueRequest
from podium.core.confidence import Factor


@agent(role="critic")
class Accepting:
    """Accepts whatever it is shown, and is sure of it.

    Args:
        default: The critic that would judge otherwise; it is not asked.
    """

    def __init__(self, default: Critic) -> None:
        self.default = default

    async def critique(self, request: CritiqueRequest) -> Critique:  # noqa: ARG002 - it looks at nothing
        """Judge a turn."""
        return Critique(factors=(Factor(name="support", value=1.0),), suggestion="accept")
