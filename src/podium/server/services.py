"""The server's parts, opened together and closed together."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from podium.app.podium import Podium
from podium.core.clock import SystemClock
from podium.runtime.serving.service import ServedRuns, Sizes
from podium.server.key_ring import KeyRing
from podium.storage.api_keys import ApiKeys
from podium.storage.run_requests import RunRequests
from podium.storage.threads import ThreadRecords

if TYPE_CHECKING:
    from fastapi import Request

    from podium.app.served import ServedGraphs
    from podium.storage.database import Database


@dataclass(frozen=True, slots=True)
class Services:
    """What the routes work with.

    Attributes:
        app: The project in use.
        dev: Whether the user of this machine may do all without a key.
        graphs: The graphs that are served.
        database: Where everything is stored.
        key_ring: Knows the callers' keys.
        requests: The runs that were requested.
        runs: Accepts, carries out and streams runs.
        threads: The threads.
    """

    app: Podium
    dev: bool
    graphs: ServedGraphs
    database: Database
    key_ring: KeyRing
    requests: RunRequests
    runs: ServedRuns
    threads: ThreadRecords


@asynccontextmanager
async def open_services(
    folder: Path, *, dev: bool, max_running: int | None = None, **options: Any
) -> AsyncIterator[Services]:
    """Open the project in a folder and all that serves it.

    Args:
        folder: With `podium.toml`, or with `langgraph.json` alone.
        dev: Whether the user of this machine may do all without a key.
        max_running: Runs at a time; what the manifest says when None.
        options: What `Podium` takes.
    """
    from podium.app.served import ServedGraphs

    async with AsyncExitStack() as opened:
        app = await opened.enter_async_context(Podium.from_project(folder, **options))
        database, clock = app.database, SystemClock()
        limits = app.project.manifest.server
        sizes = Sizes(max_running or limits.max_running, limits.max_waiting, limits.drain_seconds)
        graphs = await opened.enter_async_context(ServedGraphs.opened_from(app))
        requests, threads = RunRequests(database, clock), ThreadRecords(database, clock)
        runs = ServedRuns(graphs, app.checkpointer, database, sizes=sizes, clock=clock)
        await opened.enter_async_context(runs.serving())
        key_ring = KeyRing(ApiKeys(database, clock), clock)
        yield Services(app, dev, graphs, database, key_ring, requests, runs, threads)


def services_of(request: Request) -> Services:
    """The parts of the server that answers the request."""
    services: Services = request.app.state.services
    return services
