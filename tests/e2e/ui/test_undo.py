"""Undoing what was done outside, and going back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import expect

PHONE = {"width": 380, "height": 760}


def done(desk: Any, text: str) -> str:
    """Ask for something, allow it, and have it done; the thread."""
    thread, _ = desk.ask(text)
    allow(desk, thread)
    found: str = thread
    return found


def allow(desk: Any, thread: str) -> None:
    with desk.client() as client:
        waiting = client.get("/podium/v1/interrupts", params={"limit": 200}).json()["interrupts"]
        one = next(one for one in waiting if one["thread_id"] == thread)
        place = f"/podium/v1/threads/{thread}/interrupts/{one['interrupt_id']}/decision"
        client.post(place, json={"kind": "approve"}).raise_for_status()


def statuses(desk: Any, thread: str) -> dict[str, str]:
    with desk.client() as client:
        ledger = client.get(f"/podium/v1/threads/{thread}/effects").json()["effects"]
        return {effect["tool"]: effect["status"] for effect in ledger}


def test_task_6_a_refund_is_undone(desk: Any, first_time: Callable[..., Any]) -> None:
    thread = done(desk, "Please refund order O-10015 in full, the kettle was broken")
    with first_time(desk) as page:
        page.get_by_role("link", name="Please refund order O-10015").first.click()
        page.get_by_role("navigation", name="Views of this thread").get_by_role("link", name="Undo").click()
        expect(page.get_by_role("radio", checked=True)).to_be_visible()
        expect(page.get_by_text("will be undone", exact=True)).to_be_visible()
        undo = page.get_by_role("button", name="Undo 1 action and go back")
        expect(undo).to_be_disabled()
        page.get_by_label("Type undo to confirm").fill("undo")
        undo.click()
        expect(page.get_by_text("1 action was undone.")).to_be_visible()
    assert statuses(desk, thread) == {"issue_refund": "compensated"}
    page.get_by_role("navigation", name="Views of this thread").get_by_role("link", name="History").click()
    steps = page.get_by_role("listbox", name="Steps").get_by_role("option")
    expect(steps.filter(has_text="Went back")).to_have_count(1)


def test_what_cannot_be_undone_is_told_before_and_after(desk: Any, opening: Callable[..., Any]) -> None:
    thread = done(desk, 'Send customer C-1001 the message "Your parcel is on its way."')
    with opening(f"{desk.ui}threads/{thread}/undo") as page:
        expect(page.get_by_text("cannot be undone", exact=True).first).to_be_visible()
        page.get_by_label("Type undo to confirm").fill("undo")
        page.get_by_role("button", name="go back").click()
        expect(page.get_by_role("heading", name="Not undone: what to do")).to_be_visible()
        expect(page.get_by_text("Put it right in the system itself")).to_be_visible()
    assert statuses(desk, thread) == {"send_message": "verified"}


def test_an_action_can_be_kept(desk: Any, opening: Callable[..., Any]) -> None:
    thread = done(desk, "Please refund order O-10003 in full and give customer C-1001 a credit of 5.00")
    with opening(f"{desk.ui}threads/{thread}/undo", viewport=PHONE) as page:
        page.get_by_role("checkbox", name="Undo Apply credit").uncheck()
        page.get_by_label("Type undo to confirm").fill("undo")
        page.get_by_role("button", name="Undo 1 action and go back").click()
        expect(page.get_by_role("heading", name="Kept as you chose")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert statuses(desk, thread) == {"issue_refund": "compensated", "apply_credit": "verified"}


def test_the_point_is_in_the_address_and_only_its_turns_are_undone(
    desk: Any, opening: Callable[..., Any]
) -> None:
    thread = done(desk, "Please refund order O-10005 in full")
    desk.say(thread, "Please give customer C-1002 a credit of 3.00")
    allow(desk, thread)
    with opening(f"{desk.ui}threads/{thread}/undo") as page:
        latest, first = (page.get_by_role("radio").nth(place) for place in (0, 1))
        expect(latest).to_be_checked()
        expect(page.get_by_role("listitem").filter(has_text="Apply credit")).to_have_count(1)
        first.check()
        expect(page.get_by_role("button", name="Undo 2 actions and go back")).to_be_visible()
        page.reload()
        expect(page.get_by_role("radio").nth(1)).to_be_checked()
        page.get_by_role("radio").nth(0).check()
        page.get_by_label("Type undo to confirm").fill("undo")
        page.get_by_role("button", name="Undo 1 action and go back").click()
        expect(page.get_by_text("1 action was undone.")).to_be_visible()
    assert statuses(desk, thread) == {"issue_refund": "verified", "apply_credit": "compensated"}


def test_a_thread_without_turns_says_that_there_is_nothing(desk: Any, opening: Callable[..., Any]) -> None:
    with desk.client() as client:
        thread = client.post("/threads", json={}).json()["thread_id"]
    with opening(f"{desk.ui}threads/{thread}/undo") as page:
        expect(page.get_by_text("There is nothing to go back to")).to_be_visible()
