"""The UI on another Agent Server, by its address: the stock protocol's part works, the rest is left out."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from playwright.sync_api import expect
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

GRAPH = """
from typing import TypedDict

from langgraph.graph import StateGraph


class State(TypedDict, total=False):
    city: str
    told: str


def tell(state: State) -> State:
    return {"told": f"It rains in {state['city']}."}


graph = StateGraph(State).add_node(tell).set_entry_point("tell").compile()
"""
BROWSERS = {"host", "origin", "referer", "sec-fetch-site", "sec-fetch-mode", "sec-fetch-dest", "connection"}
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


class OtherServer:
    """Any Agent Server: a real one's stock protocol, open to pages of all origins, without paths of ours."""

    def __init__(self, behind: str) -> None:
        self._client: httpx.AsyncClient

        @asynccontextmanager
        async def lifespan(_: Starlette) -> AsyncIterator[None]:
            async with httpx.AsyncClient(base_url=behind, timeout=60, trust_env=False) as self._client:
                yield

        app = Starlette(
            lifespan=lifespan,
            routes=[Route("/{path:path}", self._forward, methods=METHODS)],
            middleware=[
                Middleware(
                    CORSMiddleware,
                    allow_origins=["*"],
                    allow_methods=["*"],
                    allow_headers=["*"],
                    expose_headers=["content-location", "x-pagination-total"],
                )
            ],
        )
        self._server = uvicorn.Server(
            uvicorn.Config(app, port=0, log_config=None, timeout_graceful_shutdown=2)
        )
        self._thread = threading.Thread(target=self._server.run, daemon=True)

    @property
    def url(self) -> str:
        port: int = self._server.servers[0].sockets[0].getsockname()[1]
        return f"http://127.0.0.1:{port}"

    def start(self) -> None:
        self._thread.start()
        until = time.monotonic() + 30
        while not self._server.started:
            assert time.monotonic() < until
            time.sleep(0.01)

    def end(self) -> None:
        self._server.should_exit = True
        self._thread.join(30)

    async def _forward(self, request: Request) -> Response:
        if request.url.path.startswith("/podium/"):
            return JSONResponse({"detail": "Not Found"}, 404)
        headers = {name: value for name, value in request.headers.items() if name not in BROWSERS}
        target = httpx.URL(path=request.url.path, query=request.url.query.encode())
        asked = self._client.build_request(
            request.method, target, headers=headers, content=await request.body()
        )
        answer = await self._client.send(asked, stream=True)

        async def body() -> AsyncIterator[bytes]:
            try:
                async for part in answer.aiter_raw():
                    yield part
            finally:
                await answer.aclose()

        kept = {
            name: value
            for name, value in answer.headers.items()
            if name not in ("content-length", "transfer-encoding", "connection")
        }
        return StreamingResponse(body(), answer.status_code, kept)


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory, serving: Callable[..., Any]) -> Iterator[OtherServer]:
    folder = tmp_path_factory.mktemp("other")
    (folder / "weather.py").write_text(GRAPH)
    (folder / "langgraph.json").write_text(
        '{"dependencies": ["."], "graphs": {"weather": "./weather.py:graph"}}'
    )
    server = OtherServer(serving(folder).url)
    server.start()
    yield server
    server.end()


@pytest.fixture(scope="module")
def connected(
    ingested: Path, tmp_path_factory: pytest.TempPathFactory, serving: Callable[..., Any], other: OtherServer
) -> Any:
    """The desk, whose UI may reach the other server."""
    folder = shutil.copytree(ingested, tmp_path_factory.mktemp("ui") / "desk")
    manifest = folder / "podium.toml"
    manifest.write_text(f'{manifest.read_text()}\n[server]\nui_connect = ["{other.url}"]\n')
    return serving(folder)


def test_another_agent_server_is_opened_asked_and_left_again(
    connected: Any, other: OtherServer, opening: Callable[..., Any], watch: Any
) -> None:
    watch.hosts.add(other.url.removeprefix("http://"))
    watch.allowed.append("404 (Not Found)")
    places = ["Chat", "Settings"]
    with opening(f"{connected.ui}settings") as page:
        page.get_by_label("Address").fill(other.url)
        page.get_by_role("button", name="Open", exact=True).click()
        navigation = page.get_by_role("navigation", name="Pages")
        expect(navigation.get_by_role("link", name="Approvals")).to_have_count(0)
        for place in places:
            expect(navigation.get_by_role("link", name=place)).to_be_visible()
        navigation.get_by_role("link", name="Chat").click()
        page.get_by_label("city", exact=False).first.fill("Bergen")
        page.get_by_role("button", name="Run").first.click()
        expect(page.get_by_text("It rains in Bergen.").first).to_be_visible()
        page.get_by_role("link", name="History").click()
        expect(page.get_by_role("listbox", name="Steps")).to_contain_text("tell")
        page.get_by_role("link", name="Graph").click()
        expect(page.get_by_text("tell").first).to_be_visible()
        navigation.get_by_role("link", name="Settings").click()
        page.get_by_role("button", name="Back to this server").click()
        expect(navigation.get_by_role("link", name="Approvals")).to_be_visible()


def test_a_server_that_the_project_does_not_name_is_not_reached(
    desk: Any, other: OtherServer, opening: Callable[..., Any], watch: Any
) -> None:
    watch.allowed += [
        "Content Security Policy",
        "Failed to fetch",
        "Refused to connect",
        "Fetch API cannot load",
    ]
    with opening(f"{desk.ui}settings") as page:
        page.get_by_label("Address").fill(other.url)
        page.get_by_role("button", name="Open", exact=True).click()
        expect(page.get_by_role("alert")).to_contain_text("cannot be reached")
        page.get_by_role("button", name="Back to this server").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Settings")
