"""Threads and states as answers tell them: all of them, the fields that were asked for, or places in them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from podium.runtime.serving.encoding import plain
from podium.runtime.serving.states import ThreadHead
from podium.storage.threads import ThreadRecord

_STEP = re.compile(r"\.([^.\[\]]+)|\[(-?\d+)\]")
_VALUES = "values."


def thread_view(thread: ThreadRecord, head: ThreadHead | None, *, ttl: bool = False) -> dict[str, Any]:
    """A thread as clients know it.

    Args:
        thread: The thread.
        head: Its latest state; None where it is not wanted.
        ttl: Whether it is told how long the thread is kept.
    """
    head = head or ThreadHead()
    told = {
        "thread_id": thread.thread_id,
        "created_at": thread.created_at,
        "updated_at": thread.updated_at,
        "state_updated_at": thread.state_updated_at,
        "metadata": thread.metadata,
        "config": thread.config,
        "context": {},
        "status": thread.status,
        "values": head.values,
        "interrupts": head.interrupts if head.checkpoint_id else thread.interrupts or {},
        "error": thread.error,
    }
    return {**told, "ttl": ttl_view(thread)} if ttl else told


def ttl_view(thread: ThreadRecord) -> dict[str, Any] | None:
    """How long a thread is kept; None for ever."""
    return {**thread.ttl, "expires_at": thread.expires_at} if thread.ttl else None


def extracted(told: Mapping[str, Any], paths: Mapping[str, str]) -> dict[str, Any]:
    """What is at places in a thread, under the names that were given; null where there is nothing.

    Args:
        told: The thread.
        paths: Places such as `values.messages[-1].content`, by name.
    """
    roots = {path.partition(".")[0].partition("[")[0] for path in paths.values()}
    held = {root: plain(told[root]) for root in roots}
    return {name: _at(held, path) for name, path in paths.items()}


def state_view(told: dict[str, Any], select: Sequence[str] | None) -> dict[str, Any]:
    """The fields of a state that were asked for.

    Args:
        told: The state.
        select: Names of fields, and `values.<key>` for single values; None for everything.
    """
    if not select:
        return told
    view = {name: told[name] for name in select if name in told}
    keys = [name.removeprefix(_VALUES) for name in select if name.startswith(_VALUES)]
    if keys and "values" not in view:
        view["values"] = _only(told["values"], keys)
    return view


def _only(values: Any, keys: Iterable[str]) -> Any:
    return {key: values[key] for key in keys if key in values} if isinstance(values, Mapping) else values


def _at(held: Mapping[str, Any], path: str) -> Any:
    root = re.split(r"[.\[]", path, maxsplit=1)[0]
    found: Any = held[root]
    for name, index in _STEP.findall(path[len(root) :]):
        try:
            found = found[name] if name else found[int(index)]
        except (KeyError, IndexError, TypeError):
            return None
    return found
