"""The pages for people: the UI under /ui/, and the description of the API under /docs.

They are files that any browser may have, so that no key is asked for. What they may load and reach is
bounded by a content security policy: nothing of another origin, and no script that stands in a page. Only
the servers that `[server] ui_connect` names may be talked to beside this one.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Final, Self

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, RedirectResponse, Response

from podium.server import errors
from podium.server.assets import Bundle, answer_of
from podium.server.auth import Parts

router = APIRouter(include_in_schema=False)
BUNDLE: Final = Path(__file__).parent.parent / "bundle"
"""Where the built UI lies."""
_DOCS: Final = Path(__file__).parent.parent / "pages"
_ASSETS: Final = "assets/"
_SEEN: Final = ["GET", "HEAD"]
_INDEX: Final = "index.html"
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self';"
    " connect-src {reached}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_DOCS_PAGE: Final = "docs.html"
_MISSING: Final = "the pages were not built"
_BUILD: Final = "Build them in ui/: npm ci && npm run build. The API is described at /docs."


@dataclass(frozen=True, slots=True)
class Pages:
    """The files that are served.

    Attributes:
        ui: The built UI.
        docs: The page that describes the API.
        swagger: What that page is made with.
    """

    ui: Bundle
    docs: Bundle
    swagger: Bundle

    @classmethod
    def of(cls, bundle: Path) -> Self:
        """Those of a built UI, and what this package and its dependencies hold."""
        return cls(Bundle(bundle), Bundle(_DOCS), Bundle(Path(str(files("fastapi_offline"))) / "static"))


@router.api_route("/", methods=_SEEN)
async def start(request: Request) -> Response:
    """The way to the UI, for browsers."""
    if "text/html" not in request.headers.get("accept", ""):
        raise HTTPException(404)
    return RedirectResponse("/ui/", headers={"Cache-Control": "no-cache"})


@router.api_route("/ui", methods=_SEEN)
async def lead(request: Request) -> Response:
    """The same with the slash that relative addresses need."""
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"/ui/{query}", headers={"Cache-Control": "no-cache"})


@router.api_route("/ui/{name:path}", methods=_SEEN)
async def show(name: str, request: Request, services: Parts) -> Response:
    """A file of the UI; its start page for every other address, which it makes sense of itself."""
    bundle = _pages(request).ui
    found = await asyncio.to_thread(bundle.find, name) if name else None
    if found is None:
        if name.startswith(_ASSETS):
            raise HTTPException(404)
        found = await asyncio.to_thread(bundle.find, _INDEX)
    if found is None:
        return _missing(request)
    reached = " ".join(["'self'", *services.app.project.manifest.server.ui_connect])
    policy = {"Content-Security-Policy": _POLICY.format(reached=reached)}
    return answer_of(found, request.headers, policy)


@router.api_route("/docs", methods=_SEEN)
async def docs(request: Request) -> Response:
    """The description of the API."""
    return await docs_asset(_DOCS_PAGE, request)


@router.api_route("/docs/{name}", methods=_SEEN)
async def docs_asset(name: str, request: Request) -> Response:
    """What the description is made of."""
    pages = _pages(request)
    for folder in (pages.docs, pages.swagger):
        if (found := await asyncio.to_thread(folder.find, name)) is not None:
            policy = {"Content-Security-Policy": _POLICY.format(reached="'self'")}
            return answer_of(found, request.headers, policy)
    raise HTTPException(404)


def _pages(request: Request) -> Pages:
    pages: Pages = request.app.state.pages
    return pages


def _missing(request: Request) -> Response:
    if "text/html" not in request.headers.get("accept", ""):
        return errors.answer(503, _MISSING, "ui_missing", _BUILD)
    page = f"<!doctype html><title>Podium</title><p>Here {_MISSING}.</p><p>{_BUILD}</p>"
    return HTMLResponse(page, 503, {"Content-Security-Policy": _POLICY.format(reached="'none'")})
