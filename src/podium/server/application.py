"""The FastAPI application."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager
from pathlib import Path

from fastapi import FastAPI
from starlette.middleware import Middleware

from podium import __version__
from podium.evals.background import BackgroundRuns
from podium.server import errors, openapi
from podium.server.admission import Admission
from podium.server.counting import RequestMetrics
from podium.server.firing import FiringRuns
from podium.server.headers import BrowserGuard
from podium.server.idempotency import Idempotency
from podium.server.limits import RequestLimits
from podium.server.routes import (
    assistants,
    crons,
    metrics,
    podium,
    runs,
    store,
    system,
    thread_states,
    thread_streams,
    threads,
    ui,
)
from podium.server.routes.podium import trigger_events
from podium.server.services import Services

_OF_THREADS = (thread_states.router, thread_streams.router, threads.router)
_OTHERS = (system.router, metrics.router, assistants.router, crons.router, store.router, ui.router)
ROUTERS = (
    ("", runs.router),
    (podium.PREFIX, trigger_events.router),
    *(("", router) for router in _OF_THREADS),
    *((podium.PREFIX, router) for router in podium.ROUTERS),
    *(("", router) for router in _OTHERS),
)
"""Where each router's paths begin, and the router. A request is held against one path after another, and
against those of nested routers once more at each level: what comes most often stands first, side by side."""

MIDDLEWARE = (RequestMetrics, BrowserGuard, Admission, RequestLimits, Idempotency)
"""What a request passes before its route, in this order."""


def create_app(
    opening: Callable[[], AbstractAsyncContextManager[Services]], *, bundle: Path = ui.BUNDLE
) -> FastAPI:
    """Make the application.

    Args:
        opening: Opens the server's parts when the application starts; they are closed when it ends.
        bundle: The folder of the built UI.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with opening() as services:
            app.state.services = services
            async with services.triggers.engine.serving(FiringRuns(services)), aclosing(app.state.suite_runs):
                yield

    app = FastAPI(
        title="Podium",
        version=__version__,
        description="The Agent Server protocol of LangGraph, and Podium's own under /podium/v1.",
        lifespan=lifespan,
        docs_url=None,  # these would be loaded from elsewhere
        redoc_url=None,
        middleware=[Middleware(one) for one in MIDDLEWARE],
        responses={422: {"model": errors.Problem, "description": "The request cannot be taken as it is."}},
    )
    app.state.pages = ui.Pages.of(bundle)
    app.state.suite_runs = BackgroundRuns()
    errors.install(app)
    openapi.describe(app)
    for prefix, router in ROUTERS:
        app.include_router(router, prefix=prefix)
    return app
