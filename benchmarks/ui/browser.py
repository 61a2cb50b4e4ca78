"""Chromium as the figures need it: cold, with the time that its processes take."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page, Request, sync_playwright

LOADED_S = 30
STEP_MS = 50
QUIET = 10
LONG_TASKS = """
window.longTasks = [];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) window.longTasks.push(entry.duration);
}).observe({ type: "longtask", buffered: true });
"""
FIRST_PAINT = """() => new Promise((resolve) => {
  new PerformanceObserver((list) => {
    for (const { name, startTime } of list.getEntries()) {
      if (name === "first-contentful-paint") resolve(startTime);
    }
  }).observe({ type: "paint", buffered: true });
})"""


@dataclass(slots=True)
class Seen:
    """What a page did on its way.

    Attributes:
        elsewhere: Requests that left the origin.
        errors: What it told on the console as an error.
        compressed: Bytes that came over the wire.
        loading: What was asked for and has not come, apart from streams, which do not end.
    """

    elsewhere: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    compressed: int = 0
    loading: set[str] = field(default_factory=set)


def chromium() -> str | None:
    """Where the browser is, if there is one."""
    return os.environ.get("PODIUM_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")


@contextmanager
def launched(path: str) -> Iterator[Browser]:
    """A browser without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def cold(browser: Browser, url: str) -> Iterator[tuple[Page, Seen]]:
    """A page with an empty cache, and what it does."""
    context = browser.new_context(viewport={"width": 1280, "height": 860})
    try:
        yield _watched(context, urlsplit(url).netloc)
    finally:
        context.close()


def wait_until_loaded(page: Page, seen: Seen) -> None:
    """Wait until nothing is under way for half a second, apart from streams."""
    quiet, until = 0, time.monotonic() + LOADED_S
    while quiet < QUIET:
        if time.monotonic() > until:
            raise RuntimeError(f"the page still loads after {LOADED_S} s")
        page.wait_for_timeout(STEP_MS)
        quiet = 0 if seen.loading else quiet + 1


def cpu_seconds(browser: Browser) -> dict[str, float]:
    """Seconds of a core that the browser's processes have taken so far, by kind of process."""
    session = browser.new_browser_cdp_session()
    told = session.send("SystemInfo.getProcessInfo")["processInfo"]
    session.detach()
    used: dict[str, float] = {}
    for process in told:
        used[process["type"]] = used.get(process["type"], 0.0) + process["cpuTime"]
    return used


def _watched(context: BrowserContext, origin: str) -> tuple[Page, Seen]:
    seen = Seen()
    context.add_init_script(LONG_TASKS)
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")

    def asked(event: dict[str, Any]) -> None:
        seen.loading.add(event["requestId"])

    def answered(event: dict[str, Any]) -> None:
        if event["response"]["mimeType"] == "text/event-stream":
            seen.loading.discard(event["requestId"])

    def finished(event: dict[str, Any]) -> None:
        seen.loading.discard(event["requestId"])
        seen.compressed += int(event.get("encodedDataLength", 0))

    session.on("Network.requestWillBeSent", asked)
    session.on("Network.responseReceived", answered)
    session.on("Network.loadingFinished", finished)
    session.on("Network.loadingFailed", finished)

    def requested(request: Request) -> None:
        if urlsplit(request.url).netloc != origin:
            seen.elsewhere.append(request.url)

    page.on("request", requested)
    page.on("console", lambda message: seen.errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: seen.errors.append(str(error)))
    return page, seen
