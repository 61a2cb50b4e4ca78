"""When a model fails, the offline agent of the same role takes the step, and the reply says so."""

from __future__ import annotations

from collections.abc import Callable

from podium.agents.contracts import (
    Critic,
    Critique,
    CritiqueRequest,
    ExecuteRequest,
    Executor,
    Planner,
    PlanReply,
    PlanRequest,
    Retriever,
    RetrieveReply,
    RetrieveRequest,
    Role,
    StepResult,
)
from podium.core.errors import ModelError
from podium.core.usage import Usage

Notify = Callable[[Role, ModelError], None]
"""Told when a role falls back; the same kind of failure of one role is told once until it works again."""


def say_nothing(_role: Role, _error: ModelError) -> None:
    """Tells nobody."""


def _degraded(error: ModelError, usage: Usage) -> dict[str, object]:
    """What an offline agent's reply says in place of the model's."""
    return {"degraded": True, "stand_in": "offline", "cause": error.code, "usage": usage}


class _Notices:
    """Says each kind of failure once."""

    def __init__(self, role: Role, notify: Notify) -> None:
        self._role = role
        self._notify = notify
        self._said: set[str] = set()

    def failed(self, error: ModelError) -> Usage:
        """Tell of the failure if it is news; gives what it has cost."""
        if error.code not in self._said:
            self._said.add(error.code)
            self._notify(self._role, error)
        return error.usage or Usage()

    def worked(self) -> None:
        self._said.clear()


class FallbackPlanner:
    """A planner with a twin for when its model fails.

    Args:
        first: The language agent.
        second: The offline agent.
        notify: Told of failures.
    """

    def __init__(self, first: Planner, second: Planner, notify: Notify = say_nothing) -> None:
        self._first, self._second = first, second
        self._notices = _Notices("planner", notify)

    async def plan(self, request: PlanRequest) -> PlanReply:
        """Make a plan; `degraded` if the model did not."""
        try:
            reply = await self._first.plan(request)
        except ModelError as error:
            spent = self._notices.failed(error)
            reply = await self._second.plan(request)
            return reply.model_copy(update=_degraded(error, spent.plus(reply.usage)))
        self._notices.worked()
        return reply


class FallbackRetriever:
    """A retriever with a twin for when its model fails.

    Args:
        first: The language agent.
        second: The offline agent.
        notify: Told of failures.
    """

    def __init__(self, first: Retriever, second: Retriever, notify: Notify = say_nothing) -> None:
        self._first, self._second = first, second
        self._notices = _Notices("retriever", notify)

    async def retrieve(self, request: RetrieveRequest) -> RetrieveReply:
        """Find evidence; `degraded` if the model wrote no searches."""
        try:
            reply = await self._first.retrieve(request)
        except ModelError as error:
            spent = self._notices.failed(error)
            reply = await self._second.retrieve(request)
            return reply.model_copy(update=_degraded(error, spent.plus(reply.usage)))
        self._notices.worked()
        return reply


class FallbackExecutor:
    """An executor with a twin for when its model fails.

    Args:
        first: The language agent.
        second: The offline agent.
        notify: Told of failures.
    """

    def __init__(self, first: Executor, second: Executor, notify: Notify = say_nothing) -> None:
        self._first, self._second = first, second
        self._notices = _Notices("executor", notify)

    async def execute(self, request: ExecuteRequest) -> StepResult:
        """Carry out a step; `degraded`, with the failure's code among the reasons, if the model did not."""
        try:
            result = await self._first.execute(request)
        except ModelError as error:
            spent = self._notices.failed(error)
            result = await self._second.execute(request)
            return result.model_copy(
                update={
                    **_degraded(error, spent.plus(result.usage)),
                    "reasons": (*result.reasons, error.code),
                }
            )
        self._notices.worked()
        return result


class FallbackCritic:
    """A critic with a twin for when its model fails.

    Args:
        first: The language agent.
        second: The offline agent.
        notify: Told of failures.
    """

    def __init__(self, first: Critic, second: Critic, notify: Notify = say_nothing) -> None:
        self._first, self._second = first, second
        self._notices = _Notices("critic", notify)

    async def critique(self, request: CritiqueRequest) -> Critique:
        """Judge a turn; `degraded`, with the failure's code among the reasons, if the model did not."""
        try:
            critique = await self._first.critique(request)
        except ModelError as error:
            spent = self._notices.failed(error)
            critique = await self._second.critique(request)
            return critique.model_copy(
                update={
                    **_degraded(error, spent.plus(critique.usage)),
                    "reasons": (*critique.reasons, error.code),
                }
            )
        self._notices.worked()
        return critique
