"""Why a turn went where it went, and what other thresholds would have done."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import expect


def test_task_8_why_a_turn_was_escalated_is_found(desk: Any, first_time: Callable[..., Any]) -> None:
    desk.ask("Please refund order O-10004 in full, the kettle was broken")
    with first_time(desk) as page:
        page.get_by_role("link", name="Please refund order O-10004").first.click()
        page.get_by_role("navigation", name="Views of this thread").get_by_role("link", name="Why").click()
        rule = page.get_by_role("region", name="The rule")
        expect(rule).to_contain_text("asked a person")
        expect(rule).to_contain_text("approval")
        expect(rule).to_contain_text("70 %")
        expect(rule).to_contain_text("still in force")
        expect(rule.get_by_text(re.compile(r"^[0-9a-f]{12}$"))).to_be_visible()
        expect(page.get_by_role("region", name="The confidence")).to_contain_text("98 %")
        expect(page.get_by_text("No threshold: the policy asks a person")).to_be_visible()


def test_a_persons_word_is_on_record_too(desk: Any, opening: Callable[..., Any]) -> None:
    thread, _ = desk.ask("Please refund order O-10007 in full")
    with desk.client() as client:
        waiting = client.get("/podium/v1/interrupts", params={"limit": 200}).json()["interrupts"]
        one = next(one for one in waiting if one["thread_id"] == thread)
        place = f"/podium/v1/threads/{thread}/interrupts/{one['interrupt_id']}/decision"
        client.post(place, json={"kind": "reject", "message": "no"}).raise_for_status()
    with opening(f"{desk.ui}threads/{thread}/why") as page:
        expect(page.get_by_text("rejected by a person").first).to_be_visible()
        expect(page.get_by_text("asked a person").first).to_be_visible()


def test_other_thresholds_are_tried_on_past_runs_and_lead_to_their_threads(
    desk: Any, opening: Callable[..., Any]
) -> None:
    thread, _ = desk.ask("Change the shipping address of order O-10002 to 1 High Street, Bath, BA1 1AA")
    with opening(f"{desk.ui}threads/{thread}/why") as page:
        expect(page.get_by_text("acted without asking").first).to_be_visible()
        page.get_by_role("link", name="Try it on past runs").click()
        expect(page).to_have_url(re.compile(r"/thresholds\?reversible=0\.99$"))
        expect(page.get_by_text("must not be below")).to_be_visible()
        for name in ("Actions that a counter-action undoes", "Actions that cannot be undone"):
            page.get_by_role("slider", name=name).fill("0.99")
        expect(page.get_by_role("status").filter(has_text="would have been different")).to_contain_text(
            "past"
        )
        shifts = page.get_by_role("table", name="How many decisions would have gone where")
        expect(shifts.get_by_role("row", name="asked a person")).to_contain_text("+")
        page.get_by_role("table", name="Turns that would have gone elsewhere").get_by_role(
            "link"
        ).first.click()
        expect(page).to_have_url(re.compile(r"/why\?run="))
        expect(page.get_by_role("region", name="The rule").first).to_be_visible()


def test_a_threshold_is_moved_by_keyboard_and_the_address_holds_it(
    desk: Any, opening: Callable[..., Any]
) -> None:
    desk.ask("How long can I send something back?")
    with opening(f"{desk.ui}thresholds") as page:
        slider = page.get_by_role("slider", name="Answers")
        slider.focus()
        page.keyboard.press("End")
        expect(page).to_have_url(re.compile(r"answer=1$"))
        expect(page.get_by_text("past decisions would have been different")).to_be_visible()
        page.reload()
        expect(slider).to_have_value("1")
        page.get_by_role("button", name="Reset all").click()
        expect(page).to_have_url(f"{desk.ui}thresholds")


def test_a_thread_without_decisions_says_so(desk: Any, opening: Callable[..., Any]) -> None:
    with desk.client() as client:
        thread = client.post("/threads", json={}).json()["thread_id"]
    with opening(f"{desk.ui}threads/{thread}/why") as page:
        expect(page.get_by_text("Nothing was decided here yet")).to_be_visible()
