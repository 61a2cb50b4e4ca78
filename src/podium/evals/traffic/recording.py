"""Keeping what goes out and comes back while a trial runs."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from podium.app.seams import Resolve, Seams
from podium.core.model import JsonValue
from podium.evals.targets.outputs import plain
from podium.evals.traffic.exchange import Exchange, ModelNote, Outside, Tape, failure_of, key_of

if TYPE_CHECKING:
    from podium.core.evidence import Evidence
    from podium.knowledge.sources.source import Source
    from podium.models.resolver import ResolvedModel
    from podium.tools.tool import Tool


class Recording:
    """Stands before models, sources and tools, and notes every exchange.

    Args:
        outside: Which tools reach outside of the trial's own world; the others run again in a replay.
    """

    def __init__(self, outside: Callable[[Tool], bool]) -> None:
        self._outside = outside
        self._models: dict[str, ModelNote] = {}
        self._exchanges: list[Exchange] = []

    def into(self, seams: Seams) -> Seams:
        """The seams with the recording outermost, so that faults are recorded too."""
        return replace(
            seams,
            resolve=lambda name, resolve: self._resolved(name, lambda it: seams.resolve(it, resolve)),
            source=lambda source: TapedSource(seams.source(source), self),
            tool=lambda tool: self._tool(seams.tool(tool)),
        )

    def tape(self, case: str, epoch: int) -> Tape:
        """What was noted so far."""
        return Tape(
            case=case, epoch=epoch, models=tuple(self._models.values()), exchanges=tuple(self._exchanges)
        )

    def note(self, outside: Outside, name: str, asked: object, reply: JsonValue) -> None:
        """A reply came."""
        self._exchanges.append(Exchange(outside=outside, name=name, key=key_of(asked), reply=reply))

    def note_failure(self, outside: Outside, name: str, asked: object, error: BaseException) -> None:
        """No reply came."""
        late = TimeoutError() if isinstance(error, asyncio.CancelledError) else error
        failure = failure_of(late)
        self._exchanges.append(Exchange(outside=outside, name=name, key=key_of(asked), failure=failure))

    def _resolved(self, name: str, resolve: Resolve) -> ResolvedModel | None:
        model = resolve(name)
        if model is None:
            return None
        from podium.evals.traffic.chats import recorded_chat, takes_tools

        self._models[name] = ModelNote(
            name=name,
            kind=model.chat._llm_type,
            takes_tools=takes_tools(model.chat),
            timeout=model.timeout,
            max_retries=model.max_retries,
            place=model.place,
        )
        return replace(model, chat=recorded_chat(name, model.chat, self))

    def _tool(self, tool: Tool) -> Tool:
        if not self._outside(tool):
            return tool
        return with_calls(tool, lambda part, call: _recorded(f"{tool.name}.{part}", call, self))


class TapedSource:
    """A source whose replies are noted.

    Args:
        source: The source.
        recording: Where.
    """

    def __init__(self, source: Source, recording: Recording) -> None:
        self.name = source.name
        self._source = source
        self._recording = recording

    async def fetch(self, query: str, k: int) -> Sequence[Evidence]:
        """What the source gives."""
        try:
            found = await self._source.fetch(query, k)
        except BaseException as error:
            self._recording.note_failure("source", self.name, [query, k], error)
            raise
        reply: JsonValue = [one.model_dump(mode="json") for one in found]
        self._recording.note("source", self.name, [query, k], reply)
        return found

    def close(self) -> None:
        """Let go of what the source holds."""
        close = getattr(self._source, "close", None)
        if callable(close):
            close()


def with_calls(tool: Tool, change: Callable[[str, Callable[..., Any]], Callable[..., Any]]) -> Tool:
    """The tool with its call and all its callbacks changed.

    Args:
        tool: The tool.
        change: Given a part's name and its function; gives what is called in its place.
    """
    names = ("preview", "compensate", "verify", "reconcile", "cost")
    parts = {name: getattr(tool.options, name) for name in names}
    changed: dict[str, Any] = {name: change(name, part) for name, part in parts.items() if callable(part)}
    return replace(tool, run=change("run", tool.run), options=replace(tool.options, **changed))


def asked_of(arguments: Sequence[Any]) -> list[Any]:
    """What a call of a tool depends on: its arguments and the result it looks at, not who calls."""
    return [plain(one) for one in arguments]


def _recorded(name: str, call: Callable[..., Any], recording: Recording) -> Callable[..., Any]:
    async def later(arguments: Sequence[Any], given: Any) -> Any:
        try:
            result = await given
        except BaseException as error:
            recording.note_failure("tool", name, asked_of(arguments), error)
            raise
        recording.note("tool", name, asked_of(arguments), plain(result))
        return result

    def at_once(context: object, *arguments: Any) -> Any:
        try:
            result = call(context, *arguments)
        except Exception as error:
            recording.note_failure("tool", name, asked_of(arguments), error)
            raise
        if inspect.isawaitable(result):
            return later(arguments, result)
        recording.note("tool", name, asked_of(arguments), plain(result))
        return result

    async def awaited(context: object, *arguments: Any) -> Any:
        return await later(arguments, call(context, *arguments))

    return awaited if inspect.iscoroutinefunction(call) else at_once
