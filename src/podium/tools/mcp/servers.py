"""The MCP servers of a project and the tools that they bring."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from podium.core.errors import ActionError
from podium.core.source_settings import McpServerSettings
from podium.tools.context import ActionContext
from podium.tools.langchain import from_langchain
from podium.tools.mcp.background import Background
from podium.tools.mcp.server import McpServer, version_of
from podium.tools.mcp.transport import Place
from podium.tools.tool import Tool, ToolOptions

if TYPE_CHECKING:
    from langchain_core.tools import BaseTool
    from pydantic import BaseModel

MCP_ORIGIN = "MCP server"
"""What the origin of a tool begins with that a server brings; its name follows."""
LONGEST_DESCRIPTION = 1_000
"""Characters; a server's words go into prompts, and are not the project's."""

_NO_NAME = re.compile(r"[^A-Za-z0-9_-]+")
_CONTROL = re.compile(r"[^\S\n ]|[\x00-\x08\x0b-\x1f\x7f-\x9f]")


@dataclass(frozen=True, slots=True)
class Opened:
    """What came of starting servers.

    Attributes:
        tools: The tools of those that run.
        failed: Names of those that could not be started.
    """

    tools: tuple[Tool, ...] = ()
    failed: tuple[str, ...] = ()


class McpServers:
    """All MCP servers of an app; nothing is started before it is asked for.

    Args:
        settings: What the manifest says, by name.
        place: Where they run.
    """

    def __init__(self, settings: Mapping[str, McpServerSettings], place: Place) -> None:
        self._background = Background()
        self.servers = {
            name: McpServer(name, said, place, self._background) for name, said in settings.items()
        }
        self._tools: dict[str, tuple[Tool, ...]] = {}
        self._listed: dict[str, int] = {}

    def owns(self, tool: str) -> bool:
        """Whether a name is that of a tool which one of the servers may bring."""
        return any(tool.startswith(f"{name}_") for name in self.servers)

    async def open(self) -> Opened:
        """The tools of all servers; those that do not run yet are started.

        A server that dies later is started again by the next call; then its tools are looked at again.
        """
        fresh = [
            server for name, server in self.servers.items() if server.starts != self._listed.get(name, 0)
        ]
        unseen = [server for name, server in self.servers.items() if name not in self._tools]
        wanted = [server for server in dict.fromkeys([*unseen, *fresh]) if server.settings.tools != ()]
        found = await asyncio.gather(*(self._tools_of(server) for server in wanted))
        failed = tuple(server.name for server, tools in zip(wanted, found, strict=True) if tools is None)
        for server, tools in zip(wanted, found, strict=True):
            if tools is not None:
                self._tools[server.name] = tools
                self._listed[server.name] = server.starts
        return Opened(tuple(tool for tools in self._tools.values() for tool in tools), failed)

    def close(self) -> None:
        """Stop every server and wait until it has."""
        self._background.close(self._stop())

    async def _stop(self) -> None:
        await asyncio.gather(*(server.stop() for server in self.servers.values()), return_exceptions=True)

    async def _tools_of(self, server: McpServer) -> tuple[Tool, ...] | None:
        """The server's tools that the project opens; None when it cannot be started."""
        try:
            offered = await server.tools()
        except (ActionError, OSError):
            return None
        wanted = server.settings.tools
        made: dict[str, Tool] = {}
        for tool in offered:
            if wanted is None or tool.name in wanted:
                found = tool_of(server, tool)
                made.setdefault(found.name, found)
        return tuple(made.values())


def tool_of(server: McpServer, tool: BaseTool) -> Tool:
    """A server's tool as one of Podium's.

    Its name begins with the server's, so that no server can take the place of another tool. Its version
    is the hash of what the server says of it: an approval does not cover a tool that was changed since.

    Args:
        server: The server.
        tool: The tool as LangChain's adapter makes it.
    """
    own_name = tool.name
    effect = server.settings.effects.get(own_name, "irreversible")
    base = from_langchain(tool, effect, ToolOptions(timeout=server.settings.timeout))
    spec = base.spec.model_copy(
        update={
            "name": _NO_NAME.sub("_", f"{server.name}_{own_name}")[:64],
            "description": _CONTROL.sub(" ", base.spec.description or own_name)[:LONGEST_DESCRIPTION],
            "version": version_of(tool),
        }
    )

    async def run(_: ActionContext, args: BaseModel) -> Any:
        given = args.model_dump(mode="json", by_alias=True, exclude_unset=True)
        return await server.call(own_name, given, spec.version)

    return replace(base, spec=spec, run=run, origin=f"{MCP_ORIGIN} {server.name}")
