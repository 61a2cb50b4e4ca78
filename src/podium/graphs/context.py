"""What the nodes of one app work with; passed at build time, so that several apps share a process."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from langgraph.checkpoint.base import BaseCheckpointSaver

    from podium.agents.contracts import Critic, Executor, Planner, Retriever, Role
    from podium.agents.specialist import Specialist
    from podium.core.clock import Clock
    from podium.core.crashpoints import CrashPoints
    from podium.core.errors import ModelAuthError
    from podium.core.pinned import Pinned
    from podium.core.principal import Principal
    from podium.core.usage import Budget
    from podium.graphs.asker import Askers
    from podium.graphs.in_force import InForce
    from podium.graphs.journal import Journal
    from podium.graphs.portal import Portal
    from podium.guardrails.pipeline import Pipeline
    from podium.guardrails.policy import Policy
    from podium.telemetry.telemetry import Telemetry
    from podium.tools.toolbox import Toolbox


@dataclass(frozen=True, slots=True)
class GraphContext:
    """Agents, tools, policy and the rest of what a graph needs.

    Attributes:
        planner: Turns a request into steps.
        retriever: Finds evidence.
        executor: Carries out steps without changing the world.
        critic: Judges a turn; None for nobody.
        toolbox: Proposes, reads and commits actions through the ledger.
        in_force: The policy, its guardrails and the prompts: as they were when the run began.
        telemetry: Spans, metrics and log lines.
        budget: What one turn may spend.
        clock: What time it is.
        crash_points: Told of every node boundary.
        principal: Who acts when the run's configuration names nobody.
        portal: Runs the asynchronous nodes for synchronous callers.
        checkpointer: Where threads are stored; None inside a parent graph that has one.
        history_tokens: How much of the conversation the agents see.
        specialists: Agents of the project beside the four.
        journal: Records runs that nobody else records; None for nobody.
        models: The model by role, for whoever shows it.
        askers: Knows who asked for a turn; None takes whoever the run acts for.
        missing_keys: Tells the models whose keys are not there, and why; others stand in for them.
    """

    planner: Planner
    retriever: Retriever
    executor: Executor
    critic: Critic | None
    toolbox: Toolbox
    in_force: Pinned[InForce]
    telemetry: Telemetry
    budget: Budget
    clock: Clock
    crash_points: CrashPoints
    principal: Principal
    portal: Portal
    checkpointer: BaseCheckpointSaver[Any] | None = None
    history_tokens: int = 4_000
    specialists: tuple[Specialist, ...] = ()
    journal: Journal | None = None
    models: Mapping[Role, str] = field(default_factory=dict)
    askers: Askers | None = None
    missing_keys: Callable[[], Mapping[str, ModelAuthError]] = dict

    @property
    def policy(self) -> Policy:
        """Thresholds, weights, bounds and who may do what."""
        return self.in_force.value.policy

    @property
    def pipeline(self) -> Pipeline:
        """Runs the guardrails."""
        return self.in_force.value.pipeline
