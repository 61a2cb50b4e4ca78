"""The chat with the project's own agents: asking, sources, confidence, approvals, versions, corrections."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

Opening = Callable[..., Any]
QUESTION = "What is your returns policy?"
OTHER = "What does express delivery cost?"
REFUND = "Please refund order O-10011 in full, the kettle was broken"
SLOW = 60_000
"""For an answer, which is computed on a machine that does other things as well."""

THREAD = re.compile(r"/threads/[0-9a-f]{8}-")

pytestmark = pytest.mark.timeout(240)


def say(page: Page, text: str) -> None:
    page.get_by_label("Message", exact=True).fill(text)
    page.get_by_label("Message", exact=True).press("Enter")


def answered(page: Page, count: int = 1) -> None:
    """Wait until so many turns have an answer and nothing is at work."""
    expect(page.get_by_role("button", name="Answer this again")).to_have_count(count, timeout=SLOW)


def thread_of(page: Page) -> str:
    return page.url.split("/threads/")[1].split("?")[0]


def opened(desk: Any, thread: str, view: str = "") -> str:
    return f"{desk.ui}threads/{thread}{view}"


def thread_link(page: Page, text: str) -> Locator:
    """The latest thread that began with a text, in the list of threads."""
    return page.get_by_role("navigation", name="Threads").get_by_role("link", name=text).first


def test_task_1_a_question_is_answered(desk: Any, first_time: Opening) -> None:
    with first_time(desk) as page:
        say(page, QUESTION)
        page.wait_for_url(THREAD)
        answered(page)
        expect(page.get_by_text("within 30 days of delivery")).to_be_visible()
    expect(page.get_by_text("Answered", exact=True)).to_be_visible()
    expect(page.get_by_role("article")).to_have_count(1)
    expect(page.get_by_label("Message", exact=True)).to_have_value("")
    page.reload()
    answered(page)
    expect(page.get_by_text("within 30 days of delivery")).to_have_count(1)


def test_task_2_the_source_of_a_sentence_is_found(desk: Any, first_time: Opening) -> None:
    _, state = desk.ask(QUESTION)
    quote = state["outcome"]["citations"][1]["quote"]
    with first_time(desk) as page:
        thread_link(page, QUESTION).click()
        page.get_by_role("button", name=re.compile("^Source 2")).click()
        panel = page.get_by_role("complementary", name="Passage")
        expect(panel.get_by_role("heading")).to_have_text("Source 2 of 3")
        expect(panel.locator("mark").filter(has_text=quote)).to_be_visible()
    page.reload()
    expect(panel.locator("mark").filter(has_text=quote)).to_be_visible()
    panel.get_by_role("button", name="Next source").click()
    expect(panel.get_by_role("heading")).to_have_text("Source 3 of 3")
    panel.get_by_role("button", name="Close the passage").click()
    expect(panel).to_have_count(0)


def test_task_3_how_sure_an_answer_is_and_why_is_found(desk: Any, first_time: Opening) -> None:
    thread, state = desk.ask(QUESTION)
    desk.say(thread, OTHER)
    with first_time(desk) as page:
        thread_link(page, QUESTION).click()
        answered(page, 2)
        details = page.get_by_role("region", name="Confidence")
        expect(details).to_have_count(0)
        page.get_by_role("button", name=re.compile("^Confidence")).first.click()
        score = f"{state['confidence']['score']:.0%}".replace("%", " %")
        expect(details.get_by_text(score).first).to_be_visible()
        expect(details.get_by_role("meter")).to_have_count(1 + len(state["confidence"]["factors"]))
    page.get_by_role("button", name=re.compile("^Plan")).first.click()
    expect(page.get_by_role("region", name="Plan").get_by_text("Look up")).to_be_visible()
    page.get_by_role("button", name=re.compile("^Evidence")).first.click()
    page.get_by_role("region", name="Evidence").get_by_role("button").first.click()
    expect(page.get_by_role("complementary", name="Passage")).to_be_visible()


def test_what_waits_is_approved_right_in_the_chat(page: Page) -> None:
    say(page, REFUND)
    waiting = page.get_by_role("region", name="Waiting for you")
    expect(waiting.get_by_role("row", name=re.compile("Refunded"))).to_contain_text("£289.70", timeout=SLOW)
    listed = page.get_by_role("navigation", name="Threads").get_by_role("listitem")
    expect(listed.filter(has_text=REFUND).first.get_by_text("waiting for you")).to_be_visible()
    waiting.get_by_role("button", name="Approve").click()
    answered(page)
    expect(page.get_by_text("Done and checked")).to_be_visible()
    expect(waiting).to_have_count(0)


def test_what_waits_is_rejected_with_a_reason(desk: Any, page: Page) -> None:
    thread, _ = desk.ask("Please refund order O-10007")
    page.goto(opened(desk, thread))
    waiting = page.get_by_role("region", name="Waiting for you")
    waiting.get_by_role("button", name="Reject").click()
    waiting.get_by_label("Why not?").fill("It was refunded by the carrier.")
    waiting.get_by_role("button", name="Reject").click()
    expect(page.get_by_text("It was refunded by the carrier.")).to_be_visible(timeout=SLOW)
    expect(page.get_by_text("Rejected", exact=True).first).to_be_visible()


def test_task_10_a_question_is_changed_and_the_former_answer_read(desk: Any, first_time: Opening) -> None:
    desk.ask(QUESTION)
    with first_time(desk) as page:
        thread_link(page, QUESTION).click()
        answered(page)
        page.get_by_role("button", name="Edit this question").click()
        page.get_by_label("Your question, changed").fill(OTHER)
        page.get_by_label("Your question, changed").press("Enter")
        expect(page.get_by_text("2 / 2")).to_be_visible(timeout=SLOW)
        expect(page.get_by_role("article")).to_have_count(1)
        expect(page.get_by_text("£7.95")).to_be_visible()
        page.get_by_role("button", name="Earlier version").click()
        expect(page.get_by_text("within 30 days of delivery")).to_be_visible()
        expect(page.get_by_text("1 / 2")).to_be_visible()
    page.reload()
    expect(page.get_by_text("within 30 days of delivery")).to_be_visible()
    page.get_by_role("button", name="Back to the latest").click()
    expect(page.get_by_text("£7.95")).to_be_visible()


def test_an_answer_is_asked_for_again(desk: Any, page: Page) -> None:
    thread, _ = desk.ask(QUESTION)
    desk.say(thread, OTHER)
    page.goto(opened(desk, thread))
    answered(page, 2)
    page.get_by_role("button", name="Answer this again").last.click()
    expect(page.get_by_text("2 / 2")).to_be_visible(timeout=SLOW)
    answered(page, 2)
    expect(page.get_by_text("£7.95")).to_have_count(1)


def test_task_11_a_thread_is_found_by_a_word_and_deleted(desk: Any, first_time: Opening) -> None:
    thread, _ = desk.ask("Do you have a zeppelin?")
    with first_time(desk) as page:
        threads = page.get_by_role("navigation", name="Threads")
        threads.get_by_label("Find a thread by its words").fill("zeppelin")
        expect(threads.get_by_role("listitem")).to_have_count(1)
        threads.get_by_role("listitem").hover()
        threads.get_by_role("button", name=re.compile("^Delete")).click()
        page.get_by_role("dialog").get_by_role("button", name="Delete").click()
        expect(threads.get_by_text("No thread has these words")).to_be_visible()
    with desk.client() as client:
        assert client.get(f"/threads/{thread}").status_code == 404


def test_task_16_an_answer_is_marked_as_wrong_with_what_is_right(desk: Any, first_time: Opening) -> None:
    thread, _ = desk.ask(QUESTION)
    with first_time(desk) as page:
        thread_link(page, QUESTION).click()
        page.get_by_role("button", name="This answer is wrong").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("What is wrong?").fill("Too long.")
        dialog.get_by_label("What would be right?").fill("Thirty days.")
        dialog.get_by_role("button", name="Send").click()
        expect(page.get_by_text("Right would be: Thirty days.")).to_be_visible()
    page.reload()
    expect(page.get_by_text("Right would be: Thirty days.")).to_be_visible()
    with desk.client() as client:
        (given,) = client.get(f"/podium/v1/threads/{thread}/feedback").json()["feedback"]
    assert (given["rating"], given["reason"], given["correction"]) == (-1, "Too long.", "Thirty days.")


def test_task_17_a_conversation_becomes_a_case_of_a_suite(desk: Any, first_time: Opening) -> None:
    desk.ask(OTHER)
    with first_time(desk) as page:
        thread_link(page, OTHER).click()
        page.get_by_role("button", name="Add to an evaluation suite").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Suite").select_option("answers")
        dialog.get_by_role("button", name="Add the case").click()
        expect(page.get_by_text("Added to answers")).to_be_visible()
    cases = [path.read_text() for path in (Path(desk.folder) / "evals").rglob("*.jsonl")]
    assert any(OTHER in text for text in cases)


def test_a_thread_is_exported(desk: Any, page: Page) -> None:
    thread, _ = desk.ask(QUESTION)
    page.goto(opened(desk, thread))
    for name, holds in (("As JSON", '"schema_version"'), ("As Markdown", QUESTION)):
        page.get_by_role("button", name="Export this thread").click()
        with page.expect_download() as download:
            page.get_by_role("button", name=name).click()
        assert holds in Path(download.value.path()).read_text()


def test_a_dropped_file_is_read_and_answers(desk: Any, page: Page) -> None:
    page.get_by_label("Message", exact=True).wait_for()
    transfer = page.evaluate_handle(
        """() => {
          const transfer = new DataTransfer();
          const text = "# Umbrella rental\\n\\nAn umbrella may be rented for nine days and costs £3.10.";
          transfer.items.add(new File([text], "umbrellas.md", { type: "text/markdown" }));
          return transfer;
        }"""
    )
    area = page.get_by_label("Message", exact=True)
    area.dispatch_event("dragover", {"dataTransfer": transfer})
    area.dispatch_event("drop", {"dataTransfer": transfer})
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("umbrellas.md")).to_be_visible()
    dialog.get_by_role("button", name="Add it").click()
    expect(dialog.get_by_text("1 of 1 file read")).to_be_visible(timeout=SLOW)
    dialog.get_by_role("button", name="Close").first.click()
    say(page, "For how many days may an umbrella be rented?")
    answered(page)
    expect(page.get_by_role("article").get_by_text("nine days")).to_be_visible()


def test_it_works_with_the_keyboard_alone(page: Page) -> None:
    field = page.get_by_label("Message", exact=True)
    field.wait_for()
    page.keyboard.press("/")
    expect(field).to_be_focused()
    page.keyboard.type("One line")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("and another")
    expect(field).to_have_value("One line\nand another")
    page.keyboard.press("Enter")
    page.wait_for_url(THREAD)
    expect(page.get_by_role("article").get_by_text("and another")).to_be_visible()


def test_a_phone_shows_all_of_it(desk: Any, opening: Callable[..., Any]) -> None:
    thread, _ = desk.ask(QUESTION)
    with opening(opened(desk, thread), viewport={"width": 380, "height": 760}, has_touch=True) as page:
        answered(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 380
        page.get_by_role("button", name=re.compile("^Source 1")).click()
        panel = page.get_by_role("complementary", name="Passage")
        box = panel.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 380
        panel.get_by_role("button", name="Close the passage").click()
        page.get_by_role("button", name="Threads", exact=True).click()
        page.get_by_role("link", name="New conversation").click()
        say(page, OTHER)
        answered(page)


def test_a_thread_that_is_not_there_says_so(desk: Any, opening: Callable[..., Any], watch: Any) -> None:
    watch.allowed.append("404")
    with opening(opened(desk, "7a6e4f3e-1111-4111-8111-111111111111")) as page:
        expect(page.get_by_text("There is no such thread")).to_be_visible()
