"""Giving back what was recorded: nothing outside is reached, and what was not recorded is an error."""

from __future__ import annotations

import inspect
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from threading import Lock
from typing import TYPE_CHECKING, Any

from podium.app.seams import Resolve, Seams
from podium.core.errors import NotRecorded
from podium.core.evidence import Evidence
from podium.core.model import JsonValue
from podium.evals.traffic.exchange import Exchange, Outside, Tape, key_of, raised
from podium.evals.traffic.recording import asked_of, with_calls

if TYPE_CHECKING:
    from podium.knowledge.sources.source import Source
    from podium.models.resolver import ResolvedModel
    from podium.tools.tool import Tool


class Replaying:
    """Stands before models, sources and tools in place of what is behind them.

    Equal questions are answered in the order in which they were, and the last answer goes on being given.

    Args:
        tape: What was recorded.
        outside: Which tools are answered from it; the others run.
    """

    def __init__(self, tape: Tape, outside: Callable[[Tool], bool]) -> None:
        self._outside = outside
        self._models = {note.name: note for note in tape.models}
        self._lock = Lock()
        self._missed: NotRecorded | None = None
        self._left: dict[tuple[str, str, str], deque[Exchange]] = {}
        for one in tape.exchanges:
            self._left.setdefault((one.outside, one.name, one.key), deque()).append(one)

    def into(self, seams: Seams) -> Seams:
        """The seams with the tape in place of what is outside."""
        return replace(
            seams,
            resolve=self._resolved,
            source=lambda source: ReplayedSource(source, self),
            tool=self._tool,
        )

    def answer(self, outside: Outside, name: str, asked: object) -> JsonValue:
        """What came back when this was asked.

        Raises:
            NotRecorded: It was not asked.
            Exception: What was raised then.
        """
        with self._lock:
            left = self._left.get((outside, name, key_of(asked))) or self._left.get((outside, name, ""))
            if not left:
                raise self._miss(
                    f"nothing was recorded for this question to the {outside} {name}",
                    "The prompts, the policy or the case have changed since: record again with --record.",
                )
            found = left.popleft() if len(left) > 1 else left[0]
        if found.failure is not None:
            raise raised(found.failure)
        return found.reply

    def check(self) -> None:
        """Make sure that all that was asked could be answered; an app may have gone on without an answer.

        Raises:
            NotRecorded: Something could not.
        """
        if self._missed is not None:
            raise self._missed

    def _miss(self, what: str, hint: str) -> NotRecorded:
        self._missed = self._missed or NotRecorded(what, hint=hint)
        return self._missed

    def _resolved(self, name: str, resolve: Resolve) -> ResolvedModel | None:
        note = self._models.get(name)
        if note is None:
            from podium.models.resolver import OFFLINE

            if name == OFFLINE:
                return resolve(name)
            raise self._miss(
                f"the model {name} was not used when this was recorded",
                "Replay with the models that it was recorded with.",
            )
        from podium.evals.traffic.chats import replayed_chat
        from podium.models.resolver import ResolvedModel as Resolved

        return Resolved(name, replayed_chat(note, self), note.timeout, note.max_retries, place=note.place)

    def _tool(self, tool: Tool) -> Tool:
        if not self._outside(tool):
            return tool
        return with_calls(tool, lambda part, call: self._call(f"{tool.name}.{part}", call))

    def _call(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def at_once(_: object, *arguments: Any) -> Any:
            return self.answer("tool", name, asked_of(arguments))

        async def awaited(_: object, *arguments: Any) -> Any:
            return self.answer("tool", name, asked_of(arguments))

        return awaited if inspect.iscoroutinefunction(call) else at_once


class ReplayedSource:
    """A source that gives what it gave.

    Args:
        source: Only its name is used.
        replaying: What it gave.
    """

    def __init__(self, source: Source, replaying: Replaying) -> None:
        self.name = source.name
        self._source = source
        self._replaying = replaying

    async def fetch(self, query: str, k: int) -> Sequence[Evidence]:
        """What the source gave."""
        found = self._replaying.answer("source", self.name, [query, k])
        return [Evidence.model_validate(one) for one in found] if isinstance(found, list) else []

    def close(self) -> None:
        """Let go of what the source holds."""
        close = getattr(self._source, "close", None)
        if callable(close):
            close()
