"""The events of one run on their way to the log and to its readers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from podium.runtime.serving.encoding import Parts, StateEncoder, encode
from podium.runtime.serving.modes import MessageParts, name_of
from podium.runtime.serving.patches import STATES, Differ
from podium.runtime.serving.retelling import Retelling, without_mark
from podium.runtime.serving.streams import Published, StreamHub
from podium.storage.run_requests import RunRequest
from podium.storage.stream_events import Form, StreamEvent

INTERRUPT: Final = "__interrupt__"
"""Where LangGraph puts what waits for a person in a state."""


class Telling:
    """Tells what happens in a run. The graph goes on when it is stored.

    Args:
        hub: Stores and tells it.
        run: The run.

    Attributes:
        differ: Turns states into what is stored of them.
        again: What an earlier attempt told already.
        values: The last state, as JSON.
        parts: The last state, as the JSON of its values; None where it is small.
        waits: Whether that state says that something waits for a person.
    """

    def __init__(self, hub: StreamHub, run: RunRequest) -> None:
        self._hub = hub
        self._run = run
        self._modes = frozenset(run.kwargs.get("stream_mode") or [STATES])
        self._messages = MessageParts()
        self.differ = Differ()
        self.again = Retelling()
        self._states = StateEncoder()
        self.values: bytes | None = None
        self.parts: Parts | None = None
        self.waits = False

    async def event(self, name: str, content: Any) -> None:
        """Tell one event."""
        self.soon(name, content)
        await self._hub.flushed()

    def soon(self, name: str, content: Any) -> None:
        """Tell one event with the next one."""
        self._publish(name, encode(content))

    async def part(self, namespace: tuple[str, ...], mode: str, data: Any) -> None:
        """Tell one part of LangGraph's stream, as each mode that the client asked for shows it."""
        name = name_of(mode, namespace)
        if mode == STATES:
            state = self._states.encode(name, data)
            if not namespace:
                self.values, self.parts = state
                self.waits = isinstance(data, Mapping) and INTERRUPT in data
            if STATES in self._modes and not self.again.is_known(name, state.whole):
                self._store(name, state.whole, *self.differ.stored(name, state))
        elif mode == "messages":
            chunk, metadata = data
            if "messages-tuple" in self._modes:
                self._publish(name, encode([chunk, metadata]))
            if "messages" in self._modes:
                for kind, content in self._messages.told(chunk, metadata):
                    self._publish(name_of(kind, namespace), encode(content))
        else:
            self._publish(name, encode(without_mark(data)))
        await self._hub.flushed()

    def _publish(self, name: str, data: bytes) -> None:
        if not self.again.is_known(name, data):
            self._store(name, data, "json", data)

    def _store(self, name: str, whole: bytes, form: Form, data: bytes) -> None:
        run = self._run
        self._hub.publish(Published(StreamEvent(0, run.thread_id, run.run_id, name, form, data), whole))
