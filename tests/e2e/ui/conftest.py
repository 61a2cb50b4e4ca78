"""The dev UI in a real browser, on a real server with the reference project."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    expect,
    sync_playwright,
)

PODIUM = Path(sys.executable).with_name("podium")
CHROMIUM = ("PODIUM_CHROMIUM", "chromium", "chromium-browser", "google-chrome")
STEP_MS = 30_000
"""How long one step in the browser may take on a machine that does other things as well."""
TEST_S = 300
"""Seconds for a test: one may start a server and a browser first."""
DEV = ("dev", "--no-browser", "--no-reload")
FEW = 5
"""So many clicks from the start page each of the tasks of docs/ui-tasks.md may take."""
CLICKS = Path(__file__).with_name("clicks.js")
DESKTOP = {"width": 1280, "height": 860}
ASKED = ("How long do I have to send something back?", "How long is the warranty on a toaster?")
AIMS = "[objectives]\nlatency_p95 = 600.0\nsuccess = 0.9\nescalation = 0.9\n"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All of these need a browser, so that they belong to the tier which has one."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.slow)
            item.add_marker(pytest.mark.timeout(TEST_S))


@dataclass
class Desk:
    """A project that `podium dev` or `podium serve` serves, which can be killed and started again.

    Attributes:
        folder: The project.
        arguments: The command's, without the port.
        port: The same over all starts, so that an open page finds the server again.
        environment: What its environment has beside this process's.
    """

    folder: Path
    arguments: tuple[str, ...] = DEV
    port: int = 0
    environment: dict[str, str] = field(default_factory=dict)
    _process: subprocess.Popen[str] | None = None
    _threads: list[threading.Thread] = field(default_factory=list)
    _told: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.port = self.port or _free_port()

    @property
    def url(self) -> str:
        """Where it serves."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def ui(self) -> str:
        """Where its UI begins."""
        return f"{self.url}/ui/"

    def client(self, key: str = "") -> httpx.Client:
        """Calls the server as a program does; to be closed by the caller."""
        headers = {"X-Api-Key": key} if key else {}
        return httpx.Client(base_url=self.url, headers=headers, timeout=60, trust_env=False)

    def start(self) -> None:
        """Start the server; it serves when this returns."""
        process = subprocess.Popen(
            [PODIUM, *self.arguments, "--port", str(self.port), "--json"],
            cwd=self.folder,
            env={**os.environ, **self.environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        assert process.stderr is not None
        first = process.stdout.readline()
        self._process = process
        for stream in (process.stdout, process.stderr):
            thread = threading.Thread(target=self._told.extend, args=(stream,), daemon=True)
            thread.start()
            self._threads.append(thread)
        if not first:
            self.end()
            raise RuntimeError(f"the server did not start: {''.join(self._told)}")
        json.loads(first)

    def kill(self) -> None:
        """End the server as a machine that fails would."""
        self.end(signal.SIGKILL)

    def end(self, number: signal.Signals = signal.SIGTERM) -> None:
        """End the server, if it runs."""
        process = self._process
        if process is None:
            return
        self.send(number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(20)
        process.kill()
        process.wait()
        for thread in self._threads:
            thread.join()
        self._threads.clear()
        for stream in (process.stdout, process.stderr):
            if stream is not None:
                stream.close()
        self._process = None

    def send(self, number: signal.Signals) -> None:
        """Send the server a signal, if it runs."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(number)

    def ask(self, text: str, *, key: str = "") -> tuple[str, dict[str, Any]]:
        """Have a request answered in a thread of its own; the thread's id and the state it ended with."""
        with self.client(key) as client:
            thread: str = client.post("/threads", json={}).json()["thread_id"]
            return thread, self.say(thread, text, key=key)

    def say(self, thread: str, text: str, *, key: str = "") -> dict[str, Any]:
        """Say something in a thread; the state it ended with."""
        body = {"assistant_id": "support_desk", "input": {"messages": [{"role": "user", "content": text}]}}
        with self.client(key) as client:
            answer = client.post(f"/threads/{thread}/runs/wait", json=body)
            answer.raise_for_status()
            state: dict[str, Any] = answer.json()
            return state


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def serving() -> Iterator[Callable[..., Desk]]:
    """`serving(folder, *arguments, **environment)` serves a project until all tests have ended."""
    desks: list[Desk] = []

    def serve(folder: Path, *arguments: str, **environment: str) -> Desk:
        desk = Desk(folder, arguments or DEV, environment=environment)
        desks.append(desk)
        desk.start()
        return desk

    yield serve
    for desk in desks:
        desk.send(signal.SIGTERM)  # to all, since each takes seconds to end
    for desk in desks:
        desk.end()


@pytest.fixture(scope="session")
def desk(ingested: Path, tmp_path_factory: pytest.TempPathFactory, serving: Callable[..., Desk]) -> Desk:
    """The reference project, its documents read, served by `podium dev`.

    One for all modules, since it takes seconds until a server has answered for the first time: each test
    looks only at threads of its own, and has orders of its own refunded.
    """
    return serving(shutil.copytree(ingested, tmp_path_factory.mktemp("ui") / "desk"))


@pytest.fixture(scope="session")
def walking(tmp_path_factory: pytest.TempPathFactory, serving: Callable[..., Desk]) -> Desk:
    """Graphs that are not Podium's, with a subgraph, loops and many steps."""
    source = Path(__file__).with_name("walking")
    return serving(shutil.copytree(source, tmp_path_factory.mktemp("ui") / "walking"))


@pytest.fixture(scope="session")
def talking(tmp_path_factory: pytest.TempPathFactory, serving: Callable[..., Desk]) -> Desk:
    """Graphs that are not Podium's, of a langgraph.json, served by `podium dev`."""
    source = Path(__file__).with_name("talking")
    return serving(shutil.copytree(source, tmp_path_factory.mktemp("ui") / "talking"))


@dataclass(frozen=True)
class Books:
    """A desk of which is known all that ever happened there.

    Attributes:
        desk: The server; its project has objectives.
        answered: Threads in which a question was answered, and the answer found right.
        waiting: A thread that waits for a person.
    """

    desk: Desk
    answered: tuple[str, str]
    waiting: str


@pytest.fixture(scope="session")
def books(ingested: Path, tmp_path_factory: pytest.TempPathFactory, serving: Callable[..., Desk]) -> Books:
    """For pages that sum up: the tests that use it add nothing to it."""
    folder = shutil.copytree(ingested, tmp_path_factory.mktemp("ui") / "books")
    manifest = folder / "podium.toml"
    before, _, _ = manifest.read_text(encoding="utf-8").partition("[objectives]")
    manifest.write_text(before + AIMS, encoding="utf-8")
    desk = serving(folder)
    first, second = (desk.ask(text)[0] for text in ASKED)
    with desk.client() as client:
        for thread in (first, second):
            client.post(f"/podium/v1/threads/{thread}/feedback", json={"rating": 1}).raise_for_status()
    waiting, _ = desk.ask("Please refund order O-10004 in full, the kettle was broken")
    return Books(desk, (first, second), waiting)


@dataclass(frozen=True)
class Keyed:
    """A server that asks for a key.

    Attributes:
        desk: The server.
        viewer: The key of one who may only look.
        both: The key of one who may run and decide.
    """

    desk: Desk
    viewer: str
    both: str

    def open(self, page: Page, key: str) -> None:
        """Give the key that the page asks for."""
        page.get_by_label("API key").fill(key)
        page.get_by_label("API key").press("Enter")


@pytest.fixture(scope="session")
def new_key() -> Callable[..., str]:
    """`new_key(folder, owner, *roles)` makes a key of a project."""

    def make(folder: Path, owner: str, *roles: str) -> str:
        wanted = [part for role in roles for part in ("--role", role)]
        command: list[str | Path] = [PODIUM, "keys", "new", "-".join(roles), "--owner", owner, *wanted]
        made = subprocess.run([*command, "--json"], cwd=folder, check=True, capture_output=True, text=True)
        key: str = json.loads(made.stdout)["key"]
        return key

    return make


@pytest.fixture(scope="session")
def keyed_of(serving: Callable[..., Desk], new_key: Callable[..., str]) -> Callable[[Path], Keyed]:
    """`keyed_of(folder)` serves a project with `podium serve`, with keys of two roles of one owner."""

    def serve(folder: Path) -> Keyed:
        viewer, both = new_key(folder, "ada", "viewer"), new_key(folder, "ada", "operator", "approver")
        return Keyed(serving(folder, "serve"), viewer, both)

    return serve


@pytest.fixture(scope="session")
def keyed(
    ingested: Path, tmp_path_factory: pytest.TempPathFactory, keyed_of: Callable[[Path], Keyed]
) -> Keyed:
    """The reference project for many people."""
    return keyed_of(shutil.copytree(ingested, tmp_path_factory.mktemp("ui") / "keyed"))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium. It ends with the module: Playwright's loop would be in the way of async tests."""
    path = next(filter(None, [os.environ.get(CHROMIUM[0]), *map(shutil.which, CHROMIUM[1:])]), None)
    if path is None:
        raise RuntimeError(
            "the browser tests need Chromium: apt-get install chromium, or name it in PODIUM_CHROMIUM"
        )
    expect.set_options(timeout=STEP_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@dataclass
class Watch:
    """What a browser did that no page of ours may do.

    Attributes:
        allowed: Parts of what a test expects on the console (a browser tells refused requests there).
        hosts: Where else than on the page's own origin requests may go.
    """

    allowed: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)
    _console: list[str] = field(default_factory=list)
    _elsewhere: list[str] = field(default_factory=list)

    def follow(self, context: BrowserContext, origin: str) -> None:
        """Take down what the pages of a context do."""
        own = urlsplit(origin).netloc

        def requested(request: Request) -> None:
            parts = urlsplit(request.url)
            if parts.scheme not in ("data", "blob") and parts.netloc not in {own, *self.hosts}:
                self._elsewhere.append(request.url)

        def said(message: ConsoleMessage) -> None:
            if message.type == "error":
                self._console.append(f"{message.text} ({message.location.get('url', '')})")

        context.on("request", requested)
        context.on("console", said)
        context.on("weberror", lambda error: self._console.append(str(error.error)))

    def verify(self) -> None:
        """Fail where a page left its origin or told an error."""
        assert self._elsewhere == []
        assert [line for line in self._console if not any(part in line for part in self.allowed)] == []


@pytest.fixture
def watch() -> Iterator[Watch]:
    """What the test's pages did; it fails the test when they did what they may not."""
    watch = Watch()
    yield watch
    watch.verify()


@pytest.fixture
def opening(browser: Browser, watch: Watch) -> Callable[..., Any]:
    """`with opening(url, **options) as page` opens a page in a context of its own."""

    @contextmanager
    def opened(url: str, **options: Any) -> Iterator[Page]:
        context = browser.new_context(**{"viewport": DESKTOP, "reduced_motion": "reduce", **options})
        try:
            context.set_default_timeout(STEP_MS)
            watch.follow(context, url)
            page = context.new_page()
            page.goto(url)
            yield page
        finally:
            context.close()

    return opened


@pytest.fixture
def page(desk: Desk, opening: Callable[..., Any]) -> Iterator[Page]:
    """The start page of the desk's UI."""
    with opening(desk.ui) as page:
        yield page


@pytest.fixture
def first_time(opening: Callable[..., Any]) -> Iterator[Callable[..., Any]]:
    """`with first_time(desk) as page` walks a task from the start page on, in at most five clicks.

    A key pressed instead of a button is a click, typing is none. The page stays open until the test ends.
    """
    with ExitStack() as stack:

        @contextmanager
        def walked(desk: Desk) -> Iterator[Page]:
            page: Page = stack.enter_context(opening(desk.ui))
            page.add_init_script(path=CLICKS)
            page.evaluate(CLICKS.read_text(encoding="utf-8"))
            yield page
            made = page.evaluate("Number(sessionStorage.getItem('clicks'))")
            assert 0 < made <= FEW

        yield walked
