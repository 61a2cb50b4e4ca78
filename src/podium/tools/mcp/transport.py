"""Opening a session with an MCP server: a program of one's own, or an address."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from podium.core.errors import ActionError
from podium.core.late_imports import put_off_grammars
from podium.core.source_settings import McpServerSettings
from podium.knowledge.sources.outbound import Reach

if TYPE_CHECKING:
    from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream
    from mcp import ClientSession
    from mcp.shared.message import SessionMessage

    Streams: TypeAlias = tuple[
        MemoryObjectReceiveStream[SessionMessage | Exception], MemoryObjectSendStream[SessionMessage]
    ]


@dataclass(frozen=True, slots=True)
class Place:
    """Where servers of a project run.

    Attributes:
        folder: The project's folder.
        logs: Folder for what they print on stderr.
        environment: Environment variables that may be named.
    """

    folder: Path
    logs: Path
    environment: Mapping[str, str]


@asynccontextmanager
async def session_with(
    name: str, settings: McpServerSettings, place: Place
) -> AsyncGenerator[ClientSession, None]:
    """A session that is ready for requests.

    Args:
        name: The server's name.
        settings: How to reach it.
        place: Where it runs.

    Raises:
        ActionError: An environment variable that it needs is not set.
    """
    put_off_grammars()
    from mcp import ClientSession

    streams = _of_program(name, settings, place) if settings.command else _of_address(name, settings, place)
    async with streams as (reader, writer), ClientSession(reader, writer) as session:
        await session.initialize()
        yield session


@asynccontextmanager
async def _of_program(name: str, settings: McpServerSettings, place: Place) -> AsyncGenerator[Streams, None]:
    from mcp import StdioServerParameters
    from mcp.client.stdio import stdio_client

    server = StdioServerParameters(
        command=settings.command or "",
        args=list(settings.args),
        env={variable: _held(variable, name, place) for variable in settings.env},
        cwd=place.folder,
    )
    place.logs.mkdir(parents=True, exist_ok=True)
    with (place.logs / f"mcp-{name}.log").open("a", encoding="utf-8") as log:
        async with stdio_client(server, errlog=log) as (reader, writer):
            yield reader, writer


@asynccontextmanager
async def _of_address(name: str, settings: McpServerSettings, place: Place) -> AsyncGenerator[Streams, None]:
    import httpx
    from mcp.client.streamable_http import streamable_http_client

    url = settings.url or ""
    token = _held(settings.token_env, name, place) if settings.token_env else None
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    timeout = httpx.Timeout(settings.start_timeout, read=settings.timeout)
    async with (
        Reach(url, private=settings.private).client(timeout=timeout, headers=headers) as client,
        streamable_http_client(url, http_client=client) as (reader, writer, _),
    ):
        yield reader, writer


def _held(variable: str, server: str, place: Place) -> str:
    value = place.environment.get(variable)
    if value is None:
        raise ActionError(
            f"the MCP server {server} needs the environment variable {variable}, which is not set",
            hint=f"export {variable}=…",
        )
    return value
