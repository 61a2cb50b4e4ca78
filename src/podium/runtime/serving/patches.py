"""States as what changed since the one before, so that a long thread does not store its past at each step.

A state is told after every step. Where it only grew, the growth is stored: `set` holds values that are new
or other than before, `add` what lists gained at their end, `drop` names that are gone. The first state of a
run may lean on a checkpoint, which `base` names.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import orjson
from langchain_core.messages import BaseMessage

from podium.runtime.serving.encoding import encode
from podium.storage.stream_events import Form

STATES = "values"
"""The name of the events that tell states; after a bar comes the subgraph."""
SMALL = 4096
"""Bytes up to which a state is stored whole: reading it is simpler then, and costs no more."""


class Differ:
    """Turns the states of a run into what is stored of them.

    States are compared as the Python objects that the graph streams: what stayed the same is the same
    object, which costs next to nothing to find out.
    """

    def __init__(self) -> None:
        self._last: dict[str, tuple[Mapping[str, Any], str]] = {}

    def lean(self, event: str, values: Mapping[str, Any], checkpoint_id: str) -> None:
        """Note the state that a checkpoint holds, for the first event of this name to lean on."""
        self._last[event] = (values, checkpoint_id)

    def stored(self, event: str, values: Any, whole: bytes) -> tuple[Form, bytes]:
        """How a state is stored.

        Args:
            event: The event's name.
            values: The state.
            whole: Its JSON.
        """
        before = self._last.get(event)
        if not isinstance(values, Mapping):
            self._last.pop(event, None)
            return "json", whole
        self._last[event] = (values, "")
        if before is None or len(whole) <= SMALL:
            return "json", whole
        patch = _patch(before[0], values)
        if before[1]:
            patch["base"] = before[1]
        data = encode(patch)
        return ("patch", data) if len(data) < len(whole) else ("json", whole)


class Assembler:
    """Turns what is stored into states again, event by event, from the first of a run.

    Args:
        base: Gives the state that a checkpoint holds, as JSON values.
    """

    def __init__(self, base: Callable[[str], Awaitable[Mapping[str, Any]]]) -> None:
        self._base = base
        self._last: dict[str, dict[str, Any]] = {}

    async def whole(self, event: str, form: Form, data: bytes) -> bytes:
        """The JSON of one event as it was sent.

        Args:
            event: Its name.
            form: How it is stored.
            data: What is stored.
        """
        if form == "json":
            if event.partition("|")[0] == STATES:
                found = orjson.loads(data)
                self._last[event] = found if isinstance(found, dict) else {}
            return data
        patch = orjson.loads(data)
        if base := patch.get("base"):
            self._last[event] = dict(await self._base(base))
        state = self._last.setdefault(event, {})
        for name, more in patch["add"].items():
            state[name] = [*state.get(name, ()), *more]
        state.update(patch["set"])
        for name in patch["drop"]:
            state.pop(name, None)
        return orjson.dumps(state)


def _patch(before: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    changed: dict[str, Any] = {}
    added: dict[str, Any] = {}
    for name, value in now.items():
        old = before.get(name, _ABSENT)
        if old is value:
            continue
        if isinstance(value, list) and isinstance(old, list) and (grown := _growth(old, value)) is not None:
            if grown:
                added[name] = grown
        else:
            changed[name] = value
    return {"set": changed, "add": added, "drop": [name for name in before if name not in now]}


_ABSENT = object()
_PLAIN = (str, int, float, bool, type(None))


def _growth(old: list[Any], new: list[Any]) -> list[Any] | None:
    """What a list gained at its end; None when it changed elsewhere."""
    if len(old) > len(new):
        return None
    pairs = zip(old, new, strict=False)
    return new[len(old) :] if all(was is now or _same(was, now) for was, now in pairs) else None


def _same(was: Any, now: Any) -> bool:
    """Whether two values have the same JSON; anything but messages and JSON values counts as changed.

    A message that a later run read from the checkpoint is another object than the one that was told.
    """
    if type(was) is not type(now):
        return False  # 1, 1.0 and True are equal
    if isinstance(now, _PLAIN):
        return bool(was == now)
    if isinstance(now, dict):
        return was.keys() == now.keys() and all(_same(was[name], value) for name, value in now.items())
    if isinstance(now, list):
        return len(was) == len(now) and all(map(_same, was, now))
    return isinstance(now, BaseMessage) and _same_message(was, now)


def _same_message(was: BaseMessage, now: BaseMessage) -> bool:
    if was.__dict__ != now.__dict__ or was.__pydantic_extra__ != now.__pydantic_extra__:
        return False
    held = was.__dict__
    return all(
        _same(held[name], value) for name, value in now.__dict__.items() if isinstance(value, dict | list)
    )
