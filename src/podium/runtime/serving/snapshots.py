"""States of threads as LangGraph's servers tell them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from podium.guardrails.redaction import redact

if TYPE_CHECKING:
    from langchain_core.runnables import RunnableConfig
    from langgraph.types import PregelTask, StateSnapshot

_KEYS = ("checkpoint_ns", "checkpoint_id", "checkpoint_map")


def told_state(snapshot: StateSnapshot, thread_id: str) -> dict[str, Any]:
    """A state as clients know it; its values may be messages.

    Args:
        snapshot: LangGraph's.
        thread_id: Whose state it is.
    """
    parent = snapshot.parent_config
    return {
        "values": snapshot.values,
        "next": list(snapshot.next),
        "tasks": [_told_task(task, thread_id) for task in snapshot.tasks],
        "metadata": snapshot.metadata or {},
        "created_at": snapshot.created_at,
        "checkpoint": told_checkpoint(snapshot.config, thread_id),
        "parent_checkpoint": told_checkpoint(parent, thread_id) if parent else None,
        "interrupts": list(snapshot.interrupts),
    }


def told_checkpoint(config: RunnableConfig, thread_id: str) -> dict[str, Any]:
    """What names a checkpoint of a thread."""
    given = config.get("configurable") or {}
    named = {name: given.get(name) for name in _KEYS}
    return {"thread_id": thread_id, **named, "checkpoint_ns": named["checkpoint_ns"] or ""}


def _told_task(task: PregelTask, thread_id: str) -> dict[str, Any]:
    checkpoint: dict[str, Any] | None = None
    state: dict[str, Any] | None = None
    if isinstance(task.state, Mapping):
        checkpoint = told_checkpoint(task.state, thread_id)
    elif task.state is not None:
        state = told_state(task.state, thread_id)
        checkpoint = state["checkpoint"]
    return {
        "id": task.id,
        "name": task.name,
        "path": list(task.path),
        "error": None if task.error is None else redact(_text(task.error)),
        "interrupts": list(task.interrupts),
        "checkpoint": checkpoint,
        "state": state,
        "result": task.result,
    }


def _text(error: object) -> str:
    return repr(error) if isinstance(error, BaseException) else str(error)
