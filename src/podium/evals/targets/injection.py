"""Breaking things on purpose: a case's faults, put where an app meets its models, knowledge and tools."""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from podium.app.seams import Seams
from podium.core.errors import ConfigError, KnowledgeError, SourceUnavailable
from podium.core.evidence import Evidence
from podium.core.explaining import nearest
from podium.evals.case import Fault, FaultKind
from podium.models.resolver import OFFLINE, ResolvedModel

if TYPE_CHECKING:
    from podium.agents.contracts import Role
    from podium.agents.offline.protocols import Search
    from podium.knowledge.sources.source import Source
    from podium.tools.context import ActionContext
    from podium.tools.tool import Tool

DOCUMENTS = "documents"
"""What the search in the knowledge base is called as a source."""

_NAMED: dict[FaultKind, str] = {
    "model_error": "role",
    "model_stall": "role",
    "model_lie": "role",
    "source_down": "source",
    "tool_error": "tool",
}


class Struck:
    """Counts how often a fault has hit.

    Args:
        fault: What the case says.
    """

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        self._left = fault.times

    def __call__(self) -> bool:
        """Whether it hits now; every question counts."""
        if self._left is None:
            return True
        self._left -= 1
        return self._left >= 0


class Injection:
    """The faults of one trial.

    Args:
        faults: What the case says.
    """

    def __init__(self, faults: Iterable[Fault]) -> None:
        self._struck = [Struck(fault) for fault in faults]
        self._met: dict[str, set[str]] = {"role": set(), "source": {DOCUMENTS}, "tool": set()}

    def into(self, seams: Seams) -> Seams:
        """The seams with the faults in them."""
        if not self._struck:
            return seams
        return replace(
            seams,
            model=lambda role, model: self._model(role, seams.model(role, model)),
            search=lambda search: self._search(seams.search(search)),
            source=lambda source: self._source(seams.source(source)),
            tool=lambda tool: self._tool(seams.tool(tool)),
        )

    def check(self) -> None:
        """Make sure that every fault can hit something, now that the app is made.

        Raises:
            ConfigError: It names a role, source or tool that is not there, and would never hit.
        """
        for one in self._struck:
            kind = _NAMED[one.fault.kind]
            met = self._met[kind]
            if one.fault.name and one.fault.name not in met:
                meant = nearest(one.fault.name, met)
                raise ConfigError(
                    f"the fault {one.fault.kind} names the {kind} {one.fault.name!r}, which is not there",
                    hint=f"Did you mean {meant!r}?" if meant else f"There are: {', '.join(sorted(met))}.",
                )

    def _of(self, kind: str, name: str) -> list[Struck]:
        self._met[kind].add(name)
        return [
            one for one in self._struck if _NAMED[one.fault.kind] == kind and one.fault.name in ("", name)
        ]

    def _model(self, role: Role, model: ResolvedModel | None) -> ResolvedModel | None:
        faults = self._of("role", role)
        if not faults:
            return model
        from podium.evals.targets.faulty_chat import faulty_chat

        if model is not None:
            return replace(model, chat=faulty_chat(model.chat, faults))
        # Where there is no model, one that fails stands before the offline agent, which takes over from it.
        return ResolvedModel(name=OFFLINE, chat=faulty_chat(None, faults), max_retries=0)

    def _search(self, search: Search) -> Search:
        faults = self._of("source", DOCUMENTS)
        if not faults:
            return search

        async def broken(query: str, k: int) -> Sequence[Evidence]:
            if await _hits(faults):
                raise KnowledgeError("the documents cannot be searched: a fault of the case")
            return await search(query, k)

        return broken

    def _source(self, source: Source) -> Source:
        faults = self._of("source", source.name)
        return DownSource(source, faults) if faults else source

    def _tool(self, tool: Tool) -> Tool:
        faults = self._of("tool", tool.name)
        if not faults:
            return tool
        run = tool.run

        async def broken(context: ActionContext, args: object) -> object:
            if await _hits(faults):
                raise RuntimeError("a fault of the case")
            return await run(context, args)

        def broken_sync(context: ActionContext, args: object) -> object:
            for one in faults:
                if one():
                    time.sleep(one.fault.seconds)
                    raise RuntimeError("a fault of the case")
            return run(context, args)

        return replace(tool, run=broken if inspect.iscoroutinefunction(run) else broken_sync)


class DownSource:
    """A source that is down now and then.

    Args:
        source: The source.
        faults: When.
    """

    def __init__(self, source: Source, faults: Sequence[Struck]) -> None:
        self.name = source.name
        self._source = source
        self._faults = faults

    async def fetch(self, query: str, k: int) -> Sequence[Evidence]:
        """What the source gives.

        Raises:
            SourceUnavailable: It is down.
        """
        if await _hits(self._faults):
            raise SourceUnavailable(f"{self.name}: a fault of the case")
        return await self._source.fetch(query, k)

    def close(self) -> None:
        """Let go of what the source holds."""
        close = getattr(self._source, "close", None)
        if callable(close):
            close()


async def _hits(faults: Sequence[Struck]) -> bool:
    for one in faults:
        if one():
            await asyncio.sleep(one.fault.seconds)
            return True
    return False
