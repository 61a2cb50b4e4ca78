"""The FastAPI application."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from fastapi import FastAPI

from podium import __version__
from podium.server import errors
from podium.server.routes import runs, system
from podium.server.services import Services

ROUTERS = (system.router, runs.router)


def create_app(opening: Callable[[], AbstractAsyncContextManager[Services]]) -> FastAPI:
    """Make the application.

    Args:
        opening: Opens the server's parts when the application starts; they are closed when it ends.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with opening() as services:
            app.state.services = services
            yield

    app = FastAPI(
        title="Podium",
        version=__version__,
        description="The Agent Server protocol of LangGraph, and Podium's own under /podium/v1.",
        lifespan=lifespan,
        responses={422: {"model": errors.Problem, "description": "The request cannot be taken as it is."}},
    )
    errors.install(app)
    for router in ROUTERS:
        app.include_router(router)
    return app
