"""What changes elsewhere is told to the pages, which do not ask again and again; and where a chat begins."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Request, expect

REFUND = "Please refund order O-10007, the kettle was broken"
HIDE = """
    Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => 'hidden' });
    document.dispatchEvent(new Event('visibilitychange'));
"""
SHOW = """
    delete document.visibilityState;
    document.dispatchEvent(new Event('visibilitychange'));
"""

pytestmark = pytest.mark.timeout(240)


def listening(page: Page) -> list[str]:
    """The paths that a page asks the server for from now on."""
    asked: list[str] = []

    def note(request: Request) -> None:
        asked.append(urlsplit(request.url).path)

    page.on("request", note)
    return asked


def waiting(desk: Any) -> int:
    """How many decisions wait."""
    with desk.client() as client:
        return len(client.get("/podium/v1/interrupts", params={"limit": 200}).json()["interrupts"])


def shows_waiting(page: Page, count: int) -> None:
    """Wait until the page says how many decisions wait."""
    told = rf"{count}\s*waiting for you" if count else ""
    link = page.get_by_role("navigation", name="Pages").get_by_role("link", name=re.compile("^Approvals"))
    expect(link).to_have_text(re.compile(rf"^\s*Approvals\s*{told}\s*$"))


def threads(page: Page) -> Any:
    return page.get_by_role("navigation", name="Threads")


def test_what_happens_elsewhere_is_shown_without_asking_in_between(
    desk: Any, opening: Callable[..., Any]
) -> None:
    before = waiting(desk)
    with opening(f"{desk.ui}threads/new") as page:
        expect(page.get_by_role("region", name="Examples")).to_be_visible()
        expect(threads(page)).to_be_visible()
        shows_waiting(page, before)
        page.wait_for_load_state("load")
        asked = listening(page)
        thread, _ = desk.ask(REFUND)
        shows_waiting(page, before + 1)
        expect(threads(page).get_by_role("link", name=re.compile("O-10007")).first).to_be_visible()
        assert {path for path in asked if not path.startswith("/ui/")} <= {
            "/podium/v1/interrupts",
            "/podium/v1/threads",
        }
        with desk.client() as client:
            client.delete(f"/threads/{thread}").raise_for_status()
        shows_waiting(page, before)


def test_a_page_that_is_out_of_sight_holds_no_connection_and_comes_back_up_to_date(
    desk: Any, opening: Callable[..., Any]
) -> None:
    with opening(f"{desk.ui}threads/new") as page:
        expect(page.get_by_role("region", name="Examples")).to_be_visible()
        with page.expect_event("requestfailed", lambda one: one.url.endswith("/changes")):
            page.evaluate(HIDE)
        asked = listening(page)
        thread, _ = desk.ask("How long is the warranty on a lamp?")
        assert thread
        assert asked == []
        page.evaluate(SHOW)
        expect(threads(page).get_by_role("link", name=re.compile("on a lamp")).first).to_be_visible()


def test_an_example_is_asked_with_one_click(desk: Any, first_time: Callable[..., Any]) -> None:
    with first_time(desk) as page:
        examples = page.get_by_role("region", name="Examples")
        expect(examples.get_by_role("button")).to_have_count(3)
        text = examples.get_by_role("button").first.inner_text()
        examples.get_by_role("button").first.click()
        expect(page.get_by_role("button", name="Answer this again")).to_be_visible()
        expect(page.get_by_role("article", name=text)).to_be_visible()


def test_the_trace_of_a_graph_of_others_tells_its_nodes_and_its_prompts(
    talking: Any, opening: Callable[..., Any]
) -> None:
    with talking.client() as client:
        thread = client.post("/threads", json={}).json()["thread_id"]
        body = {"assistant_id": "talker", "input": {"messages": [{"role": "user", "content": "Hello you"}]}}
        client.post(f"/threads/{thread}/runs/wait", json=body).raise_for_status()
    with opening(f"{talking.ui}threads/{thread}/trace") as page:
        rows = page.get_by_role("treeitem")
        expect(rows.filter(has_text="Talker")).to_be_visible()
        rows.filter(has_text="Talker").click()
        expect(page.get_by_text("You said: Hello you")).to_be_visible()
