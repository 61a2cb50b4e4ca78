"""States as what changed since the one before, so that a long thread does not store its past at each step.

A state is told after every step. Where it only grew, the growth is stored: `set` holds values that are new
or other than before, `add` what lists gained at their end, `drop` names that are gone. The first state of a
run may lean on a checkpoint, which `base` names.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import orjson

from podium.runtime.serving.encoding import SMALL, EncodedState, Parts, encode, joined
from podium.storage.stream_events import Form

STATES = "values"
"""The name of the events that tell states; after a bar comes the subgraph."""


class Differ:
    """Turns the states of a run into what is stored of them.

    States are compared as JSON: it is there already, and two strings of it are compared at the speed of
    memory. Small states are stored whole: reading them is simpler then, and they cost no more.
    """

    def __init__(self) -> None:
        self._last: dict[str, tuple[Parts, str]] = {}

    def lean(self, event: str, parts: Parts, checkpoint_id: str) -> None:
        """Note the state that a checkpoint holds, for the first event of this name to lean on."""
        self._last[event] = (parts, checkpoint_id)

    def stored(self, event: str, state: EncodedState) -> tuple[Form, bytes]:
        """How a state is stored.

        Args:
            event: The event's name.
            state: What is told.
        """
        before = self._last.pop(event, None)
        if state.parts is None:
            return "json", state.whole
        self._last[event] = (state.parts, "")
        if before is None or len(state.whole) <= SMALL:
            return "json", state.whole
        data = _patch(*before, state.parts)
        return ("patch", data) if len(data) < len(state.whole) else ("json", state.whole)


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


def _patch(before: Parts, base: str, now: Parts) -> bytes:
    changed: Parts = {}
    added: Parts = {}
    for name, value in now.items():
        old = before.get(name, b"")
        if old == value:
            continue
        more = _growth(old, value)
        if more:
            added[name] = more
        else:
            changed[name] = value
    drop = [name for name in before if name not in now]
    patch = {"set": joined(changed), "add": joined(added), "drop": encode(drop)}
    return joined({**patch, "base": encode(base)} if base else patch)


def _growth(old: bytes, new: bytes) -> bytes:
    """The JSON of what a list gained at its end; empty when it changed elsewhere, or is none.

    Where one list's JSON goes on after all elements of the other's with a comma, these are the same in both.
    """
    if old[:1] != b"[" or not new.startswith(old[:-1]):
        return b""
    if old == b"[]":
        return new
    return b"[" + new[len(old) :] if new[len(old) - 1 : len(old)] == b"," else b""
