"""A custom agent: the shop's own critic. A dispute goes to a person, however sure the answer is."""

from __future__ import annotations

import re

from podium import agent
from podium.agents.contracts import Critic, Critique, CritiqueRequest

DISPUTE = re.compile(r"\b(lawyer|solicitor|legal action|court|ombudsman|chargeback)\b", re.IGNORECASE)
SENTENCE = re.compile(r"[^.!?\n]+[.!?]?")


def threatens(request: str) -> bool:
    """Whether somebody says, rather than asks, that a matter goes to law.

    Args:
        request: What the customer wrote.
    """
    said = (sentence.strip() for sentence in SENTENCE.findall(request))
    return any(DISPUTE.search(sentence) and not sentence.endswith("?") for sentence in said)


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
        if not threatens(request.request):
            return critique
        return critique.model_copy(
            update={"suggestion": "escalate", "reasons": (*critique.reasons, "dispute")}
        )
