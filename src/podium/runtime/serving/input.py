"""What a graph is started with, from what a client asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from podium.core.principal import Principal
from podium.storage.leases import CONFIG_KEY_FENCE
from podium.storage.run_requests import RunRequest

if TYPE_CHECKING:
    from langchain_core.runnables import RunnableConfig
    from langgraph.types import Command

RESERVED = ("__", "podium_")
"""Beginnings of configurable keys that only the server sets."""


def config_of(run: RunRequest, fence: int = 0, *, checkpoint: bool = True) -> RunnableConfig:
    """The configuration under which a run is carried out.

    Args:
        run: The run.
        fence: Token of the thread's lease.
        checkpoint: Whether it names the checkpoint that the client wants to go on from.
    """
    given: Mapping[str, Any] = run.kwargs.get("config") or {}
    configurable = {
        name: value
        for name, value in (given.get("configurable") or {}).items()
        if not name.startswith(RESERVED)
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
        "podium_principal": Principal(run.owner, run.tenant),
        CONFIG_KEY_FENCE: fence,
    }
    config: RunnableConfig = {"configurable": configurable, "metadata": dict(run.metadata)}
    if tags := given.get("tags"):
        config["tags"] = list(tags)
    if limit := given.get("recursion_limit"):
        config["recursion_limit"] = int(limit)
    return config


def input_of(run: RunRequest) -> Any:
    """What the graph gets: the client's input, or its command."""
    command = run.kwargs.get("command")
    return command_of(command) if command else run.kwargs.get("input")


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
