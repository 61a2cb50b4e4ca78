"""Every page, light and dark, wide and narrow: axe finds nothing serious, nothing runs out of the page."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

SERIOUS = {"serious", "critical"}
ANSWERED = "How long do I have to send something back?"
WAITS = "Please refund order O-10004 in full, the kettle was broken"
PODIUM = Path(sys.executable).with_name("podium")
SUMS = """
name: sums
target: {function: "adding.py:add"}
cases: [sums.jsonl]
scorers: [exact]
"""
TRIGGER = "morning"
MORNING = {"kind": "schedule", "graph": "support_desk", "schedule": "30 6 29 3 *"}
NOWHERE = "nothing/here"
PLACES = (
    NOWHERE,
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
    "triggers/{trigger}",
    "evaluations",
    "evaluations/{evaluation}",
    "dashboard",
    "thresholds",
    "audit",
    "usage",
    "settings",
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


def evaluate(folder: Path) -> None:
    """Have a suite run."""
    evals = folder / "evals"
    (evals / "sums.yaml").write_text(SUMS, encoding="utf-8")
    (evals / "sums.jsonl").write_text('{"id": "one", "input": [1, 1], "expected": {"answer": 2}}\n')
    (evals / "adding.py").write_text("add = sum\n", encoding="utf-8")
    command: list[str | Path] = [PODIUM, "eval", "run", "sums", "--no-cache", "--no-report"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)


@pytest.fixture(scope="module")
def seeded(desk: Any) -> Seeded:
    answered, _ = desk.ask(ANSWERED)
    waiting, _ = desk.ask(WAITS)
    evaluate(desk.folder)
    with desk.client() as client:
        waits = client.get("/podium/v1/interrupts", params={"limit": 200}).json()["interrupts"]
        interrupt = next(one for one in waits if one["thread_id"] == waiting)
        client.put(f"/podium/v1/triggers/{TRIGGER}", json=MORNING).raise_for_status()
        (run,) = client.get("/podium/v1/evaluations", params={"suite": "sums"}).json()["evaluations"]
    names = {"answered": answered, "waiting": waiting, "interrupt": interrupt["interrupt_id"]}
    return Seeded(desk.ui, {**names, "trigger": TRIGGER, "evaluation": quote(run["name"], safe="")})


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


def test_every_page_is_looked_at(root: Path) -> None:
    source = root / "ui" / "src"
    routed = re.findall(
        r'path: "([^"]+)", \.\.\.lazy\(\(\) => import\("\./pages/(\w+)/', (source / "routes.tsx").read_text()
    )
    assert {page for _, page in routed} == {folder.name for folder in (source / "pages").iterdir()}
    looked_at = {re.sub(r"\{\w+\}", ":", place) for place in PLACES} - {NOWHERE}
    paths = {f"threads/{path}" if path.startswith(":threadId") else path for path, _ in routed} - {"*"}
    assert {re.sub(r":\w+", ":", path) for path in paths} == looked_at - {"threads/new"}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_keeps_anybody_out(seeded: Seeded, opening: Callable[..., Any], scheme: str) -> None:
    wrong: dict[str, list[str]] = {}
    with opening(seeded.ui, color_scheme=scheme) as page:
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
