"""A specialist: an agent beside the four, held to its contract."""

from __future__ import annotations

import asyncio
import inspect
import json
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, get_type_hints

from pydantic import TypeAdapter, ValidationError

from podium.agents.briefing import Advice, Briefing, Handover, Tools
from podium.agents.declared import Contract
from podium.core.errors import (
    ActionError,
    AgentError,
    AgentUnavailable,
    ConfigError,
    KnowledgeError,
    ModelError,
    PodiumError,
)
from podium.core.evidence import Evidence

READABLE = tuple(Briefing.model_fields)
"""What a parameter may be called; and `tools`."""

_TOOLS = "tools"
_ITS_OWN = (ActionError, KnowledgeError, ModelError)
"""What goes wrong in a specialist's work, and does not end the turn."""


class Specialist:
    """An agent beside the four.

    Args:
        contract: What it is and may do.
        work: Does it; a function or an object that is called, synchronous or not.
        where: File and line of its declaration.
        reads: The fields that it is given by name; those that its parameters name when None.

    Raises:
        ConfigError: A parameter names what a turn does not hold, or an annotation cannot be resolved.
    """

    def __init__(
        self,
        contract: Contract,
        work: Callable[..., Any],
        where: str,
        *,
        reads: tuple[str, ...] | None = None,
    ) -> None:
        self.contract = contract
        self.where = where
        self._work = work
        self._asynchronous = _is_asynchronous(work)
        self._hints = _hints(work, where)
        self.reads = self._parameters() if reads is None else reads

    @property
    def name(self) -> str:
        """What graphs, traces and citations call it."""
        return self.contract.name

    async def consult(self, briefing: Briefing, tools: Tools) -> Advice:
        """Ask it.

        Args:
            briefing: The turn; it sees the fields that its parameters name.
            tools: What it may call.

        Raises:
            AgentError: It breaks its contract; the message names the agent and the field.
            AgentUnavailable: It fails or is too slow.
        """
        given = self._given(briefing, tools)
        try:
            async with asyncio.timeout(self.contract.timeout) as limit:
                result = await self._called(given)
        except TimeoutError as error:
            if not limit.expired():
                raise self._failed(error) from error
            raise AgentUnavailable(
                f"agent {self.name!r} did not answer within {self.contract.timeout:g} s",
                hint="Raise its timeout, or look what it waits for.",
            ) from None
        except (Exception, SystemExit) as error:
            if _is_control_flow(error) or (
                isinstance(error, PodiumError) and not isinstance(error, _ITS_OWN)
            ):
                raise
            raise self._failed(error) from error
        return self._advice(self._validated("what it gives back", "return", result))

    def _failed(self, error: BaseException) -> AgentUnavailable:
        said = " ".join(str(error).split())[:300]
        return AgentUnavailable(
            f"agent {self.name!r} ({self.where}) failed: {type(error).__name__}: {said}",
            hint="Mend the agent; the others go on without it.",
        )

    def _broken(self, what: str, hint: str) -> AgentError:
        return AgentError(f"agent {self.name!r} ({self.where}) breaks its contract: {what}", hint=hint)

    async def _called(self, given: Mapping[str, Any]) -> Any:
        if self._asynchronous:
            return await self._work(**given)
        result = await asyncio.to_thread(self._work, **given)
        return await result if inspect.isawaitable(result) else result

    def _given(self, briefing: Briefing, tools: Tools) -> dict[str, Any]:
        return {
            name: tools if name == _TOOLS else self._validated(name, name, getattr(briefing, name))
            for name in self.reads
        }

    def _validated(self, what: str, hint: str, value: Any) -> Any:
        adapter = self._adapters.get(hint)
        if adapter is None:
            return value
        try:
            return adapter.validate_python(value)
        except ValidationError as error:
            raise self._broken(
                _first(error, what), "Mend the agent, or the types that it declares."
            ) from None

    @cached_property
    def _adapters(self) -> dict[str, TypeAdapter[Any]]:
        """What checks each typed field; built at first use, since it costs milliseconds."""
        wanted = {name: hint for name, hint in self._hints.items() if name != _TOOLS and hint is not Any}
        try:
            return {name: TypeAdapter(hint) for name, hint in wanted.items()}
        except Exception as error:
            raise self._broken(
                f"a type cannot be checked: {error}", "Use JSON values, dataclasses or pydantic models."
            ) from error

    def _parameters(self) -> tuple[str, ...]:
        names = []
        for name, parameter in inspect.signature(self._work).parameters.items():
            if name in READABLE or name == _TOOLS:
                names.append(name)
            elif parameter.default is parameter.empty and parameter.kind not in (
                parameter.VAR_KEYWORD,
                parameter.VAR_POSITIONAL,
            ):
                raise ConfigError(
                    f"{self.where}: agent {self.name!r} reads {name!r}, which a turn does not hold",
                    hint=f"Its parameters are among {', '.join((*READABLE, _TOOLS))}.",
                )
        return tuple(names)

    def _advice(self, result: Any) -> Advice:
        match result:
            case None:
                return Advice()
            case Advice():
                return result
            case Handover():
                return Advice(hand_over=self._allowed(result))
            case str():
                return Advice(text=result.strip())
            case Evidence():
                return Advice(evidence=(result,))
            case list() | tuple() if result and all(isinstance(item, Evidence) for item in result):
                return Advice(evidence=tuple(result))
            case _:
                return Advice(text=self._in_words(result))

    def _allowed(self, handover: Handover) -> Handover:
        if handover.to in self.contract.hands_to:
            return handover
        known = ", ".join(self.contract.hands_to) or "nobody"
        raise self._broken(f"to: it may not hand over to {handover.to!r}", f"Its contract names {known}.")

    def _in_words(self, result: Any) -> str:
        """A typed result as lines of `field: value`."""
        try:
            value = TypeAdapter(type(result)).dump_python(result, mode="json")
        except Exception as error:
            raise self._broken(
                f"a {type(result).__name__} has no JSON form",
                "Give back a text, evidence, a pydantic model or JSON values.",
            ) from error
        if isinstance(value, dict):
            return "\n".join(f"{key}: {_said(item)}" for key, item in value.items() if item is not None)
        return _said(value)


def _is_asynchronous(work: Callable[..., Any]) -> bool:
    call = work if inspect.isroutine(work) else getattr(work, "__call__", work)  # noqa: B004 - its own method
    return inspect.iscoroutinefunction(call)


def _hints(work: Callable[..., Any], where: str) -> dict[str, Any]:
    target = work if inspect.isroutine(work) else getattr(work, "__call__", work)  # noqa: B004 - its own method
    try:
        return get_type_hints(target)
    except Exception as error:
        raise ConfigError(
            f"{where}: an annotation cannot be resolved: {error}",
            hint="Import the type at the top of the file, not under TYPE_CHECKING.",
        ) from error


def _first(error: ValidationError, what: str) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(str(part) for part in first["loc"])
    return f"{place or what}: {first['msg']}"


def _said(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _is_control_flow(error: BaseException) -> bool:
    """Whether LangGraph uses the exception to interrupt, and it is no failure."""
    from langgraph.errors import GraphBubbleUp

    return isinstance(error, GraphBubbleUp)
