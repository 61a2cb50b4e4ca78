"""Counting requests and runs."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from podium.runtime.serving.worker import RunEnd
    from podium.storage.run_requests import RunRequest
    from podium.telemetry.metrics import Metrics

_NO_ROUTE: Final = "none"


class RequestMetrics:
    """Counts requests by route and status, and how long they took until their answer began.

    Args:
        app: What answers.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, answered, status = time.perf_counter(), 0.0, 0

        async def seen(message: Message) -> None:
            nonlocal answered, status
            if message["type"] == "http.response.start":
                answered, status = time.perf_counter(), message["status"]
            await send(message)

        try:
            await self._app(scope, receive, seen)
        finally:
            metrics: Metrics = scope["app"].state.services.app.context.telemetry.metrics
            route = _route_of(scope)
            metrics.count(
                "requests", scope["method"] if route != _NO_ROUTE else "", route, str(status or 500)
            )
            if answered:
                metrics.observe("request_seconds", answered - began, route)


def count_end(metrics: Metrics, run: RunRequest, end: RunEnd) -> None:
    """Count a run that has ended."""
    metrics.count("served_runs", run.graph_id, end.status)


def _route_of(scope: Scope) -> str:
    """The path of the route that answered, with its parameters in braces."""
    included = scope.get("fastapi", {}).get("effective_route_context")  # with the prefix of its router
    return str(getattr(included or scope.get("route"), "path", _NO_ROUTE))
