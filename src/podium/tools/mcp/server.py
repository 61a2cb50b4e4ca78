"""One MCP server: started at first use, started again when it died, and asked from any event loop."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from podium.core.errors import ActionError, PodiumError, SourceUnavailable
from podium.core.ids import digest_of
from podium.core.source_settings import McpServerSettings
from podium.models.secrets import one_line
from podium.tools.mcp.background import Background
from podium.tools.mcp.results import refusal_in, result_of
from podium.tools.mcp.transport import Place, session_with

if TYPE_CHECKING:
    from langchain_core.tools import BaseTool
    from mcp import ClientSession

T = TypeVar("T")

REST = 15.0
"""Seconds for which a server that could not be started is left alone."""


class ServerDied(ConnectionError):
    """The connection broke while a request was under way: the server may have acted."""


@dataclass(slots=True)
class _Live:
    """A session in use.

    Attributes:
        session: The session.
        tools: The server's tools by their own names.
        over: Set to end it.
        task: Holds it open.
    """

    session: ClientSession
    tools: dict[str, BaseTool]
    over: asyncio.Event
    task: asyncio.Task[None]


class McpServer:
    """A server that the manifest names.

    Args:
        name: Its name in the manifest.
        settings: How to reach it.
        place: Where it runs.
        background: The loop that owns the session.
        now: A clock that never goes back, in seconds.
    """

    def __init__(
        self,
        name: str,
        settings: McpServerSettings,
        place: Place,
        background: Background,
        *,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        self.settings = settings
        self._place = place
        self._background = background
        self._now = now
        self._live: _Live | None = None
        self._starting = asyncio.Lock()
        self._failed: tuple[float, ActionError] | None = None
        self.starts = 0
        """How often it was started; what it offers may be another each time."""

    async def tools(self) -> Sequence[BaseTool]:
        """What the server offers.

        Raises:
            ActionError: It cannot be started.
        """
        live = await self._background.run(self._ready())
        return tuple(live.tools.values())

    async def call(self, tool: str, args: dict[str, Any], version: str) -> Any:
        """The result of a tool.

        Args:
            tool: Its name on the server.
            args: Its arguments.
            version: What the tool was when it was shown: one that was changed since is not called.

        Raises:
            ActionError: The server cannot be started, or the tool refused.
            ServerDied: The server died before it answered.
        """
        return await self._background.run(self._call(tool, args, version))

    async def read(self, uris: Sequence[str], most: int) -> Sequence[dict[str, str]]:
        """Texts of resources; see `podium.knowledge.sources.Resources`."""
        try:
            return await self._background.run(self._read(uris, most))
        except ActionError as error:
            raise SourceUnavailable(error.message, hint=error.hint) from None

    async def stop(self) -> None:
        """End the session; called on the background loop."""
        live, self._live = self._live, None
        if live is not None:
            live.over.set()
            await asyncio.wait([live.task])

    # --- on the background loop ------------------------------------------------------------------

    async def _call(self, tool: str, args: dict[str, Any], version: str) -> Any:
        live = await self._ready()
        if tool not in live.tools:
            raise ActionError(f"the MCP server {self.name} has no tool {tool!r} any more")
        if version_of(live.tools[tool]) != version:
            raise ActionError(f"the MCP server {self.name} has changed {tool!r} since", hint="Ask again.")
        request = {"type": "tool_call", "id": tool, "name": tool, "args": args}
        return result_of(await self._answer(live, live.tools[tool].ainvoke(request)))

    async def _read(self, uris: Sequence[str], most: int) -> list[dict[str, str]]:
        from mcp.types import TextResourceContents
        from pydantic import AnyUrl

        live = await self._ready()
        named = dict.fromkeys(uris, "")
        if not named:
            listed = await self._answer(live, live.session.list_resources())
            named = {str(item.uri): item.title or item.name for item in listed.resources}
        found = []
        for uri, title in list(named.items())[:most]:
            read = await self._answer(live, live.session.read_resource(AnyUrl(uri)))
            texts = [content.text for content in read.contents if isinstance(content, TextResourceContents)]
            if texts:
                found.append({"source": uri, "title": title, "text": "\n".join(texts)})
        return found

    async def _answer(self, live: _Live, request: Coroutine[Any, Any, T]) -> T:
        """The answer to a request, for as long as the session lives.

        Raises:
            ServerDied: The connection broke.
            ActionError: The server refused.
        """
        asked = asyncio.create_task(request)
        try:
            await asyncio.wait([asked, live.task], return_when=asyncio.FIRST_COMPLETED)
            if not asked.done():
                raise ServerDied(f"the MCP server {self.name} died before it answered")
            error = asked.exception()
        finally:
            asked.cancel()
        if error is None:
            return asked.result()
        if (said := refusal_in(error)) is not None:
            raise ActionError(said)
        if self._live is live:
            await self.stop()
        why = one_line(str(error)) or type(error).__name__
        raise ServerDied(f"the MCP server {self.name} broke off: {why}") from error

    async def _ready(self) -> _Live:
        async with self._starting:
            if self._live is not None and not self._live.task.done():
                return self._live
            if self._failed is not None and self._now() < self._failed[0] + REST:
                raise self._failed[1].with_traceback(None)
            try:
                self._live = await self._start()
            except ActionError as error:
                self._failed = (self._now(), error)
                raise
            self._failed = None
            self.starts += 1
            return self._live

    async def _start(self) -> _Live:
        opened: asyncio.Future[_Live] = asyncio.get_running_loop().create_future()
        task = asyncio.create_task(self._hold(opened), name=f"mcp-{self.name}")
        task.add_done_callback(_seen)
        either: list[asyncio.Future[Any]] = [opened, task]
        started = False
        try:
            await asyncio.wait(
                either, timeout=self.settings.start_timeout, return_when=asyncio.FIRST_COMPLETED
            )
            started = opened.done()
        finally:
            if not started:
                task.cancel()
        if started:
            return opened.result()
        await asyncio.wait([task])
        raise self._unstarted(None if task.cancelled() else task.exception())

    async def _hold(self, opened: asyncio.Future[_Live]) -> None:
        """Open the session and keep it open; opened and closed by one task, as its cancel scopes ask."""
        from langchain_mcp_adapters.tools import load_mcp_tools

        task = asyncio.current_task()
        async with session_with(self.name, self.settings, self._place) as session:
            tools = await load_mcp_tools(session, handle_tool_errors=False)
            over = asyncio.Event()
            if task is not None and not opened.done():
                opened.set_result(_Live(session, {tool.name: tool for tool in tools}, over, task))
                await over.wait()

    def _unstarted(self, error: BaseException | None) -> ActionError:
        while isinstance(error, BaseExceptionGroup):
            error = error.exceptions[0]
        if isinstance(error, PodiumError):
            return ActionError(error.message, hint=error.hint)
        late = f"it was not ready within {self.settings.start_timeout:g} s"
        reason = late if error is None else one_line(str(error)) or type(error).__name__
        return ActionError(
            f"the MCP server {self.name} cannot be started: {reason}",
            hint=f"Its output is in {self._place.logs / f'mcp-{self.name}.log'}."
            if self.settings.command
            else "Check its url.",
        )


def version_of(tool: BaseTool) -> str:
    """The hash of what a server says of its tool."""
    return digest_of(repr((tool.description, tool.args_schema)).encode())[:12]


def _seen(task: asyncio.Task[None]) -> None:
    """Look at how a session ended, so that nobody complains that no one did."""
    if not task.cancelled():
        task.exception()
