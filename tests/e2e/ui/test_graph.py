"""The graph of a thread: live and step by step, with loops, subgraphs, failures and waits."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

QUESTION = "How long do I have to send something back?"
REFUND = "Please refund order O-10004 in full, the kettle was broken"

pytestmark = pytest.mark.timeout(240)


def travel(walking: Any, city: str, *, wait: bool = True) -> str:
    """Start a trip in a thread of its own; the thread's id."""
    with walking.client() as client:
        thread: str = client.post("/threads", json={}).json()["thread_id"]
        body = {
            "assistant_id": "trip",
            "input": {"city": city},
            "stream_mode": ["values", "updates"],
            "stream_subgraphs": True,
        }
        path = f"/threads/{thread}/runs"
        if wait:
            client.post(f"{path}/wait", json={"assistant_id": "trip", "input": {"city": city}})
        else:
            client.post(path, json=body).raise_for_status()
        return thread


def node(page: Page, name: str) -> Locator:
    """A node of the drawing; its name is followed by how it stands."""
    return page.get_by_role("region", name="Drawing of the graph").get_by_role(
        "group", name=re.compile(f"^{name},")
    )


def stands(page: Page, name: str, how: str) -> None:
    expect(node(page, name)).to_have_accessible_name(re.compile(f"^{name}, {how}"))


def test_the_way_of_a_turn_is_told_with_its_time_and_its_confidence(desk: Any, page: Page) -> None:
    thread, _ = desk.ask(QUESTION)
    page.goto(f"{desk.ui}threads/{thread}/graph")
    stands(page, "respond", "done")
    expect(node(page, "critique")).to_have_accessible_name(re.compile(r"\d+ % sure"))
    expect(node(page, "human")).to_have_accessible_name("human, not reached")
    told = page.get_by_role("list", name="Steps of this turn")
    expect(told.get_by_role("listitem")).to_contain_text(
        ["1New input", "2Input taken", "3admit", "4plan", "5retrieve"]
    )
    expect(told.get_by_role("listitem").last).to_contain_text(re.compile(r"^8respond.*The end"))


def test_what_waits_for_a_person_waits_in_the_drawing(desk: Any, page: Page) -> None:
    thread, _ = desk.ask(REFUND)
    page.goto(f"{desk.ui}threads/{thread}/graph")
    stands(page, "human", "waits for somebody")
    stands(page, "commit", "not reached")


def test_a_run_is_shown_while_it_goes_on_without_a_reload(walking: Any, opening: Callable[..., Any]) -> None:
    thread = travel(walking, "Slowtown", wait=False)
    with opening(f"{walking.ui}threads/{thread}/graph?open=research") as page:
        stands(page, "look", "running")
        stands(page, "price", "done")
        expect(page.get_by_text("running now")).to_be_visible()
        (walking.folder / "open-the-gate").touch()
        stands(page, "book", "done")
        stands(page, "look", "done, 3 times")
        expect(page.get_by_text("running now")).to_have_count(0)


def test_a_thread_that_is_open_shows_what_begins_later(walking: Any, opening: Callable[..., Any]) -> None:
    with walking.client() as client:
        thread = client.post("/threads", json={}).json()["thread_id"]
        with opening(f"{walking.ui}threads/{thread}/graph") as page:
            expect(page.get_by_text("Nothing has run yet")).to_be_visible()
            body = {"assistant_id": "trip", "input": {"city": "Rome"}}
            client.post(f"/threads/{thread}/runs", json=body).raise_for_status()
            stands(page, "book", "done")


def test_a_subgraph_opens_in_place_and_the_address_keeps_it(
    walking: Any, opening: Callable[..., Any]
) -> None:
    with opening(f"{walking.ui}threads/{travel(walking, 'Rome')}/graph") as page:
        stands(page, "research", "done")
        expect(node(page, "judge")).to_have_count(0)
        page.get_by_role("button", name="Open the subgraph research").click()
        stands(page, "judge", "done, 3 times")
        expect(page.get_by_text(re.compile(r"^\s*\W2$"))).to_be_visible()
        page.reload()
        stands(page, "judge", "done, 3 times")
        page.get_by_role("button", name="Close the subgraph research").click()
        expect(node(page, "judge")).to_have_count(0)


def test_the_slider_replays_the_turn_with_the_state_of_each_step(
    walking: Any, opening: Callable[..., Any]
) -> None:
    with opening(f"{walking.ui}threads/{travel(walking, 'Rome')}/graph") as page:
        stands(page, "book", "done")
        slider = page.get_by_role("slider", name="Step of the turn")
        slider.focus()
        slider.press("Home")
        stands(page, "book", "not reached")
        slider.press("ArrowRight")
        stands(page, "research", "next")
        state = page.get_by_role("region", name="State at this step")
        expect(state).to_contain_text("Rome")
        for _ in range(2):
            slider.press("ArrowRight")
        stands(page, "book", "next")
        expect(state.get_by_text("by ask")).to_be_visible()
        page.reload()
        stands(page, "book", "next")
        page.get_by_role("button", name="Back to now").click()
        stands(page, "book", "done")
        page.get_by_role("button", name="Play the turn").click()
        stands(page, "book", "not reached")
        stands(page, "book", "done")


def test_a_node_that_failed_says_why(walking: Any, opening: Callable[..., Any]) -> None:
    with opening(f"{walking.ui}threads/{travel(walking, 'Atlantis')}/graph") as page:
        stands(page, "book", "failed")
        expect(page.get_by_text("Atlantis cannot be reached")).to_be_visible()


def test_a_node_is_chosen_by_keyboard(walking: Any, opening: Callable[..., Any]) -> None:
    with opening(f"{walking.ui}threads/{travel(walking, 'Nowhere')}/graph") as page:
        stands(page, "ask", "waits for somebody")
        node(page, "research").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("region", name="Node research")).to_contain_text("ran once")
