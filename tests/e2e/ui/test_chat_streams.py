"""The chat while a run goes on: reloads, kills, two tabs, stopping, speed; and graphs that are no chat."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

SLOW = 60_000
THREAD = re.compile(r"/threads/[0-9a-f]{8}-")

pytestmark = pytest.mark.timeout(240)


def begin(page: Page, desk: Any, graph: str) -> None:
    page.goto(desk.ui)
    page.get_by_label("Talk to").select_option(label=graph)


def say(page: Page, text: str) -> None:
    page.get_by_label("Message", exact=True).fill(text)
    page.get_by_label("Message", exact=True).press("Enter")
    page.wait_for_url(THREAD)


def go_on(desk: Any, gate: str) -> None:
    """Let the talker say the rest of what it holds back."""
    (desk.folder / gate).touch()


def words(page: Page) -> list[str]:
    return re.findall(r"\bword\d+\b", page.get_by_role("article").last.inner_text())


def all_words(count: int) -> list[str]:
    return [f"word{place}" for place in range(1, count + 1)]


def said(page: Page, count: int) -> None:
    """Wait until so many words have been said, and the run has ended."""
    expect(page.get_by_text(f"word{count}", exact=False).last).to_be_visible(timeout=SLOW)
    expect(page.get_by_role("button", name="Answer this again")).to_be_visible(timeout=SLOW)


def test_words_appear_as_they_are_said(talking: Any, opening: Callable[..., Any]) -> None:
    with opening(talking.ui) as page:
        begin(page, talking, "talker")
        say(page, "400 words, from 300 on when words-were-seen")
        expect(page.get_by_text("word300")).to_be_visible(timeout=SLOW)
        assert words(page) == all_words(300)
        expect(page.get_by_role("button", name="Stop", exact=True)).to_be_visible()
        go_on(talking, "words-were-seen")
        said(page, 400)
        assert words(page) == all_words(400)


def test_a_reload_in_the_middle_of_a_run_loses_and_doubles_nothing(
    talking: Any, opening: Callable[..., Any]
) -> None:
    with opening(talking.ui) as page:
        begin(page, talking, "talker")
        say(page, "600 words, from 300 on when it-was-reloaded")
        expect(page.get_by_text("word60")).to_be_visible(timeout=SLOW)
        page.reload()
        expect(page.get_by_text("word300")).to_be_visible(timeout=SLOW)
        expect(page.get_by_role("button", name="Stop", exact=True)).to_be_visible()
        go_on(talking, "it-was-reloaded")
        said(page, 600)
        assert words(page) == all_words(600)
        expect(page.get_by_role("article")).to_have_count(1)


def test_two_tabs_show_the_same_run_and_each_may_go_on(talking: Any, opening: Callable[..., Any]) -> None:
    with opening(talking.ui) as page:
        begin(page, talking, "talker")
        say(page, "600 words, from 300 on when both-tabs-are-open")
        other = page.context.new_page()
        other.goto(page.url)
        for tab in (page, other):
            expect(tab.get_by_text("word300")).to_be_visible(timeout=SLOW)
        go_on(talking, "both-tabs-are-open")
        for tab in (page, other):
            said(tab, 600)
            assert words(tab) == all_words(600)
        other.get_by_label("Message", exact=True).fill("Good day")
        other.get_by_label("Message", exact=True).press("Enter")
        for tab in (other, page):
            expect(tab.get_by_role("article")).to_have_count(2, timeout=SLOW)
            expect(tab.get_by_text("You said: Good day")).to_have_count(1, timeout=SLOW)


def test_task_9_a_run_is_stopped(talking: Any, first_time: Callable[..., Any]) -> None:
    with first_time(talking) as page:
        page.get_by_label("Talk to").select_option(label="talker")
        say(page, "9000 words, from 60 on when it-was-stopped")
        expect(page.get_by_text("word60")).to_be_visible(timeout=SLOW)
        page.get_by_role("button", name="Stop", exact=True).click()
        expect(page.get_by_text("Stopped before it was done.")).to_be_visible(timeout=SLOW)
    thread = page.url.rpartition("/")[2]
    with talking.client() as client:
        (run,) = client.get(f"/threads/{thread}/runs").json()
    assert run["status"] == "interrupted"
    say(page, "Good day")
    expect(page.get_by_text("You said: Good day")).to_be_visible(timeout=SLOW)


def test_what_is_said_meanwhile_is_queued_and_may_be_taken_back(
    talking: Any, opening: Callable[..., Any]
) -> None:
    with opening(talking.ui) as page:
        begin(page, talking, "talker")
        say(page, "120 words, from 60 on when one-was-taken-back")
        expect(page.get_by_text("word60")).to_be_visible(timeout=SLOW)
        for text in ("Good day", "Never mind"):
            page.get_by_label("Message", exact=True).fill(text)
            page.get_by_label("Message", exact=True).press("Enter")
        expect(page.get_by_role("button", name="Take back")).to_have_count(2)
        page.get_by_role("button", name="Take back").last.click()
        expect(page.get_by_text("Never mind")).to_have_count(0)
        expect(page.get_by_role("button", name="Take back")).to_have_count(1)
        go_on(talking, "one-was-taken-back")
        expect(page.get_by_text("You said: Good day")).to_be_visible(timeout=SLOW)
        expect(page.get_by_role("article")).to_have_count(2)


def test_a_killed_server_is_waited_for_and_its_run_goes_on(
    talking: Any, opening: Callable[..., Any], watch: Any
) -> None:
    watch.allowed += [
        "ERR_CONNECTION_REFUSED",
        "ERR_CONNECTION_RESET",
        "ERR_INCOMPLETE_CHUNKED_ENCODING",
        "ERR_",
    ]
    with opening(talking.ui) as page:
        begin(page, talking, "talker")
        say(page, "300 words, from 180 on when it-was-killed")
        expect(page.get_by_text("word180")).to_be_visible(timeout=SLOW)
        talking.kill()
        expect(page.get_by_text("Connecting to the run…")).to_be_visible(timeout=SLOW)
        go_on(talking, "it-was-killed")
        talking.start()
        said(page, 300)
        assert words(page) == all_words(300)
        expect(page.get_by_role("article")).to_have_count(1)


def test_a_graph_that_is_no_chat_has_a_form_and_shows_its_state(
    talking: Any, opening: Callable[..., Any]
) -> None:
    with opening(talking.ui) as page:
        begin(page, talking, "trip")
        form = page.get_by_role("region", name="Input of the graph")
        form.get_by_label("City").fill("Oslo")
        form.get_by_label("Pace").select_option("calm")
        form.get_by_role("button", name="Add to Stops").click()
        form.get_by_label("Place").fill("Bergen")
        form.get_by_label("Nights").fill("3")
        form.get_by_role("button", name="Run").click()
        page.wait_for_url(THREAD)
        expect(page.get_by_role("region", name="State of the thread")).to_contain_text(
            "Oslo, calm, 3 nights", timeout=SLOW
        )


@pytest.mark.parametrize(("answer", "kept"), [('{"days": 3}', '"days": 3'), ("as you like", '"as you like"')])
def test_any_interrupt_is_answered_with_json_or_words(
    talking: Any, opening: Callable[..., Any], answer: str, kept: str
) -> None:
    with opening(talking.ui) as page:
        begin(page, talking, "asks")
        form = page.get_by_role("region", name="Input of the graph")
        form.get_by_label("Question", exact=True).fill("How long?")
        form.get_by_role("button", name="Run").click()
        waiting = page.get_by_role("region", name="Waiting for you")
        expect(waiting).to_contain_text("How long?", timeout=SLOW)
        waiting.get_by_label("Your answer").fill(answer)
        waiting.get_by_role("button", name="Answer").click()
        expect(page.get_by_role("region", name="State of the thread")).to_contain_text(kept, timeout=SLOW)
        expect(waiting).to_have_count(0)


def test_requests_of_another_graph_are_changed_and_sent(talking: Any, opening: Callable[..., Any]) -> None:
    with opening(talking.ui) as page:
        begin(page, talking, "reviews")
        form = page.get_by_role("region", name="Input of the graph")
        form.get_by_label("Question", exact=True).fill("Dear Ada")
        form.get_by_role("button", name="Run").click()
        waiting = page.get_by_role("region", name="Waiting for you")
        waiting.get_by_label("Change it").check()
        send = waiting.get_by_role("button", name="Send the decision")
        waiting.get_by_label("Arguments").fill("{")
        expect(send).to_be_disabled()
        waiting.get_by_label("Arguments").fill('{"to": "grace"}')
        send.click()
        expect(page.get_by_role("region", name="State of the thread")).to_contain_text("grace", timeout=SLOW)


HOSTILE = (
    "<script>window.stolen = 1</script> <img src=x onerror='window.stolen = 2'>\n\n"
    "![pixel](http://tracker.invalid/pixel.png) [free](javascript:window.stolen=3) "
    "[page](https://pages.invalid/a)\n\n<iframe src='http://frames.invalid'></iframe>\n\n"
    "\u202eevil txt\u202c \u05e9\u05dc\u05d5\u05dd"
)


def test_hostile_words_are_only_words(talking: Any, opening: Callable[..., Any]) -> None:
    with opening(talking.ui) as page:
        begin(page, talking, "talker")
        say(page, HOSTILE)
        answer = page.get_by_role("article")
        expect(answer.get_by_text("<script>window.stolen = 1</script>").last).to_be_visible(timeout=SLOW)
        expect(page.get_by_role("button", name="Answer this again")).to_be_visible(timeout=SLOW)
        link = answer.get_by_role("link", name="page")
        expect(link).to_have_attribute("rel", "noopener noreferrer nofollow")
        expect(answer.get_by_role("link", name="free")).to_have_count(0)
        expect(answer.locator("img, iframe, script")).to_have_count(0)
        assert page.evaluate("window.stolen") is None


def test_a_line_of_a_megabyte_hangs_nothing(talking: Any, opening: Callable[..., Any]) -> None:
    thread = str(uuid.uuid4())
    with talking.client() as client:
        client.post("/threads", json={"thread_id": thread})
        said = {"messages": [{"type": "human", "content": "x" * 1_000_000}]}
        client.post(f"/threads/{thread}/runs/wait", json={"assistant_id": "talker", "input": said})
    with opening(f"{talking.ui}threads/{thread}") as page:
        expect(page.get_by_role("button", name=re.compile("^Show more")).first).to_be_visible(timeout=SLOW)
        page.get_by_label("Message", exact=True).fill("Still here")
        page.get_by_label("Message", exact=True).press("Enter")
        expect(page.get_by_text("You said: Still here")).to_be_visible(timeout=SLOW)


TWO_FRAMES = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


def test_a_long_conversation_draws_only_what_is_seen(talking: Any, opening: Callable[..., Any]) -> None:
    thread = str(uuid.uuid4())
    messages = [
        {"type": "human" if place % 2 == 0 else "ai", "id": str(place), "content": f"Line {place} " * 20}
        for place in range(10_000)
    ]
    with talking.client() as client:
        client.post("/threads", json={"thread_id": thread, "metadata": {"graph_id": "talker"}})
        client.post(
            f"/threads/{thread}/state", json={"values": {"messages": messages}, "as_node": "talk"}
        ).raise_for_status()
    with opening(f"{talking.ui}threads/{thread}") as page:
        expect(page.get_by_text("Line 9999").first).to_be_visible(timeout=SLOW)
        assert page.get_by_role("article").count() < 60
        box = page.get_by_role("region", name="Conversation")
        for _ in range(60):
            box.evaluate("(element) => { element.scrollTop -= 600; }")
            page.evaluate(TWO_FRAMES)
        expect(page.get_by_text("Line 9999").first).to_have_count(0)
        assert page.get_by_role("article").count() < 60
        page.get_by_role("button", name="To the latest").click()
        expect(page.get_by_text("Line 9999").first).to_be_visible()
