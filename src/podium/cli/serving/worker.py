"""The process that serves: it opens the project, answers until it is told to stop, and drains."""

from __future__ import annotations

import asyncio
import gc
import signal
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from socket import socket
from typing import TYPE_CHECKING, Final

import uvicorn
from sse_starlette.sse import AppStatus

from podium.app.file_limit import raise_file_limit
from podium.cli.serving.listening import BACKLOG, url_of
from podium.cli.serving.telling import Started
from podium.cli.session import ingest_first
from podium.server.application import create_app
from podium.server.protocol import GuardedProtocol
from podium.server.services import Services, open_services

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.types import ASGIApp, Receive, Scope, Send

    from podium.cli.serving.certificates import Certificate
    from podium.cli.serving.plan import ServePlan

_IDLE_S: Final = 75
"""Seconds for which an idle connection is kept; clients that pool connections give them up earlier."""
_LAST_WORDS_S: Final = 1.0
"""Seconds for answers that are being written when the runs are drained."""
_HEARING: Final = 20
_HEARING_S: Final = 0.025
"""Seconds, so many times, in which a client that has connected sends its request."""
_DEV_DRAIN_S: Final = 0.5
"""Seconds that runs have left in dev, where a person waits for the server to start again."""


def serve(
    plan: ServePlan, listening: socket, told: Callable[[Started], None], *, reloads: bool = False
) -> None:
    """Serve until SIGTERM or SIGINT, then finish what is running as far as the manifest gives it time.

    Args:
        plan: What to serve, and how.
        listening: Where requests come in; it is closed at the end.
        told: Called once requests are taken.
        reloads: Whether another process takes over when the project's files change.

    Raises:
        ConfigError: The project is broken.
        StorageError: Its data cannot be opened.
    """
    raise_file_limit()
    # Streams end when the runs are drained, not when the signal comes.
    AppStatus.enable_automatic_graceful_drain = False
    with asyncio.Runner(loop_factory=uvicorn.Config("", log_config=None).get_loop_factory()) as runner:
        runner.run(_serve(plan, listening, told, reloads))


async def _serve(plan: ServePlan, listening: socket, told: Callable[[Started], None], reloads: bool) -> None:
    began = time.monotonic()
    url = url_of(listening, "https" if plan.certificate else "http")
    opening = open_services(plan.folder, dev=plan.dev, max_running=plan.max_running, reloads=reloads)
    async with opening as services:
        if not plan.dev:
            services.graphs.check()
        else:
            await ingest_first(services.app)

        @asynccontextmanager
        async def opened() -> AsyncIterator[Services]:
            yield services

        def started() -> None:
            told(_started(plan, services, url, time.monotonic() - began))

        server = _Server(_settings(_quiet(create_app(opened)), plan.certificate), services, started)
        await server.serve(sockets=[listening])


def _quiet(app: FastAPI) -> ASGIApp:
    """The application, whose answers may be called off when the server stops."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        with suppress(asyncio.CancelledError):
            await app(scope, receive, send)

    return answer


def _settings(app: ASGIApp, certificate: Certificate | None) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=GuardedProtocol,
        lifespan="on",
        access_log=False,
        log_config=None,
        server_header=False,
        backlog=BACKLOG,
        timeout_keep_alive=_IDLE_S,
        proxy_headers=False,
        ssl_certfile=certificate.cert if certificate else None,
        ssl_keyfile=certificate.key if certificate else None,
    )


def _started(plan: ServePlan, services: Services, url: str, seconds: float) -> Started:
    graphs = services.graphs
    return Started(
        project=services.app.project.manifest.project.name,
        url=url,
        graphs=[name for name in graphs.names() if name not in graphs.broken],
        broken=[f"{name}: {error.message} ({error.hint})" for name, error in graphs.broken.items()],
        warnings=(*graphs.warnings, *_without_key(services)),
        seconds=seconds,
        dev=plan.dev,
    )


def _without_key(services: Services) -> Iterator[str]:
    for error in services.app.context.missing_keys().values():
        yield f"{error.message}. Until then others stand in for it, and each answer says so. {error.hint}"


class _Server(uvicorn.Server):
    """Uvicorn's server; a signal to stop ends it like any other end, so that the exit code is 0.

    Streams are open for as long as runs go on, so the runs are drained while uvicorn waits for connections
    to end, and what then still holds one, such as a reader who does not read, is cut off.

    Args:
        config: Uvicorn's.
        services: The server's parts.
        told: Called once requests are taken.
    """

    def __init__(self, config: uvicorn.Config, services: Services, told: Callable[[], None]) -> None:
        super().__init__(config)
        self._services = services
        self._told = told

    async def startup(self, sockets: list[socket] | None = None) -> None:
        await super().startup(sockets)
        gc.freeze()  # what is loaded stays; looking through all of it stops every request for that long
        self._told()

    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        await self._hear_out()
        draining = asyncio.create_task(self._drain())
        await super().shutdown(sockets)
        if self.force_exit:
            draining.cancel()
        with suppress(asyncio.CancelledError):
            await draining

    async def _hear_out(self) -> None:
        """Read what came before the end: a connection whose request was not seen is closed at once, then."""
        for _ in range(_HEARING):
            await asyncio.sleep(_HEARING_S)
            connections = self.server_state.connections
            if all(getattr(one, "cycle", None) is not None for one in connections):
                return

    async def _drain(self) -> None:
        await self._services.runs.drain(_DEV_DRAIN_S if self._services.dev else None)
        if answering := set(self.server_state.tasks):
            await asyncio.wait(answering, timeout=_LAST_WORDS_S)
        for connection in list(self.server_state.connections):
            if connection.transport is not None:
                connection.transport.abort()
        if answering := set(self.server_state.tasks):  # they have noticed, or they wait for something else
            await asyncio.wait(answering, timeout=_LAST_WORDS_S)
        for task in set(self.server_state.tasks):
            task.cancel()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        kept = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in kept.items():
                signal.signal(number, handler)
