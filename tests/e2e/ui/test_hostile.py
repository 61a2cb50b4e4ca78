"""The UI before those who mean harm: hostile graphs and addresses, and keys that are for one server alone."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

Opening = Callable[..., Any]
TITLE = "<img src=x onerror=\"document.title='harmed'\">\u202e001 yap [x](javascript:alert(1))"
FOREIGN = "script:not([src]), iframe, base, main img, object, embed, form[action]"
VIEWS = ("", "/graph", "/history", "/trace", "/why", "/undo")


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory, serving: Callable[..., Any]) -> Any:
    """Graphs that mean harm, served by `podium dev`; one for a module."""
    source = Path(__file__).with_name("hostile")
    return serving(shutil.copytree(source, tmp_path_factory.mktemp("ui") / "hostile"))


def asked(desk: Any, graph: str) -> str:
    """A thread in which a graph has had its say."""
    body = {"assistant_id": graph, "input": {"messages": [{"role": "user", "content": TITLE}]}}
    with desk.client() as client:
        thread: str = client.post("/threads", json={}).json()["thread_id"]
        client.post(f"/threads/{thread}/runs/wait", json=body).raise_for_status()
    return thread


def harmless(page: Page) -> None:
    """Nothing of what was said has become a part of the page, or leads where it should not."""
    assert page.locator(FOREIGN).count() == 0
    assert page.evaluate("({}).harmed") is None
    assert not page.title().startswith("harmed")
    links = page.eval_on_selector_all("a", "all => all.map(one => one.getAttribute('href') ?? '')")
    assert [link for link in links if not link.startswith(("/", "#", "http://", "https://", "mailto:"))] == []
    assert [link for link in links if link.startswith("//")] == []
    assert page.locator("a[href^=http]:not([rel~=noopener])").count() == 0


def test_what_a_graph_says_stays_text_in_every_view(hostile: Any, opening: Opening) -> None:
    thread = asked(hostile, "speaks")
    with opening(f"{hostile.ui}threads/{thread}") as page:
        expect(page.get_by_text("That was all.")).to_be_visible()
        good = page.get_by_role("link", name="good")
        expect(good).to_have_attribute("rel", "noopener noreferrer nofollow")
        page.get_by_text("Result of").click()
        expect(page.get_by_role("button", name="Show all")).to_be_visible()
        harmless(page)
        for view in VIEWS[1:]:
            page.goto(f"{hostile.ui}threads/{thread}{view}")
            expect(page.get_by_role("heading", level=1)).to_be_visible()
            expect(page.get_by_text("This page failed")).to_have_count(0)
            harmless(page)


@pytest.mark.parametrize("graph", ["asks", "asks_long", "half_asks"])
def test_whatever_a_graph_asks_can_be_read_and_answered(hostile: Any, opening: Opening, graph: str) -> None:
    thread = asked(hostile, graph)
    with hostile.client() as client:
        waiting = client.get(f"/threads/{thread}").json()["interrupts"]
    (interrupt,) = [one["id"] for told in waiting.values() for one in told]
    with opening(f"{hostile.ui}threads/{thread}") as page:
        expect(page.get_by_role("region", name="Waiting for you")).to_be_visible()
        harmless(page)
        page.goto(f"{hostile.ui}approvals/{thread}/{interrupt}")
        expect(page.get_by_role("link", name="Open the thread")).to_be_visible()
        harmless(page)


def test_what_is_approved_is_seen_whole_and_in_its_order(hostile: Any, opening: Opening) -> None:
    with opening(f"{hostile.ui}threads/{asked(hostile, 'asks')}") as page:
        waiting = page.get_by_role("region", name="Waiting for you")
        expect(waiting.get_by_text("⟨U+202E⟩001 yap", exact=True)).to_be_visible()
        expect(waiting.get_by_text("£100 more")).to_have_count(0)
        waiting.get_by_role("button", name="more characters").last.click()
        expect(waiting.get_by_text("£100 more")).to_be_visible()


@pytest.mark.parametrize(("graph", "text"), [("babbles", "Still here."), ("no_list", "not")])
def test_messages_that_are_none_break_no_page(hostile: Any, opening: Opening, graph: str, text: str) -> None:
    with opening(f"{hostile.ui}threads/{asked(hostile, graph)}") as page:
        expect(page.get_by_role("main").get_by_text(text).first).to_be_visible()
        harmless(page)


def test_an_address_chooses_no_server_and_a_frame_shows_no_page(hostile: Any, opening: Opening) -> None:
    view = "approvals?server=http://evil.invalid&url=//evil.invalid&key=k#//evil.invalid"
    with opening(f"{hostile.ui}{view}") as page:
        expect(page.get_by_role("heading", level=1)).to_have_text("Approvals")
        assert page.evaluate("localStorage.getItem('podium.server')") is None
    with hostile.client() as client:
        answer = client.get("/ui/approvals/x/y")
    policy = answer.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["referrer-policy"] == "no-referrer"


def test_a_server_is_an_address_of_the_web(desk: Any, opening: Opening) -> None:
    with opening(f"{desk.ui}settings") as page:
        for address in ("javascript:alert(1)", "data:text/html,x", "file:///etc/passwd"):
            page.get_by_label("Address").fill(address)
            page.get_by_role("button", name="Open", exact=True).click()
            expect(page.get_by_role("heading", level=1)).to_have_text("Settings")
            assert page.evaluate("localStorage.getItem('podium.server')") is None


def test_a_key_goes_where_it_was_given_for_and_what_it_showed_goes_with_it(
    keyed: Any, opening: Opening, watch: Any
) -> None:
    watch.allowed += ["401 (Unauthorized)", "Content Security Policy", "Failed to fetch", "Fetch API cannot"]
    desk = keyed.desk
    thread, _ = desk.ask("Please refund order O-10004 in full, the kettle was broken", key=keyed.both)
    with opening(f"{desk.ui}threads/{thread}") as page:
        refused: list[str] = []
        keyed.open(page, "wrong")
        expect(page.get_by_text("does not take the key")).to_be_visible()
        expect(page.get_by_label("API key")).to_be_focused()
        keyed.open(page, keyed.viewer)
        approve = page.get_by_role("button", name="Approve", exact=True)
        expect(approve).to_be_disabled()
        page.on("response", lambda answer: refused.append(answer.url) if answer.status >= 400 else None)
        expect(page.get_by_text("Your role may look at this, but not decide it.")).to_be_visible()
        for view in VIEWS[1:]:
            page.goto(f"{desk.ui}threads/{thread}{view}")
            expect(page.get_by_role("heading", level=1)).to_be_visible()
        for place in ("approvals", "knowledge", "triggers", "evaluations", "audit", "thresholds", "settings"):
            page.goto(f"{desk.ui}{place}")
            expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert refused == []
        assert keyed.viewer not in page.url
        assert keyed.viewer not in page.evaluate("JSON.stringify(localStorage)")
        page.get_by_role("button", name="Forget the key").click()
        keyed.open(page, keyed.both)
        expect(page.get_by_text("You may approve, reject and undo actions.")).to_be_visible()
        sent: list[dict[str, str]] = []
        page.on("request", lambda asked: sent.append(asked.headers) if "127.0.0.1:9" in asked.url else None)
        page.get_by_label("Address").fill("http://127.0.0.1:9")
        page.get_by_role("button", name="Open", exact=True).click()
        expect(page.get_by_role("alert")).to_contain_text("cannot be reached")
        assert [headers for headers in sent if "x-api-key" in headers] == []
        page.get_by_role("button", name="Back to this server").click()
        expect(page.get_by_text("You may approve, reject and undo actions.")).to_be_visible()
        page.goto(f"{desk.ui}threads/{thread}")
        expect(approve).to_be_enabled()
