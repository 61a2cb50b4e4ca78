"""A custom agent: the shop's own critic. Words of dispute go to a person, however sure the answer is."""

from __future__ import annotations

import re

from podium import agent
from podium.agents.contracts import Critic, Critique, CritiqueRequest

DISPUTE = re.compile(r"\b(lawyer|solicitor|legal action|court|ombudsman|chargeback)\b", re.IGNORECASE)


@agent(role="critic")
class HouseCritic:
    """Judges as the default critic does, and hands disputes over.

    Args:
        default: The critic that would judge otherwise.
    """

    def __init__(self, default: Critic) -> None:
        self.default = default

    async def critique(self, request: CritiqueRequest) -> Critique:
        """Judge a turn."""
        critique = await self.default.critique(request)
        if not DISPUTE.search(request.request):
            return critique
        return critique.model_copy(
            update={"suggestion": "escalate", "reasons": (*critique.reasons, "dispute")}
        )
