"""What is in force for a run: the rules it is bound by and the words its agents are told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from podium.agents.prompts import PromptRegistry
    from podium.guardrails.pipeline import Pipeline
    from podium.guardrails.policy import Policy


@dataclass(frozen=True, slots=True)
class InForce:
    """The parts of a project that may change while it is open.

    Attributes:
        policy: Thresholds, weights, bounds and who may do what.
        pipeline: Runs the policy's guardrails.
        prompts: What the agents are told.
    """

    policy: Policy
    pipeline: Pipeline
    prompts: PromptRegistry
