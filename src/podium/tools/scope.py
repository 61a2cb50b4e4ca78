"""Where an effect belongs."""

from __future__ import annotations

from dataclasses import dataclass

POLICY_PREFIX = "policy:"
"""Begins the name of the principal when the policy itself decides, followed by its version."""


@dataclass(frozen=True, slots=True)
class EffectScope:
    """The place from which an effect is proposed, read or committed.

    Attributes:
        tenant: Whose data.
        principal: Who acts.
        thread_id: The thread.
        run_id: The run.
        turn_id: Id of the user message that the turn answers; kept by retry, resume and replay.
        step_id: The step of the plan.
        checkpoint_id: The checkpoint that the node started from.
        policy_version: The policy in force.
        simulate: Record what would be done and leave the world alone.
        fence: Token of the lease under which the thread is worked on; 0 where it is not leased.
    """

    tenant: str
    principal: str
    thread_id: str
    run_id: str
    turn_id: str
    step_id: str
    checkpoint_id: str
    policy_version: str
    simulate: bool = False
    fence: int = 0
