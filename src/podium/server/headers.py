"""Which pages of a browser may talk to the server, and what browsers are told about its answers.

In dev the user of this machine needs no key, so that any page they have open could act for them: by a request
to a loopback address, or by a name of its own that it lets point there (DNS rebinding). Such requests are
refused by the headers that browsers do not let pages choose: Host, Origin and Sec-Fetch-Site.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.cors import CORSMiddleware

from podium.server import errors, unheeded
from podium.server.auth import is_loopback

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from podium.core.settings import ServerSettings
    from podium.server.services import Services

EXPOSED: Final = (
    "Content-Location",
    "Location",
    "X-Pagination-Total",
    "X-Pagination-Next",
    "Retry-After",
    unheeded.HEADER,
)
"""What pages may read of an answer's head."""
_SECURITY: Final = (
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
)
_ELSEWHERE: Final = frozenset({"cross-site", "same-site"})


class BrowserGuard:
    """Refuses what foreign pages ask, and answers those that `[server] allow_origins` names.

    Args:
        app: What answers.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._cors: CORSMiddleware | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take a request, or refuse it."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        services: Services = scope["app"].state.services
        settings, headers = services.app.project.manifest.server, Headers(scope=scope)
        refusal = _refusal(headers, settings, dev=services.dev)
        if refusal is not None:
            await _refuse(refusal, scope, receive, send)
        elif "origin" in headers and headers["origin"] in settings.allow_origins:
            await self._allowed(settings)(scope, receive, send)
        else:
            await self._app(scope, receive, _secured(scope, send))

    def _allowed(self, settings: ServerSettings) -> CORSMiddleware:
        if self._cors is None:

            async def app(scope: Scope, receive: Receive, send: Send) -> None:
                await self._app(scope, receive, _secured(scope, send, shared=True))

            self._cors = CORSMiddleware(
                app,
                allow_origins=settings.allow_origins,
                allow_methods=["*"],
                allow_headers=["*"],
                expose_headers=EXPOSED,
            )
        return self._cors


def _refusal(headers: Headers, settings: ServerSettings, *, dev: bool) -> tuple[str, str, str] | None:
    """Detail, code and hint for what is not allowed; None for what is."""
    host, origin = headers.get("host", ""), headers.get("origin")
    if dev and not _is_own_name(host, settings):
        return (
            f"{host or 'no host'} is not a name of this server",
            "foreign_host",
            "Use localhost, or name it in allow_hosts under [server] in podium.toml.",
        )
    if origin is not None:
        own = urlsplit(origin).netloc.lower() == host.lower() and origin.startswith(("http://", "https://"))
        if own or origin in settings.allow_origins:
            return None
    elif headers.get("sec-fetch-site") not in _ELSEWHERE or headers.get("sec-fetch-mode") == "navigate":
        return None
    return (
        f"a page of {origin or 'another origin'} may not use this server",
        "foreign_origin",
        "Name the page's origin in allow_origins under [server] in podium.toml.",
    )


def _is_own_name(host: str, settings: ServerSettings) -> bool:
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    return (
        name == "localhost"
        or name.endswith(".localhost")
        or is_loopback(name)
        or name in settings.allow_hosts
    )


async def _refuse(refusal: tuple[str, str, str], scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008, "reason": refusal[0][:100]})
        return
    detail, code, hint = refusal
    await errors.answer(403, detail, code, hint, Connection="close")(scope, receive, _secured(scope, send))


def _secured(scope: Scope, send: Send, *, shared: bool = False) -> Send:
    """Sends what it gets with the headers that make browsers careful, and that name what had no effect."""
    chosen = _SECURITY[:-1] if shared else _SECURITY

    async def secured(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in chosen:
                headers.setdefault(name, value)
            if told := unheeded.warning(scope):
                headers[unheeded.HEADER] = told
        await send(message)

    return secured
