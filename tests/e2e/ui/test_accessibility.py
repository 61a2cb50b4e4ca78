"""Every page, light and dark, wide and narrow: axe finds nothing serious, nothing runs out of the page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

SERIOUS = {"serious", "critical"}
ANSWERED = "How long do I have to send something back?"
WAITS = "Please refund order O-10004 in full, the kettle was broken"
PLACES = (
    "threads/new",
    "threads/{answered}",
    "threads/{waiting}",
    "threads/{answered}/graph",
    "threads/{answered}/history",
    "threads/{answered}/trace",
    "threads/{answered}/why",
    "threads/{waiting}/undo",
    "approvals",
    "approvals/{waiting}/{interrupt}",
    "runs",
    "knowledge",
    "triggers",
    "evaluations",
    "dashboard",
    "thresholds",
    "audit",
    "usage",
    "settings",
    "nothing/here",
)
NARROW = (
    "threads/new",
    "threads/{answered}",
    "threads/{waiting}",
    "approvals",
    "approvals/{waiting}/{interrupt}",
)


@dataclass(frozen=True)
class Seeded:
    """A desk where something was asked and something waits."""

    ui: str
    names: dict[str, str]

    def address(self, place: str) -> str:
        return self.ui + place.format(**self.names)


@pytest.fixture(scope="module")
def seeded(desk: Any) -> Seeded:
    answered, _ = desk.ask(ANSWERED)
    waiting, _ = desk.ask(WAITS)
    with desk.client() as client:
        (interrupt,) = client.get("/podium/v1/interrupts").json()["interrupts"]
    return Seeded(desk.ui, {"answered": answered, "waiting": waiting, "interrupt": interrupt["interrupt_id"]})


def settled(page: Page) -> None:
    """Wait until the page shows what it loads; some hold a stream open, so that the network never rests."""
    expect(page.locator("main :is(h1, textarea)").first).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="…")).to_have_count(0)


def findings(page: Page) -> list[str]:
    """What axe finds that keeps people out."""
    found = Axe().run(page).response["violations"]
    return [
        f"{one['id']} ({one['impact']}): {[node['html'][:160] for node in one['nodes'][:3]]}"
        for one in found
        if one["impact"] in SERIOUS
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_keeps_anybody_out(seeded: Seeded, opening: Callable[..., Any], scheme: str) -> None:
    wrong: dict[str, list[str]] = {}
    with opening(seeded.address(PLACES[0]), color_scheme=scheme) as page:
        for place in PLACES:
            page.goto(seeded.address(place))
            settled(page)
            if found := findings(page):
                wrong[place] = found
    assert wrong == {}


@pytest.mark.parametrize("place", NARROW)
def test_a_phone_shows_the_whole_page_without_scrolling_sideways(
    seeded: Seeded, opening: Callable[..., Any], place: str
) -> None:
    with opening(seeded.address(place), viewport={"width": 380, "height": 760}, has_touch=True) as page:
        settled(page)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0
        assert findings(page) == []
