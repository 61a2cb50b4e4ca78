"""Following requests: each is counted, logged in one line, and the beginning of a trace or a part of one."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Final

from podium.app.tracing import masked
from podium.core.ids import new_id

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from podium.runtime.serving.worker import RunEnd
    from podium.server.services import Services
    from podium.storage.run_requests import RunRequest
    from podium.telemetry.metrics import Metrics
    from podium.telemetry.spans import Span
    from podium.telemetry.telemetry import Telemetry

_NO_ROUTE: Final = "none"
_REQUEST_ID: Final = re.compile(rb"[A-Za-z0-9._-]{8,64}")
_ID: Final = re.compile(r"[0-9a-fA-F-]{32,36}")
_FAILED: Final = 500
_CALLER: Final = "podium.caller"
"""Where the one who asks is noted, or why nobody knows them."""


class RequestMetrics:
    """Follows requests: a metric by route and status, a log line, and a span in the caller's trace.

    Neither bodies nor keys are seen here. The request's id is the caller's `X-Request-Id` where it is one,
    and is told in the answer.

    Args:
        app: What answers.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        services: Services | None = scope["app"].state.services if scope["type"] == "http" else None
        if services is None or not services.app.project.manifest.telemetry.requests:
            await self._app(scope, receive, send)
            return
        telemetry: Telemetry = services.app.context.telemetry
        headers = dict(scope["headers"])
        request_id = _request_id(headers)
        began, answered, status = time.perf_counter(), 0.0, 0

        async def seen(message: Message) -> None:
            nonlocal answered, status
            if message["type"] == "http.response.start":
                answered, status = time.perf_counter(), message["status"]
                message["headers"] = [*message.get("headers", ()), (b"x-request-id", request_id.encode())]
            await send(message)

        method = scope["method"]
        span = telemetry.served(
            "request", method, headers.get(b"traceparent", b"").decode("latin-1"), request_id=request_id
        )
        span.__enter__()
        try:
            await self._app(scope, receive, seen)
        finally:
            route = _route_of(scope)
            _describe(span, scope, route, status or _FAILED)
            span.finish(str(status or _FAILED) if (status or _FAILED) >= _FAILED else "")
            metrics: Metrics = telemetry.metrics
            metrics.count("requests", method if route != _NO_ROUTE else "", route, str(status or _FAILED))
            if answered:
                metrics.observe("request_seconds", answered - began, route)


def _request_id(headers: Mapping[bytes, bytes]) -> str:
    given = headers.get(b"x-request-id", b"")
    if not _REQUEST_ID.fullmatch(given):
        return new_id()
    text = given.decode()
    return text if masked(text) == text else new_id()


def _describe(span: Span, scope: Scope, route: str, status: int) -> None:
    """Note what is known of a request once it is answered."""
    method = scope["method"] if route != _NO_ROUTE else "other"
    span.rename(f"{method} {route}")
    principal = getattr(scope.get(_CALLER), "principal", None)
    span.set(
        **{"http.request.method": method, "http.route": route, "http.response.status_code": status},
        principal=principal.id if principal is not None else None,
    )
    for name, value in (scope.get("path_params") or {}).items():
        if name in ("thread_id", "run_id") and _ID.fullmatch(str(value)):
            span.ids[name] = str(value)


def count_end(metrics: Metrics, run: RunRequest, end: RunEnd) -> None:
    """Count a run that has ended."""
    metrics.count("served_runs", run.graph_id, end.status)


def _route_of(scope: Scope) -> str:
    """The path of the route that answered, with its parameters in braces."""
    included = scope.get("fastapi", {}).get("effective_route_context")  # with the prefix of its router
    return str(getattr(included or scope.get("route"), "path", _NO_ROUTE))
