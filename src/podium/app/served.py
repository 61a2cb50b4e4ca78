"""The graphs that a folder serves: those of its manifest, and those of its `langgraph.json`."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from podium.app.factory import CONTEXT_KEY
from podium.app.graph_exports import Exports
from podium.app.graph_factories import Factory, Opening, problem_of
from podium.app.langgraph_json import Declared, LanggraphJson, read_langgraph_json
from podium.app.standing import Standing
from podium.core.errors import PodiumError, UnknownName
from podium.core.location import toml_line
from podium.core.settings import MANIFEST
from podium.graphs.loader import compiled
from podium.runtime.serving.graphs import Purpose

if TYPE_CHECKING:
    from langchain_core.runnables import RunnableConfig
    from langgraph.checkpoint.base import BaseCheckpointSaver
    from langgraph.store.base import BaseStore

    from podium.app.graph_factories import Graph
    from podium.app.podium import Podium
    from podium.app.project import Project

_UNNAMED: Final = "LangGraph"
"""What LangGraph calls a graph that nobody named."""


class ServedGraphs:
    """The graphs of an app's folder, by name.

    What is compiled, and what a function makes that takes nothing, is made once and kept. A function of
    `langgraph.json` that takes the configuration or the runtime is called for every opening, as
    LangGraph's own server does. A graph that is broken does not keep the others from being served.

    Use `ServedGraphs.opened_from`.

    Args:
        app: The app, opened from the folder.
        sources: What there is, by name.
        warnings: What in the folder's files has no effect, one line each.
        store: What the graphs remember in across threads; their own when None.
    """

    def __init__(
        self,
        app: Podium,
        sources: Iterable[_Source],
        *,
        warnings: Iterable[str] = (),
        store: BaseStore | None = None,
    ) -> None:
        self.warnings = tuple(warnings)
        self._app = app
        self._sources = {source.declared.name: source for source in sources}
        self._store = store
        self._exports = Exports(app.project.folder)
        self._kept: dict[str, Graph] = {}
        self._factories: dict[str, Factory] = {}
        self._broken: dict[str, PodiumError] = {}
        self._standing: list[Standing[Graph]] = []

    @classmethod
    @asynccontextmanager
    async def opened_from(
        cls, app: Podium, *, store: BaseStore | None = None, strict: bool = False
    ) -> AsyncIterator[ServedGraphs]:
        """The graphs of an app's folder, loaded, and closed at the end of the block.

        Args:
            app: The app.
            store: What the graphs remember in across threads; their own when None.
            strict: Raise for a broken graph rather than serve the others.

        Raises:
            ConfigError: `langgraph.json` is broken, or a graph where `strict`.
        """
        listed = read_langgraph_json(app.project.folder)
        if listed is not None:
            listed.prepare(os.environ)
        sources = list(_sources(app.project, listed))
        served = cls(app, sources, warnings=listed.warnings if listed else (), store=store)
        try:
            await served._load()
            if strict:
                served.check()
            yield served
        finally:
            await served._close()

    def names(self) -> tuple[str, ...]:
        """What there is, broken ones included; the default first."""
        return tuple(self._sources)

    @property
    def own(self) -> str | None:
        """The app's own graph, which conversations on the command line run in; None without a manifest."""
        return next((name for name, source in self._sources.items() if source.own), None)

    def description(self, name: str) -> str:
        """What a graph is for; may be empty.

        Raises:
            UnknownName: There is no such graph.
        """
        return self._source(name).declared.description

    @property
    def broken(self) -> Mapping[str, PodiumError]:
        """What is wrong with graphs that cannot be opened, by name."""
        return MappingProxyType(self._broken)

    def check(self) -> None:
        """Raise for the first graph that is broken.

        Raises:
            ConfigError: One is; the message names file and line.
        """
        for error in self._broken.values():
            raise error

    @asynccontextmanager
    async def opened(
        self,
        name: str,
        config: RunnableConfig | None = None,
        *,
        purpose: Purpose = "threads.create_run",
        context: object = None,
        user: Any = None,
    ) -> AsyncIterator[Graph]:
        """A graph that stores in the app's database; closed at the end of the block.

        Args:
            name: The graph.
            config: The run's configuration, for a function that makes the graph from it.
            purpose: Why it is opened.
            context: The run's context.
            user: Who asks.

        Raises:
            UnknownName: There is no such graph.
            ConfigError: It, a prompt or the policy is broken; the message names file and line.
            InputError: The context does not fit the graph's.
        """
        source = self._source(name)
        if (kept := self._kept.get(name)) is not None:
            runs = source.own and purpose == "threads.create_run"
            async with self._app.in_force() if runs else nullcontext():
                yield kept
            return
        if (error := self._broken.get(name)) is not None:
            raise error
        factory = self._factories[name]
        opening = Opening(self._with_context(config), purpose, context, user, self._store)
        async with factory.opened(opening) as graph:
            yield self._stored(source, graph)

    async def _load(self) -> None:
        for name, source in self._sources.items():
            try:
                await self._load_one(name, source)
            except PodiumError as error:
                self._broken[name] = error
            except Exception as error:  # noqa: BLE001 - users' code; the others are served all the same
                self._broken[name] = problem_of(error, f"{source.declared.origin}: {name}")

    async def _load_one(self, name: str, source: _Source) -> None:
        if source.own:
            self._kept[name] = self._stored(source, await asyncio.to_thread(lambda: self._app.graph))
            return
        declared = source.declared
        found = await asyncio.to_thread(self._exports.find, declared.place, declared.origin)
        where = f"{found.file}: {found.attribute}"
        if not callable(found.value):
            self._kept[name] = self._stored(source, compiled(found.value, where))
            return
        factory = Factory(found.value, found.file, found.attribute)
        if source.rebuilt and factory.varies:
            self._factories[name] = factory
            return
        standing = Standing(factory.opened(Opening(self._with_context(None), store=self._store)))
        self._kept[name] = self._stored(source, await standing.open())
        self._standing.append(standing)

    async def _close(self) -> None:
        while self._standing:
            await self._standing.pop().close()

    def _source(self, name: str) -> _Source:
        try:
            return self._sources[name]
        except KeyError:
            raise UnknownName(
                f"no graph is called {name!r}", hint=f"There are: {', '.join(self._sources) or 'none'}."
            ) from None

    def _with_context(self, config: RunnableConfig | None) -> RunnableConfig:
        """The configuration with the app's context, so that a graph file opens no second app."""
        given: RunnableConfig = {**(config or {})}
        given["configurable"] = {**given.get("configurable", {}), CONTEXT_KEY: self._app.context}
        return given

    def _stored(self, source: _Source, graph: Graph) -> Graph:
        saver: BaseCheckpointSaver[Any] = self._app.checkpointer
        if source.own and graph.checkpointer is saver:
            return graph
        update: dict[str, Any] = {"checkpointer": saver}
        if self._store is not None:
            update["store"] = self._store
        if getattr(graph, "name", _UNNAMED) == _UNNAMED:
            update["name"] = source.declared.name
        return graph.copy(update=update)


@dataclass(frozen=True, slots=True)
class _Source:
    """Where a graph comes from.

    Attributes:
        declared: Its name, place and description.
        own: Whether it is the app's own graph.
        rebuilt: Whether a function that takes something is called for every opening.
    """

    declared: Declared
    own: bool = False
    rebuilt: bool = False


def _sources(project: Project, listed: LanggraphJson | None) -> Iterator[_Source]:
    """The manifest's graphs, the first of them the app's own; then what only `langgraph.json` names."""
    manifest, path = project.manifest, project.folder / MANIFEST
    described = {declared.name: declared.description for declared in listed.graphs} if listed else {}
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    named = dict(manifest.graphs)
    if not named and path.is_file():
        named = {manifest.project.name: ""}
    for number, (name, place) in enumerate(named.items()):
        own = number == 0
        description = described.get(name) or (manifest.project.description if own else "")
        origin = f"{path}:{toml_line(text, ('graphs', name))}"
        yield _Source(Declared(name, place, description, origin), own=own)
    for declared in listed.graphs if listed else ():
        if declared.name not in named:
            yield _Source(declared, rebuilt=True)
