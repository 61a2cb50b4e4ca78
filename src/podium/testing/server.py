"""A real server on a free port, on a thread of its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import uvicorn

from podium.server.application import create_app
from podium.server.protocol import GuardedProtocol
from podium.server.routes.ui import BUNDLE
from podium.server.services import Services, open_services
from podium.storage.api_keys import Scope

_START_S = 60.0
_CALL_S = 60.0


@dataclass(slots=True)
class Server:
    """A server that runs.

    Attributes:
        url: Where it listens.
        services: Its parts.
        loop: The event loop that it runs on.
    """

    url: str
    services: Services
    loop: asyncio.AbstractEventLoop
    _clients: list[httpx.Client] = field(default_factory=list)

    def client(self, key: str = "", **options: Any) -> httpx.Client:
        """A client, closed with the server.

        Args:
            key: The API key it sends; none when empty.
            options: What httpx takes.
        """
        headers = {"X-Api-Key": key} if key else {}
        client = httpx.Client(base_url=self.url, headers=headers, timeout=_CALL_S, trust_env=False, **options)
        self._clients.append(client)
        return client

    def key(self, name: str, *scopes: Scope, tenant: str = "default", owner: str = "") -> str:
        """A new key, good for reading and writing when no scopes are named."""
        keys = self.services.key_ring.keys
        return keys.create(name, scopes=scopes or ("read", "write"), tenant=tenant, owner=owner)[1]


@dataclass(frozen=True, slots=True)
class Callers:
    """A server that asks for keys, and those who have one.

    Attributes:
        server: The server.
        folder: Its project.
        ada: Reads, writes and decides, as the owner `ada`.
        bob: The same, as another owner of the same tenant.
        admin: May do all in the project's own tenant.
        stranger: May do all in another tenant, and is called `ada` there.
    """

    server: Server
    folder: Path
    ada: httpx.Client
    bob: httpx.Client
    admin: httpx.Client
    stranger: httpx.Client

    @classmethod
    def of(cls, server: Server, folder: Path) -> Callers:
        """Make their keys."""
        ada, bob = (server.key(name, "read", "write", "approve", owner=name) for name in ("ada", "bob"))
        admin = server.key("admin", "admin", owner="root")
        stranger = server.key("stranger", "admin", tenant="elsewhere", owner="ada")
        return cls(server, folder, *(server.client(key) for key in (ada, bob, admin, stranger)))

    def ask(self, client: httpx.Client, graph: str, text: str) -> str:
        """Ask a graph of conversations in a new thread; its id."""
        thread_id = str(client.post("/threads", json={}).json()["thread_id"])
        body = {"assistant_id": graph, "input": {"messages": [{"role": "user", "content": text}]}}
        client.post(f"/threads/{thread_id}/runs/wait", json=body).raise_for_status()
        return thread_id

    def waiting(self, client: httpx.Client, thread_id: str) -> dict[str, Any]:
        """What waits in a thread."""
        found = client.get("/podium/v1/interrupts", params={"limit": 200}).json()["interrupts"]
        return next(one for one in found if one["thread_id"] == thread_id)


@contextmanager
def served(folder: Path, *, dev: bool = True, bundle: Path = BUNDLE, **options: Any) -> Iterator[Server]:
    """Serve the project in a folder until the block ends.

    Args:
        folder: The project.
        dev: Whether the user of this machine may do all without a key.
        bundle: The folder of the built UI.
        options: What `Podium` takes.
    """
    started: list[Server] = []
    failed: list[BaseException] = []
    ready = threading.Event()
    running: list[uvicorn.Server] = []

    async def run() -> None:
        async with open_services(folder, dev=dev, **options) as services:

            @asynccontextmanager
            async def opened() -> AsyncIterator[Services]:
                yield services

            config = uvicorn.Config(
                create_app(opened, bundle=bundle),
                port=0,
                log_config=None,
                server_header=False,
                http=GuardedProtocol,
            )
            server = _Announcing(config, lambda url: tell(url, services))
            running.append(server)
            await server.serve()

    def tell(url: str, services: Services) -> None:
        started.append(Server(url, services, asyncio.get_running_loop()))
        ready.set()

    def work() -> None:
        try:
            asyncio.run(run())
        except BaseException as error:  # noqa: BLE001 - raised to who waits
            failed.append(error)
        finally:
            ready.set()

    thread = threading.Thread(target=work, name="served-project", daemon=True)
    thread.start()
    try:
        if not ready.wait(_START_S) or failed:
            raise RuntimeError("the server did not start") from (failed[0] if failed else None)
        yield started[0]
    finally:
        for server in started:
            for client in server._clients:
                client.close()
        for one in running:
            one.should_exit = True
        thread.join(_START_S)
    if failed:
        raise failed[0]


class _Announcing(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, told: Any) -> None:
        super().__init__(config)
        self._told = told

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        port = self.servers[0].sockets[0].getsockname()[1]
        self._told(f"http://127.0.0.1:{port}")

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield  # not the main thread's to take
