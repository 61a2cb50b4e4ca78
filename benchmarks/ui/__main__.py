"""The built UI in headless Chromium, on a server of this machine.

First paint and first view are those of a browser that has never been here: median of some cold loads, with
every byte that came over the wire. A thread of 10,000 steps is scrolled and filtered in its history, and one
of 10,000 messages is scrolled in its chat, while the browser reports each task that held its main thread over
50 ms. An answer of 200 tokens a second is watched for some seconds, with the time that the page's process
took; its reference is a page that only appends the same stream's bytes to a text. Bars: painted within a
second, 450 kB, no request elsewhere, nothing told as an error, no task over 100 ms, half a core while all the
words come that are said.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

import httpx
from benchmarks.report import not_here, report
from benchmarks.server.contenders import podium
from benchmarks.ui.browser import FIRST_PAINT, chromium, cold, cpu_seconds, launched, wait_until_loaded
from playwright.sync_api import Browser, Page, expect

PROJECT = Path(__file__).parent / "project"
LOADS = 5
STEPS = 10_000
RUNS = 2
WATCHED_S = 8.0
WARM_S = 1.5
MESSAGES = 10_000
PULLS = 60
WHEEL_PX = 6_000
KEY_MS = 60
BELOW = "(list) => Math.floor(list.scrollHeight - list.clientHeight - list.scrollTop) - 1"
WORDS = "document.body.innerText.split(/\\s+/).length"
PLAIN = """async (url) => {
  const body = { assistant_id: "talker", input: { messages: [{ role: "user", content: "go" }] },
                 stream_mode: ["messages-tuple"] };
  const answer = await fetch(url + "/runs/stream", {
    method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
  const text = document.body.appendChild(document.createElement("pre"));
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  (async () => {
    for (let part = await reader.read(); !part.done; part = await reader.read()) text.append(part.value);
  })();
}"""


def first_view(browser: Browser, url: str) -> dict[str, float]:
    """What the first page costs somebody who has never opened it."""
    paints, sizes, elsewhere, errors = [], [], 0, 0
    for _ in range(LOADS):
        with cold(browser, url) as (page, seen):
            page.goto(url)
            paints.append(page.evaluate(FIRST_PAINT))
            expect(page.get_by_role("navigation", name="Pages").get_by_role("link").first).to_be_visible()
            wait_until_loaded(page, seen)
            sizes.append(seen.compressed / 1000)
            elsewhere += len(seen.elsewhere)
            errors += len(seen.errors)
    return {
        "first_paint_ms": statistics.median(paints),
        "first_view_kb": max(sizes),
        "requests_elsewhere": elsewhere,
        "console_errors": errors,
    }


def long_thread(url: str) -> str:
    """A thread of many steps, walked in as many runs as the limit of a run's steps asks for; its id."""
    with httpx.Client(base_url=url, timeout=600, trust_env=False) as client:
        thread: str = client.post("/threads", json={}).json()["thread_id"]
        for upto in range(STEPS // RUNS, STEPS + 1, STEPS // RUNS):
            body = {
                "assistant_id": "walker",
                "input": {"steps": upto},
                "config": {"recursion_limit": STEPS // RUNS + 10},
                "stream_mode": ["updates"],
            }
            state = client.post(f"/threads/{thread}/runs/wait", json=body).raise_for_status().json()
        if state["done"] != STEPS:
            raise RuntimeError(f"the thread has {state['done']} steps, not {STEPS}")
        return thread


def long_conversation(url: str) -> str:
    """A thread of many messages; its id."""
    thread = str(uuid.uuid4())
    messages = [
        {"type": "ai" if place % 2 else "human", "id": str(place), "content": f"Line {place} " * 20}
        for place in range(MESSAGES)
    ]
    with httpx.Client(base_url=url, timeout=600, trust_env=False) as client:
        client.post("/threads", json={"thread_id": thread, "metadata": {"graph_id": "talker"}})
        state = {"values": {"messages": messages}, "as_node": "say"}
        client.post(f"/threads/{thread}/state", json=state).raise_for_status()
    return thread


def reread(browser: Browser, address: str) -> float:
    """The longest task, in milliseconds, while a long conversation is scrolled upwards in its chat."""
    with cold(browser, address) as (page, _):
        page.goto(address)
        expect(page.get_by_text(f"Line {MESSAGES - 1}").first).to_be_visible(timeout=60_000)
        _rested(page)
        page.evaluate("window.longTasks.length = 0")
        page.get_by_role("region", name="Conversation").hover()
        for _ in range(PULLS):
            page.mouse.wheel(0, -WHEEL_PX)
            _frame(page)
        _rested(page)
        return max(page.evaluate("window.longTasks"), default=0.0)


def scrolled(browser: Browser, address: str) -> float:
    """The longest task, in milliseconds, while a thread's history is scrolled to its end and filtered."""
    with cold(browser, address) as (page, _):
        page.goto(address)
        steps = page.get_by_role("listbox", name="Steps")
        step = steps.get_by_role("option").first
        expect(step).to_be_visible(timeout=60_000)
        shown = int(step.get_attribute("aria-setsize") or 0)
        if shown < STEPS:
            raise RuntimeError(f"the history has {shown} steps, not {STEPS}")
        _rested(page)
        page.evaluate("window.longTasks.length = 0")
        steps.hover()
        while steps.evaluate(BELOW) > 0:
            page.mouse.wheel(0, WHEEL_PX)
            _frame(page)
        box = page.get_by_role("searchbox")
        box.press_sequentially("step 99", delay=KEY_MS)
        expect(page.get_by_role("status").filter(has_text=" of ")).to_be_visible()
        box.fill("")
        expect(page.get_by_role("status").filter(has_text=" of ")).to_have_count(0)
        _rested(page)
        return max(page.evaluate("window.longTasks"), default=0.0)


def streamed(browser: Browser, address: str, start: Callable[[Page], object]) -> dict[str, float]:
    """Cores that the page and the browser take while an answer is streamed, and words shown a second."""
    with cold(browser, address) as (page, seen):
        page.goto(address)
        wait_until_loaded(page, seen)
        start(page)
        page.wait_for_timeout(WARM_S * 1000)
        words = page.evaluate(WORDS)
        before, began = cpu_seconds(browser), time.perf_counter()
        page.wait_for_timeout(WATCHED_S * 1000)
        after, took = cpu_seconds(browser), time.perf_counter() - began
        words = page.evaluate(WORDS) - words
    used = {kind: (seconds - before.get(kind, 0.0)) / took for kind, seconds in after.items()}
    return {"page": used["renderer"], "browser": sum(used.values()), "words": words / took}


def ask(page: Page) -> None:
    """Say something in the chat."""
    box = page.get_by_role("textbox", name="Message")
    box.fill("Tell me all of it")
    box.press("Enter")


def measure(path: str, url: str) -> tuple[dict[str, float], dict[str, float]]:
    """The figures, and those of the reference."""
    with launched(path) as browser:
        figures = first_view(browser, f"{url}/ui/")
        history = f"{url}/ui/threads/{long_thread(url)}/history"
        figures["longest_task_ms"] = scrolled(browser, history)
        figures["conversation_task_ms"] = reread(browser, f"{url}/ui/threads/{long_conversation(url)}")
        chat = f"{url}/ui/threads/new?{urlencode({'assistant': 'talker'})}"
        ours = streamed(browser, chat, ask)
        plain = streamed(browser, f"{url}/ok", lambda page: page.evaluate(PLAIN, url))
    figures |= {"stream_page_cores": ours["page"], "stream_browser_cores": ours["browser"]}
    figures["stream_words_a_second"] = ours["words"]
    return figures, {"plain_page_cores": plain["page"], "plain_browser_cores": plain["browser"]}


def main() -> int:
    """Measure and report."""
    path = chromium()
    if path is None:
        not_here("ui", "no Chromium (Debian: chromium), and none named in PODIUM_CHROMIUM")
        return 0
    with tempfile.TemporaryDirectory() as scratch, podium(Path(scratch) / "ui", project=PROJECT) as server:
        figures, reference = measure(path, server.url)
    bars = {
        "first_paint_ms": ("<=", 1000.0),
        "first_view_kb": ("<=", 450.0),
        "requests_elsewhere": ("==", 0.0),
        "console_errors": ("==", 0.0),
        "longest_task_ms": ("<=", 100.0),
        "conversation_task_ms": ("<=", 100.0),
        "stream_page_cores": ("<=", 0.5),
        "stream_words_a_second": (">=", 190.0),
    }
    return 0 if report("ui", figures, reference, bars) else 1


def _frame(page: Page) -> None:
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def _rested(page: Page) -> None:
    """Until the page has nothing left to do; the network never rests where a page listens for what is new."""
    page.evaluate("() => new Promise((done) => requestIdleCallback(() => setTimeout(done, 500)))")


if __name__ == "__main__":
    sys.exit(main())
