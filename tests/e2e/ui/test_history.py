"""The history of a thread: what changed in each step, and ways on from there."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

QUESTION = "How long do I have to send something back?"
REFUND = "Please refund order O-10004 in full, the kettle was broken"
STEPS = 9_990
DRAWN = 100

pytestmark = pytest.mark.timeout(240)


def rows(page: Page) -> Locator:
    return page.get_by_role("listbox", name="Steps, newest first").get_by_role("option")


def row(page: Page, number: int) -> Locator:
    """The latest step of a number."""
    return page.locator(f'[role="option"][data-step="{number}"]').first


def steps_of(desk: Any, thread: str) -> list[dict[str, Any]]:
    with desk.client() as client:
        steps: list[dict[str, Any]] = client.get(f"/podium/v1/threads/{thread}/steps").json()["steps"]
        return steps


def settle(desk: Any, thread: str) -> None:
    """Wait for the runs of a thread."""
    with desk.client() as client:
        for run in client.get(f"/threads/{thread}/runs").json():
            client.get(f"/threads/{thread}/runs/{run['run_id']}/join")


def test_task_7_a_conversation_is_started_again_from_step_3(
    desk: Any, first_time: Callable[..., Any]
) -> None:
    thread, _ = desk.ask(QUESTION)
    before = len(steps_of(desk, thread))
    with first_time(desk) as page:
        page.get_by_role("navigation", name="Threads").get_by_role("link", name=QUESTION).first.click()
        page.get_by_role("link", name="History").click()
        row(page, 3).click()
        page.get_by_role("button", name="Run from here").click()
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text("not carried out again")
        dialog.get_by_role("button", name="Run", exact=True).click()
        expect(rows(page).filter(has_text="Branched off")).to_be_visible()
    settle(desk, thread)
    steps = steps_of(desk, thread)
    ends = {step["checkpoint_id"] for step in steps} - {step["parent_id"] for step in steps}
    assert len(steps) > before + 2
    assert len(ends) == 2
    expect(rows(page)).to_have_count(len(steps))
    expect(page.get_by_label("Branch")).to_be_visible()


def test_each_step_tells_what_changed_and_who_wrote_it(desk: Any, page: Page) -> None:
    thread, _ = desk.ask(QUESTION)
    page.goto(f"{desk.ui}threads/{thread}/history")
    rows(page).first.click()
    details = page.get_by_role("region", name="respond")
    expect(details.get_by_text("by respond").first).to_be_visible()
    expect(details.get_by_role("region", name="What changed in messages")).to_contain_text("Answer:")
    page.reload()
    expect(details.get_by_role("region", name="What changed in messages")).to_be_visible()
    page.get_by_role("listbox").focus()
    page.keyboard.press("End")
    expect(page.get_by_role("heading", level=2)).to_contain_text("New input")
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("region", name="What changed in messages")).to_contain_text(QUESTION)


def test_a_run_in_a_copy_only_simulates_and_says_so(desk: Any, page: Page) -> None:
    thread, _ = desk.ask(REFUND)
    page.goto(f"{desk.ui}threads/{thread}/history")
    row(page, 3).click()
    page.get_by_role("button", name="Run from here").click()
    page.get_by_label("In a copy that only simulates").check()
    expect(page.get_by_role("dialog")).to_contain_text("Nothing outside is changed")
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.get_by_text("This thread is a copy of")).to_be_visible()
    assert thread not in page.url
    expect(rows(page).filter(has_text="Branched off")).to_be_visible()


def test_the_state_is_edited_as_a_node_and_both_branches_are_compared(
    walking: Any, opening: Callable[..., Any]
) -> None:
    with walking.client() as client:
        thread = client.post("/threads", json={}).json()["thread_id"]
        body = {"assistant_id": "trip", "input": {"city": "Rome"}}
        client.post(f"/threads/{thread}/runs/wait", json=body)
        with opening(f"{walking.ui}threads/{thread}/history") as page:
            row(page, 3).click()
            page.get_by_role("button", name="Edit the state").click()
            dialog = page.get_by_role("dialog")
            dialog.get_by_label("Key").select_option("city")
            value = dialog.get_by_label("New value of city, as JSON")
            value.fill("Oslo")
            expect(dialog).to_contain_text("not JSON yet")
            expect(dialog.get_by_role("button", name="Save as a new branch")).to_be_disabled()
            value.fill(json.dumps("Oslo"))
            dialog.get_by_role("button", name="Save as a new branch").click()
            expect(rows(page).filter(has_text="State edited")).to_be_visible()
            expect(page.get_by_role("heading", level=2)).to_contain_text("State edited")
            assert client.get(f"/threads/{thread}/state").json()["values"]["city"] == "Oslo"
            page.get_by_role("button", name="Run from here").click()
            expect(page.get_by_role("dialog")).to_contain_text("acts by itself")
            page.get_by_role("button", name="Run", exact=True).click()
            expect(rows(page).first).to_contain_text("book")
            rows(page).filter(has_text="book").last.click()
            page.get_by_role("button", name="Compare with another step").click()
            rows(page).first.click()
            compared = page.get_by_role("region", name="Two branches side by side")
            expect(compared).to_contain_text("They parted after step")
            expect(compared.get_by_role("region", name="What changed in city")).to_contain_text("Oslo")
            page.reload()
            expect(compared).to_be_visible()
            compared.get_by_role("button", name="End the comparison").click()
            expect(compared).to_have_count(0)


def test_a_search_finds_writers_and_what_was_written(walking: Any, opening: Callable[..., Any]) -> None:
    with walking.client() as client:
        thread = client.post("/threads", json={}).json()["thread_id"]
        body = {"assistant_id": "trip", "input": {"city": "Rome"}}
        client.post(f"/threads/{thread}/runs/wait", json=body)
    with opening(f"{walking.ui}threads/{thread}/history") as page:
        search = page.get_by_label("Search steps")
        search.fill("approved")
        expect(rows(page)).to_have_count(1)
        expect(rows(page)).to_contain_text("ask")
        search.fill("booked Rome")
        expect(page.get_by_text("No step fits")).to_be_visible()
        page.get_by_role("button", name="Search what was written, too").click()
        expect(rows(page)).to_have_count(1)
        expect(rows(page)).to_contain_text("book")


def test_a_viewer_may_look_but_not_run(desk: Any, page: Page) -> None:
    thread, _ = desk.ask(QUESTION)

    def as_viewer(route: Any) -> None:
        told = route.fetch().json()
        told["may"] = {name: name == "read" for name in told["may"]}
        route.fulfill(json=told)

    page.route("**/podium/v1/me", as_viewer)
    page.goto(f"{desk.ui}threads/{thread}/history")
    row(page, 3).click()
    run = page.get_by_role("button", name="Run from here")
    expect(run).to_be_disabled()
    expect(run).to_have_attribute("title", "Your role may not run graphs.")
    expect(page.get_by_role("button", name="Edit the state")).to_be_disabled()


def test_of_ten_thousand_steps_only_those_in_sight_are_drawn(
    walking: Any, opening: Callable[..., Any]
) -> None:
    with walking.client() as client:
        thread = client.post("/threads", json={}).json()["thread_id"]
        body = {
            "assistant_id": "counting",
            "input": {"upto": STEPS},
            "config": {"recursion_limit": 10_000},
        }
        client.post(f"/threads/{thread}/runs/wait", json=body, timeout=200)
    with opening(f"{walking.ui}threads/{thread}/history") as page:
        expect(page.get_by_text("9,992 steps")).to_be_visible(timeout=60_000)
        page.get_by_role("listbox").hover()
        for _ in range(20):
            page.mouse.wheel(0, 4_000)
            page.evaluate("new Promise(requestAnimationFrame)")
            assert rows(page).count() < DRAWN
        search = page.get_by_label("Search steps")
        search.fill("step 99")
        expect(page.get_by_text("of 9,992 steps")).to_be_visible()
        assert rows(page).count() < DRAWN
        search.fill("")
        expect(page.get_by_text("9,992 steps", exact=True)).to_be_visible()
