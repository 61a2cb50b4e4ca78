"""What a specialist is given, and what it gives back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from podium.agents.contracts import HistoryTurn
from podium.core.errors import ActionError, AgentError
from podium.core.evidence import Evidence, Provenance, Trust
from podium.core.model import JsonValue, Model
from podium.core.plan import Plan
from podium.core.tool import ToolCall, ToolOutput, ToolSpec


class Briefing(Model):
    """What a turn holds for a specialist: it reads those fields that its parameters name."""

    request: str
    """What the user wants, after the input guardrails."""
    history: tuple[HistoryTurn, ...] = ()
    """Earlier turns, oldest first."""
    evidence: tuple[Evidence, ...] = ()
    """What was found so far."""
    plan: Plan | None = None
    feedback: tuple[str, ...] = ()
    """Why earlier drafts of this turn were not good enough."""
    message: str = ""
    """What the agent said that handed over."""
    today: str = ""
    """ISO date."""
    turn_id: str = ""
    """The id of the user's message."""


@dataclass(frozen=True, slots=True)
class Handover:
    """Passes the turn on to another agent, which has to be named in the contract.

    Attributes:
        to: The other agent's name.
        message: What it should know.
    """

    to: str
    message: str = ""


class Advice(Model):
    """What a specialist contributes to a turn."""

    text: str = ""
    evidence: tuple[Evidence, ...] = ()
    hand_over: Handover | None = None


class Tools:
    """The tools that an agent's contract names, and no others.

    Args:
        agent: Who calls.
        specs: The tools that exist and that the policy opens.
        allowed: The names in the contract.
        trust: How far arguments of this agent's making are trusted.
        read: Calls a tool that changes nothing, through the guardrails.
    """

    def __init__(
        self,
        agent: str,
        specs: Sequence[ToolSpec],
        allowed: Sequence[str],
        trust: Trust,
        read: Callable[[ToolCall], Awaitable[ToolOutput]],
    ) -> None:
        self._agent = agent
        self._specs = {spec.name: spec for spec in specs if spec.name in allowed}
        self._allowed = tuple(allowed)
        self._trust: Trust = trust
        self._read = read
        self._proposed: list[ToolCall] = []

    @property
    def specs(self) -> tuple[ToolSpec, ...]:
        """The tools that may be called."""
        return tuple(self._specs.values())

    @property
    def proposed(self) -> tuple[ToolCall, ...]:
        """The actions that were proposed so far."""
        return tuple(self._proposed)

    async def read(self, tool: str, /, **args: JsonValue) -> JsonValue:
        """Call a tool that changes nothing and wait for its result.

        Raises:
            AgentError: The contract does not name the tool.
            ActionError: The tool refuses, or a guardrail does.
        """
        output = await self._read(self._call(tool, args))
        if not output.ok:
            raise ActionError(output.error)
        return output.result

    def propose(self, tool: str, /, **args: JsonValue) -> None:
        """Propose an action; policy, and a person where it says so, decide whether it is carried out.

        Raises:
            AgentError: The contract does not name the tool.
        """
        self._proposed.append(self._call(tool, args))

    def _call(self, tool: str, args: dict[str, JsonValue]) -> ToolCall:
        if tool not in self._allowed:
            raise AgentError(
                f"agent {self._agent!r} may not call {tool!r}",
                hint=f"Its contract names {', '.join(self._allowed) or 'no tool'}: @agent(calls=[…]).",
            )
        if tool not in self._specs:
            raise AgentError(
                f"agent {self._agent!r} calls {tool!r}, which is not open here",
                hint="No tool is called so, its server is down, or the policy denies it.",
            )
        source = Provenance(origin="model", source=self._agent, trust=self._trust)
        return ToolCall(tool=tool, args=args, provenance=dict.fromkeys(args, source))
