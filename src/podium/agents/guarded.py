"""A project's own agent, held to its role's contract: what breaks in it is told with its file and line."""

from __future__ import annotations

import traceback
from collections.abc import Awaitable
from pathlib import Path
from typing import Any, TypeVar

from podium.agents.contracts import (
    Critique,
    CritiqueRequest,
    ExecuteRequest,
    PlanReply,
    PlanRequest,
    RetrieveReply,
    RetrieveRequest,
    StepResult,
)
from podium.core.errors import AgentError, PodiumError

R = TypeVar("R")


class Guarded:
    """Plays any role by an agent of the project.

    Args:
        agent: The agent; it has the one method of its role.
        file: The file that declares it.
        line: Where its class begins.
    """

    def __init__(self, agent: Any, file: Path, line: int) -> None:
        self.agent = agent
        self._file = file
        self._line = line

    async def plan(self, request: PlanRequest) -> PlanReply:
        """The agent's plan."""
        return await self._held(self.agent.plan(request), PlanReply)

    async def retrieve(self, request: RetrieveRequest) -> RetrieveReply:
        """The agent's evidence."""
        return await self._held(self.agent.retrieve(request), RetrieveReply)

    async def execute(self, request: ExecuteRequest) -> StepResult:
        """The agent's work on a step."""
        return await self._held(self.agent.execute(request), StepResult)

    async def critique(self, request: CritiqueRequest) -> Critique:
        """The agent's judgement."""
        return await self._held(self.agent.critique(request), Critique)

    async def _held(self, work: Awaitable[object], expected: type[R]) -> R:
        name = type(self.agent).__name__
        try:
            result = await work
        except PodiumError:
            raise
        except (Exception, SystemExit) as error:
            raise AgentError(
                f"{self._file}:{self._where(error)}: {name} failed: {type(error).__name__}: {error}",
                hint="Mend the agent.",
            ) from error
        if not isinstance(result, expected):
            raise AgentError(
                f"{self._file}:{self._line}: {name} gave back a {type(result).__name__}",
                hint=f"It must give back a {expected.__name__}.",
            )
        return result

    def _where(self, error: BaseException) -> int:
        frames = traceback.extract_tb(error.__traceback__)
        lines = [frame.lineno for frame in frames if frame.filename == str(self._file) and frame.lineno]
        return lines[-1] if lines else self._line
