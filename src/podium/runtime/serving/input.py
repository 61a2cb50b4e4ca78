"""What a graph is started with, from what a client asked for."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from podium.graphs.answers import CONFIG_KEY_DECIDES
from podium.graphs.asker import CONFIG_KEY_ASKER
from podium.storage.leases import CONFIG_KEY_FENCE
from podium.storage.run_requests import DECIDES, RunRequest

if TYPE_CHECKING:
    from langchain_core.runnables import RunnableConfig
    from langgraph.types import Command

RESERVED = ("__", "podium_")
"""Beginnings of configurable keys that only the server sets."""
_RESUMING = "__pregel_resuming"
_ANSWERS = "__pregel_resume_map"
FROM_CALLERS = frozenset({_RESUMING, _ANSWERS, "__pregel_durability"})
"""Those that a graph sends all the same when one of its nodes is a `RemoteGraph`."""


def brings_answers(config: Mapping[str, Any] | None) -> bool:
    """Whether a configuration answers what waits, as that of a graph that goes on does."""
    return bool(((config or {}).get("configurable") or {}).get(_ANSWERS))


def config_of(run: RunRequest, fence: int = 0, *, checkpoint: bool = True) -> RunnableConfig:
    """The configuration under which a run is carried out.

    Args:
        run: The run.
        fence: Token of the thread's lease.
        checkpoint: Whether it names the checkpoint that the client wants to go on from.
    """
    given: Mapping[str, Any] = run.kwargs.get("config") or {}
    configurable = {
        name: value for name, value in _configurable(run).items() if not name.startswith(RESERVED)
    }
    if checkpoint:
        configurable.update(run.kwargs.get("checkpoint") or {})
    else:
        for name in ("checkpoint_id", "checkpoint_ns", "checkpoint_map"):
            configurable.pop(name, None)
    configurable |= {
        "thread_id": run.thread_id,
        "run_id": run.run_id,
        "graph_id": run.graph_id,
        "assistant_id": run.assistant_id,
        "podium_principal": run.principal,
        CONFIG_KEY_ASKER: run.asker,
        CONFIG_KEY_FENCE: fence,
    }
    if not run.kwargs.get(DECIDES, True):
        configurable[CONFIG_KEY_DECIDES] = False
    told = {**(given.get("metadata") or {}), **run.metadata}
    metadata = {name: value for name, value in told.items() if not name.startswith(RESERVED)}
    config: RunnableConfig = {"configurable": configurable, "metadata": metadata}
    if tags := given.get("tags"):
        config["tags"] = list(tags)
    if limit := given.get("recursion_limit"):
        config["recursion_limit"] = int(limit)
    return config


def input_of(run: RunRequest) -> Any:
    """What the graph gets: the client's input, or its command."""
    command = run.kwargs.get("command")
    return command_of(command) if command else run.kwargs.get("input")


def brings_input(run: RunRequest) -> bool:
    """Whether a run asks for something, in place of having go on what was asked for before.

    Args:
        run: The run.
    """
    command = run.kwargs.get("command")
    if command:
        return command.get("update") is not None or command.get("goto") is not None
    return run.kwargs.get("input") is not None and not is_called_again(run)


def is_called_again(run: RunRequest) -> bool:
    """Whether a graph asks that goes on itself, one of whose nodes is this one as a `RemoteGraph`.

    It sends the node's input again, and what was answered, if by name, beside it.

    Args:
        run: The run.
    """
    return not run.kwargs.get("command") and bool(_configurable(run).get(_RESUMING))


def answers_of(run: RunRequest, waiting: Collection[str]) -> Command[Any] | None:
    """What a graph that goes on has for those interrupts of this one that wait; None when nothing.

    Args:
        run: The run.
        waiting: The ids of the interrupts.
    """
    from langgraph.types import Command

    given = _configurable(run).get(_ANSWERS)
    found = {name: given[name] for name in waiting if name in given} if isinstance(given, Mapping) else {}
    return Command(resume=found) if found else None


def _configurable(run: RunRequest) -> Mapping[str, Any]:
    return (run.kwargs.get("config") or {}).get("configurable") or {}


def command_of(given: Mapping[str, Any]) -> Command[Any]:
    """LangGraph's command from its JSON."""
    from langgraph.types import Command

    told: dict[str, Any] = {}
    if "resume" in given:
        told["resume"] = given["resume"]
    if (update := given.get("update")) is not None:
        pairs = isinstance(update, list) and all(isinstance(one, list) and len(one) == 2 for one in update)
        told["update"] = [tuple(one) for one in update] if pairs else update
    if (goto := given.get("goto")) is not None:
        told["goto"] = [_target(one) for one in goto] if isinstance(goto, list) else _target(goto)
    return Command(**told)


def _target(given: Any) -> Any:
    from langgraph.types import Send

    return Send(given["node"], given.get("input")) if isinstance(given, Mapping) else given
