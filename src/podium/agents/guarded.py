"""A project's own agent of a role, held to the role's contract: what breaks in it is told with its place."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

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
from podium.core.loading import one_line, place_in
from podium.core.model import Model
from podium.core.tool import ToolSpec

R = TypeVar("R", bound=Model)


class Guarded:
    """Plays any role by an agent of the project.

    Args:
        work: Takes the role's request and gives its reply, or a mapping that reads as one.
        name: What the agent is called.
        where: File and line of its declaration.
        calls: The tools that it may plan and call; None for all that it is given.
    """

    def __init__(
        self,
        work: Callable[[Any], Awaitable[object]],
        name: str,
        where: str,
        calls: tuple[str, ...] | None = None,
    ) -> None:
        self.work = work
        self.name = name
        self.where = where
        self._calls = calls

    async def plan(self, request: PlanRequest) -> PlanReply:
        """The agent's plan."""
        tools = self._opened(request.tools)
        reply = await self._held(request.model_copy(update={"tools": tools}), PlanReply)
        if self._calls is not None:
            self._check((step.tool for step in reply.plan.steps if step.kind == "act"), "plan.steps.tool")
        return reply

    async def retrieve(self, request: RetrieveRequest) -> RetrieveReply:
        """The agent's evidence."""
        return await self._held(request, RetrieveReply)

    async def execute(self, request: ExecuteRequest) -> StepResult:
        """The agent's work on a step."""
        tools = self._opened(request.tools)
        result = await self._held(request.model_copy(update={"tools": tools}), StepResult)
        if result.step != request.step.id:
            raise self._broken(f"step: it is {result.step!r}, and the step is {request.step.id!r}")
        if self._calls is not None:
            self._check((call.tool for call in result.calls), "calls.tool")
        return result

    async def critique(self, request: CritiqueRequest) -> Critique:
        """The agent's judgement."""
        return await self._held(request, Critique)

    async def _held(self, request: Model, expected: type[R]) -> R:
        try:
            result = await self.work(request)
        except PodiumError:
            raise
        except (Exception, SystemExit) as error:
            if _is_control_flow(error):
                raise
            raise AgentError(
                f"{self._place(error)}: {self.name} failed: {type(error).__name__}: {one_line(error)}",
                hint="Mend the agent.",
            ) from error
        if isinstance(result, expected):
            return result
        if not isinstance(result, dict):
            raise AgentError(
                f"{self.where}: {self.name} gave back a {type(result).__name__}",
                hint=f"It must give back a {expected.__name__}.",
            )
        try:
            return expected.model_validate(result)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            field = ".".join(map(str, first["loc"])) or expected.__name__
            raise self._broken(f"{field}: {first['msg']}") from None

    def _opened(self, tools: Iterable[ToolSpec]) -> tuple[ToolSpec, ...]:
        return tuple(tool for tool in tools if self._calls is None or tool.name in self._calls)

    def _check(self, named: Iterable[str], field: str) -> None:
        for tool in named:
            if tool not in (self._calls or ()):
                raise self._broken(f"{field}: {tool!r} is not among what it may call")

    def _broken(self, what: str) -> AgentError:
        return AgentError(
            f"{self.where}: {self.name} breaks its contract: {what}",
            hint="Mend the agent; its role's contract is in podium.agents.contracts.",
        )

    def _place(self, error: BaseException) -> str:
        file, _, line = self.where.rpartition(":")
        return place_in(Path(file), error, int(line)) if line.isdecimal() else self.where


def _is_control_flow(error: BaseException) -> bool:
    """Whether LangGraph uses the exception to interrupt, and it is no failure."""
    from langgraph.errors import GraphBubbleUp

    return isinstance(error, GraphBubbleUp)
