"""Agents that somebody else wrote: a LangGraph graph, a LangChain agent, any Runnable, a plain function.

They are asked as they are. What they are given and what is taken from their output follows from their
schema, or from two small functions. They run as tasks of the turn: their interrupts, their streams and
their model calls are the turn's, and a graph is stored with the turn's thread, whatever it was compiled with.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias, get_type_hints

from podium.agents.briefing import Advice, Briefing
from podium.agents.contracts import Role
from podium.agents.declared import Contract, contract_for, contract_of, place_of
from podium.agents.loader import CustomAgent, by_role, custom_agent
from podium.agents.specialist import READABLE, Specialist
from podium.core.errors import AgentError, ConfigError
from podium.core.ids import derived_id

if TYPE_CHECKING:
    from langchain_core.runnables import Runnable

_MARK = re.compile(r" ?\[\d+\]")

AgentLike: TypeAlias = "Specialist | Runnable[Any, Any] | Callable[..., Any] | type"


def adapt(
    foreign: Runnable[Any, Any] | Callable[..., Any],
    *,
    name: str = "",
    input: Callable[[Briefing], Any] | None = None,  # noqa: A002 - what LangChain calls it
    output: Callable[[Any], Any] | None = None,
    **options: Any,
) -> Specialist:
    """Make a specialist of something that runs already, without a change to it.

    Args:
        foreign: A compiled LangGraph graph, the result of `create_agent`, another Runnable, or a function.
        name: What to call it; its own name when empty.
        input: Makes its input; by default a conversation where its schema has `messages`, else the request.
        output: Takes from its output what a specialist may give back; by default the last message of the
            conversation, or the output itself.
        options: `hands_to`, `answers`, `when`, `timeout` and `trust`, as in `Contract`.

    Raises:
        ConfigError: It has no usable name, or is nothing that can be asked.
    """
    caller = sys._getframe(1)
    return _specialist(
        foreign,
        name,
        f"{caller.f_code.co_filename}:{caller.f_lineno}",
        input,
        output,
        options,
    )


def team_of(
    given: Iterable[AgentLike], beside: Sequence[Specialist] = ()
) -> tuple[list[Specialist], dict[Role, CustomAgent]]:
    """The agents that code passes: specialists, and agents that play a role.

    Args:
        given: Functions and classes, declared with `@agent` or bare; graphs and other Runnables; specialists.
        beside: The specialists that are there already; they come first.

    Raises:
        ConfigError: One is nothing that can be asked, or two have one name or role.
    """
    specialists: list[Specialist] = list(beside)
    roles: list[CustomAgent] = []
    for item in given:
        if isinstance(item, Specialist):
            specialists.append(item)
            continue
        contract = contract_of(item)
        if contract is not None and contract.role is not None:
            roles.append(custom_agent(item, contract, place_of(item)))
        elif inspect.isclass(item):
            specialists.append(specialist_of(item))
        elif _is_runnable(item) or callable(item):
            specialists.append(_specialist(item, "", "agents=[…]", None, None, {}))
        else:
            raise ConfigError(
                f"a {type(item).__name__} is no agent",
                hint="Pass a function, a class, a LangGraph graph or a LangChain Runnable.",
            )
    check_names(specialists)
    return specialists, by_role(roles)


def specialist_of(target: Any) -> Specialist:
    """The specialist that a function or class declares.

    Raises:
        ConfigError: The class cannot be made without arguments.
    """
    contract = contract_of(target) or contract_for(target.__name__)
    where = place_of(target)
    if not inspect.isclass(target):
        return Specialist(contract, target, where)
    if not callable(getattr(target, "__call__", None)) or "__call__" not in _methods(target):  # noqa: B004 - its own
        raise ConfigError(
            f"{where}: {target.__name__} has no '__call__(self, request)'",
            hint="A class without a role is called; one with a role has its method.",
        )
    made: Any
    try:
        made = target()
    except TypeError as error:
        raise ConfigError(
            f"{where}: {target.__name__} cannot be made: {error}",
            hint="A specialist's __init__ takes no argument; of an object pass adapt(object.method).",
        ) from error
    return Specialist(contract, made, where)


def check_names(specialists: Sequence[Specialist]) -> None:
    """Make sure that each agent has a name of its own, and hands over to agents that are there.

    Raises:
        ConfigError: Two have one name, or one hands over to nobody; the message names both places.
    """
    known: dict[str, Specialist] = {}
    for one in specialists:
        if (other := known.get(one.name)) is not None and other is not one:
            raise ConfigError(
                f"{one.where}: the agent {one.name!r} is declared at {other.where} already",
                hint="Give one of them another name: @agent(name=…), adapt(…, name=…).",
            )
        known[one.name] = one
    for one in specialists:
        for target in one.contract.hands_to:
            if target not in known:
                raise ConfigError(
                    f"{one.where}: agent {one.name!r} hands over to {target!r}, which is not there",
                    hint=f"There are: {', '.join(sorted(known))}.",
                )


def _specialist(
    foreign: Any,
    name: str,
    where: str,
    make: Callable[[Briefing], Any] | None,
    take: Callable[[Any], Any] | None,
    options: dict[str, Any],
) -> Specialist:
    if _is_runnable(foreign):
        return _adapted(foreign, contract_for(name or foreign.get_name(), **options), where, make, take)
    own = str(getattr(foreign, "__name__", type(foreign).__name__))
    contract = contract_of(foreign)
    if contract is None or name or options:
        contract = contract_for(name or own, **options)
    if make is None and take is None:
        return Specialist(contract, foreign, place_of(foreign))
    from langchain_core.runnables import RunnableLambda

    return _adapted(RunnableLambda(foreign), contract, where, make, take)


def _adapted(
    runnable: Any,
    contract: Contract,
    where: str,
    make: Callable[[Briefing], Any] | None,
    take: Callable[[Any], Any] | None,
) -> Specialist:
    specialist: Specialist

    async def ask(**turn: Any) -> Any:
        briefing = Briefing(**turn)
        given = make(briefing) if make is not None else _input(runnable, briefing, specialist)
        result = await runnable.ainvoke(given)
        return take(result) if take is not None else _output(result, specialist)

    specialist = Specialist(contract, ask, where, reads=READABLE)
    return specialist


def _input(runnable: Any, briefing: Briefing, specialist: Specialist) -> Any:
    """The conversation where the schema has `messages`, the request where it has one text, or is none."""
    fields = _fields(runnable)
    if fields is None:
        return briefing.request
    if "messages" in fields:
        return {"messages": _conversation(briefing, specialist.name)}
    if len(fields) == 1:
        return {fields[0]: briefing.request}
    raise AgentError(
        f"agent {specialist.name!r} ({specialist.where}) takes {', '.join(fields)}: which is the request?",
        hint="Say it: adapt(…, input=lambda turn: {…}).",
    )


def _conversation(briefing: Briefing, name: str) -> list[Any]:
    from langchain_core.messages import AIMessage, HumanMessage

    messages: list[Any] = [
        AIMessage(turn.text) if turn.speaker == "assistant" else HumanMessage(turn.text)
        for turn in briefing.history
    ]
    asked = f"{briefing.request}\n\n{briefing.message}" if briefing.message else briefing.request
    # An id that follows from the turn's: what is done under it is the same when it is run again.
    return [*messages, HumanMessage(asked, id=derived_id(briefing.turn_id, name))]


def _output(result: Any, specialist: Specialist) -> Any:
    if not isinstance(result, dict):
        return getattr(result, "text", result) if _is_message(result) else result
    if isinstance(outcome := result.get("outcome"), dict) and "status" in outcome:
        # One of Podium's own: what it does not stand behind is no advice, and its marks are not ours.
        return _MARK.sub("", outcome["answer"]) if outcome["status"] == "completed" else None
    if result.get("structured_response") is not None:
        return result["structured_response"]
    messages = result.get("messages")
    if messages:
        return str(getattr(messages[-1], "text", messages[-1]))
    if isinstance(result.get("output"), str):
        return result["output"]
    if "messages" in result:
        return Advice()
    raise AgentError(
        f"agent {specialist.name!r} ({specialist.where}) gave back {', '.join(map(str, result)) or '{}'}:"
        " which of it is what it says?",
        hint="Say it: adapt(…, output=lambda result: result[…]).",
    )


def _fields(runnable: Any) -> list[str] | None:
    """The names in the input's schema; None where it has no fields."""
    # Of a graph the state says it: a JSON schema is not to be had of every `TypedDict`.
    state = getattr(getattr(runnable, "builder", None), "input_schema", None)
    if state is not None:
        return list(get_type_hints(state)) or None
    return list(runnable.get_input_jsonschema().get("properties", ())) or None


def _is_message(value: Any) -> bool:
    from langchain_core.messages import BaseMessage

    return isinstance(value, BaseMessage)


def _is_runnable(value: Any) -> bool:
    """Whether it is a Runnable, without importing LangChain for what cannot be one."""
    return any(base.__module__.startswith("langchain_core.runnables") for base in type(value).__mro__)


def _methods(target: type) -> set[str]:
    return {name for base in target.__mro__[:-1] for name in vars(base)}
