"""What waits for a person: looking at it, and deciding it in every way."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

PODIUM = Path(sys.executable).with_name("podium")
PHONE = {"width": 380, "height": 760}
LONGEST = 950_000
"""A line almost as long as a preview may be at most."""

Opening = Callable[..., Any]


@pytest.fixture(scope="module")
def desk(ingested: Path, tmp_path_factory: pytest.TempPathFactory, serving: Callable[..., Any]) -> Any:
    """The reference project with an inbox in which nothing of other modules waits."""
    return serving(shutil.copytree(ingested, tmp_path_factory.mktemp("ui") / "inbox"))


def asked(desk: Any, text: str, *, key: str = "") -> dict[str, Any]:
    """Ask for something that a person has to allow; what waits then."""
    thread, _ = desk.ask(text, key=key)
    with desk.client(key) as client:
        waiting = client.get("/podium/v1/interrupts", params={"limit": 200}).json()["interrupts"]
    found: dict[str, Any] = next(one for one in waiting if one["thread_id"] == thread)
    return found


def address(desk: Any, one: dict[str, Any]) -> str:
    return f"{desk.ui}approvals/{one['thread_id']}/{one['interrupt_id']}"


def effects(desk: Any, thread: str) -> list[dict[str, Any]]:
    with desk.client() as client:
        found: list[dict[str, Any]] = client.get(f"/podium/v1/threads/{thread}/effects").json()["effects"]
        return found


def reject(desk: Any, one: dict[str, Any]) -> None:
    """Leave nothing behind for the next test."""
    place = f"/podium/v1/threads/{one['thread_id']}/interrupts/{one['interrupt_id']}"
    with desk.client() as client:
        client.put(f"{place}/assignment", json={})
        client.post(f"{place}/decision", json={"kind": "reject"})


def row(page: Page, text: str) -> Locator:
    return page.get_by_role("list", name="What waits").get_by_role("link").filter(has_text=text)


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def test_task_4_a_refund_is_approved_with_a_changed_amount(desk: Any, first_time: Opening) -> None:
    one = asked(desk, "Please refund order O-10004 in full, the kettle was broken")
    with first_time(desk) as page:
        page.get_by_role("link", name="Approvals").click()
        row(page, "order/O-10004").click()
        expect(page.get_by_role("row", name="Refunded")).to_contain_text("£315.85")
        expect(page.get_by_role("row", name="Order Id")).to_contain_text("what the user wrote")
        button(page, "Change…").click()
        page.get_by_label("Amount").fill("20.00")
        button(page, "Show what this would do").click()
        dialog = page.get_by_role("dialog")
        expect(dialog.get_by_role("row", name="Refunded")).to_contain_text("£20.00")
        expect(dialog).to_contain_text("New digest")
        expect(dialog).to_contain_text(one["digests"][0][:16])
        button(page, "Approve the changed action").click()
        expect(page.get_by_text("Decided and carried out.")).to_be_visible()
    ledger = {effect["args"]["amount"]: effect["status"] for effect in effects(desk, one["thread_id"])}
    assert ledger == {None: "superseded", "20.00": "verified"}


def test_task_5_an_action_is_rejected_with_a_reason(desk: Any, first_time: Opening) -> None:
    one = asked(desk, "Please refund order O-10007 in full")
    with first_time(desk) as page:
        page.get_by_role("link", name="Approvals").click()
        row(page, "order/O-10007").click()
        button(page, "Reject…").click()
        page.get_by_label("Why?").fill("The goods are not back yet")
        page.get_by_role("dialog").get_by_role("button", name="Reject", exact=True).click()
        expect(page.get_by_text("Decided: nothing was done.")).to_be_visible()
    assert [effect["status"] for effect in effects(desk, one["thread_id"])] == ["rejected"]
    page.get_by_role("article").get_by_role("link", name="Open the thread").click()
    expect(page.get_by_text("The goods are not back yet").first).to_be_visible()


def test_several_actions_are_decided_one_by_one_and_sent_together(desk: Any, opening: Opening) -> None:
    one = asked(desk, "Please refund order O-10003 in full and give customer C-1001 a credit of 5.00")
    with opening(address(desk, one)) as page:
        button(page, "Approve: issue refund").click()
        expect(button(page, "Send 2 decisions")).to_be_disabled()
        expect(page.get_by_text("1 still to be decided")).to_be_visible()
        button(page, "Reject…: apply credit").click()
        page.get_by_role("dialog").get_by_role("button", name="Reject", exact=True).click()
        button(page, "Send 2 decisions").click()
        expect(page.get_by_text("Decided and carried out.")).to_be_visible()
    found = {effect["tool"]: effect["status"] for effect in effects(desk, one["thread_id"])}
    assert found == {"issue_refund": "verified", "apply_credit": "rejected"}


def test_what_has_expired_says_so_and_can_be_given_more_time(desk: Any, opening: Opening) -> None:
    one = asked(desk, "Please refund order O-10012 in full")
    place = f"/podium/v1/threads/{one['thread_id']}/interrupts/{one['interrupt_id']}/assignment"
    past = (datetime.now(UTC) - timedelta(hours=2)).isoformat()
    with desk.client() as client:
        client.put(place, json={"expires_at": past}).raise_for_status()
    with opening(f"{desk.ui}approvals?state=expired") as page:
        expect(page.get_by_text("The time to decide this has passed.")).to_be_visible()
        expect(row(page, "order/O-10012")).to_contain_text("expired")
        for name in ("Approve", "Change…", "Reject…"):
            expect(button(page, name)).to_be_disabled()
        button(page, "Give it another day").click()
        expect(page.get_by_text("Nothing fits these filters")).to_be_visible()
        page.goto(address(desk, one))
        expect(button(page, "Approve")).to_be_enabled()
    reject(desk, one)


def test_two_tabs_decide_the_same_once(desk: Any, opening: Opening, watch: Any) -> None:
    watch.allowed.append("404")  # the later tab is told that it comes too late
    one = asked(desk, "Please refund order O-10011 in full")
    with opening(address(desk, one)) as first, opening(address(desk, one)) as second:
        expect(button(first, "Approve")).to_be_enabled()
        expect(button(second, "Approve")).to_be_enabled()
        button(first, "Approve").click()
        expect(first.get_by_text("Decided and carried out.")).to_be_visible()
        # One step, because the page may hear of the first decision and take the button away meanwhile.
        button(second, "Approve").evaluate_all("(found) => found.forEach((one) => one.click())")
        expect(second.get_by_text("This does not wait any more.")).to_be_visible()
    assert [effect["status"] for effect in effects(desk, one["thread_id"])] == ["verified"]


def test_it_is_done_by_keyboard(desk: Any, page: Page) -> None:
    older = asked(desk, "Please refund order O-10015 in full")
    newer = asked(desk, "Please give customer C-1002 a credit of 3.00")
    page.goto(f"{desk.ui}approvals")
    expect(page.get_by_role("article")).to_contain_text("O-10015")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("j")
    expect(page).to_have_url(address(desk, newer))
    expect(page.get_by_role("article")).to_contain_text("C-1002")
    expect(button(page, "Approve")).to_be_enabled()
    page.keyboard.press("m")
    expect(page.get_by_text("yours to decide")).to_be_visible()
    page.keyboard.press("a")
    dialog = page.get_by_role("dialog", name="Approve this?")
    expect(dialog).to_contain_text(newer["digests"][0][:16])
    page.keyboard.press("Enter")
    expect(page.get_by_text("Decided and carried out.")).to_be_visible()
    expect(dialog).to_have_count(0)
    expect(row(page, "customer/C-1002")).to_have_count(0)
    page.keyboard.press("j")
    expect(page).to_have_url(address(desk, older))
    expect(page.get_by_role("article")).to_contain_text("O-10015")
    expect(button(page, "Reject…")).to_be_enabled()
    page.keyboard.press("r")
    page.get_by_label("Why?").fill("no")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Decided: nothing was done.")).to_be_visible()


def test_it_fits_a_phone(desk: Any, opening: Opening) -> None:
    one = asked(desk, "Please refund order O-10005 in full")
    with opening(f"{desk.ui}approvals", viewport=PHONE) as page:
        row(page, "order/O-10005").click()
        expect(button(page, "Approve")).to_be_in_viewport()
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= PHONE["width"]
        page.get_by_role("link", name="All that waits").click()
        expect(row(page, "order/O-10005")).to_be_visible()
    reject(desk, one)


HOSTILE = '''
from podium import action

BAD = "<script>window.hacked = 1</script><img src='https://evil.example/x.png' onerror='window.hacked = 1'>"
RIGHT_TO_LEFT = "safe \\u202e gnorw \\u202c \\u05e9\\u05dc\\u05d5\\u05dd"


@action(
    "compensable",
    target="guest/{guest}",
    preview=lambda ctx, args: {
        "before": {BAD: "", "line": "x" * 40_000, "link": "javascript:window.hacked=1"},
        "after": {BAD: RIGHT_TO_LEFT, "line": "y" * 950_000, "link": "[x](javascript:window.hacked=1)"},
    },
    compensate=lambda ctx, args, result: None,
)
def reserve_table(guest: str, seats: int) -> str:
    """Reserve a table for a guest. <script>window.hacked = 1</script>

    Args:
        guest: The name of the guest.
        seats: How many seats the table has.
    """
    return "done"
'''


@pytest.fixture(scope="module")
def inn(tmp_path_factory: pytest.TempPathFactory, serving: Callable[..., Any]) -> Any:
    """A small project whose tool says bad things."""
    folder = tmp_path_factory.mktemp("hostile") / "inn"
    subprocess.run([PODIUM, "new", folder, "--template", "blank"], check=True, capture_output=True)
    (folder / "tools" / "tables.py").write_text(HOSTILE)
    return serving(folder)


def first_graph(desk: Any, text: str) -> str:
    """Ask the project's own graph; the thread's id."""
    with desk.client() as client:
        graph = client.get("/podium/v1/me").json()["project"]["graphs"][0]["graph_id"]
        thread: str = client.post("/threads", json={}).json()["thread_id"]
        body = {"assistant_id": graph, "input": {"messages": [{"role": "user", "content": text}]}}
        client.post(f"/threads/{thread}/runs/wait", json=body).raise_for_status()
        return thread


def test_hostile_previews_are_text_and_do_not_hang_the_page(inn: Any, opening: Opening) -> None:
    thread = first_graph(inn, "Reserve a table for guest Ada with 3 seats")
    with opening(f"{inn.ui}approvals") as page:
        expect(page.get_by_role("article")).to_contain_text("<script>window.hacked = 1</script>")
        expect(page.get_by_text("more characters").first).to_be_visible()
        assert page.locator("main script, main img, main a[href^='javascript']").count() == 0
        assert page.evaluate("window.hacked") is None
        taken = page.evaluate(
            "() => new Promise((done) => { const begin = performance.now();"
            " requestAnimationFrame(() => setTimeout(() => done(performance.now() - begin))); })"
        )
        assert taken < 1_000
        page.keyboard.press("a")
        page.keyboard.press("Enter")
        expect(page.get_by_text("Decided and carried out.")).to_be_visible()
        assert page.evaluate("window.hacked") is None
    assert [effect["status"] for effect in effects(inn, thread)] == ["succeeded"]
    assert len(json.dumps(effects(inn, thread)[0]["preview"])) > LONGEST


def test_what_has_lapsed_can_only_be_closed(
    tmp_path: Path, serving: Callable[..., Any], opening: Opening
) -> None:
    folder = tmp_path / "inn"
    subprocess.run([PODIUM, "new", folder, "--template", "blank"], check=True, capture_output=True)
    (folder / "tools" / "tables.py").write_text(HOSTILE)
    policy = next((folder / "guardrails").glob("*.yaml"))
    policy.write_text(f"{policy.read_text()}\napproval_expires: 1\n")
    inn = serving(folder)
    thread = first_graph(inn, "Reserve a table for guest Ada with 3 seats")
    with opening(f"{inn.ui}approvals?state=expired") as page:
        expect(page.get_by_text("too long ago to be approved")).to_be_visible()
        expect(button(page, "Approve")).to_be_disabled()
        button(page, "Close it").click()
        expect(page.get_by_text("Decided: nothing was done.")).to_be_visible()
    assert [effect["status"] for effect in effects(inn, thread)] == ["rejected"]


def test_a_viewer_sees_all_and_may_decide_nothing(keyed: Any, opening: Opening, watch: Any) -> None:
    watch.allowed.append("401")  # before the key is given
    desk = keyed.desk
    one = asked(desk, "Please refund order O-10004 in full", key=keyed.both)
    with opening(address(desk, one)) as page:
        keyed.open(page, keyed.viewer)
        expect(page.get_by_text("You may look at this, but not decide it.")).to_be_visible()
        expect(page.get_by_role("row", name="Refunded")).to_contain_text("£315.85")
        for name in ("Approve", "Change…", "Reject…", "Say what to do instead…", "Assign to me"):
            expect(button(page, name)).to_be_disabled()
        page.keyboard.press("a")
        page.keyboard.press("r")
        expect(page.get_by_role("dialog")).to_have_count(0)
    with desk.client(keyed.viewer) as client:
        place = f"/podium/v1/threads/{one['thread_id']}/interrupts/{one['interrupt_id']}/decision"
        assert client.post(place, json={"kind": "approve"}).status_code == 403


ANSWERED = "Decided: the graph went on with your answer."


def foreign(talking: Any, graph: str, question: str) -> tuple[str, str]:
    """Have a graph that is not Podium's ask something; the thread, and where it is decided."""
    with talking.client() as client:
        thread: str = client.post("/threads", json={}).json()["thread_id"]
        body = {"assistant_id": graph, "input": {"question": question}}
        client.post(f"/threads/{thread}/runs/wait", json=body).raise_for_status()
        waiting = client.get("/podium/v1/interrupts", params={"limit": 200}).json()["interrupts"]
    one = next(one for one in waiting if one["thread_id"] == thread)
    return thread, address(talking, one)


def answer_of(talking: Any, thread: str) -> Any:
    with talking.client() as client:
        return client.get(f"/threads/{thread}/state").json()["values"].get("answer")


def test_the_question_of_another_graph_is_answered(talking: Any, opening: Opening) -> None:
    thread, place = foreign(talking, "asks", "How long is the voyage?")
    with opening(f"{talking.ui}approvals") as page:
        page.get_by_role("list", name="What waits").get_by_role("link").first.click()
        page.goto(place)
        expect(page.get_by_role("article")).to_contain_text("How long is the voyage?")
        page.get_by_role("article").get_by_role("textbox").fill(json.dumps({"days": 3}))
        button(page, "Send the answer").click()
        expect(page.get_by_text(ANSWERED)).to_be_visible()
    assert answer_of(talking, thread) == {"days": 3}


def test_the_request_of_another_graph_is_approved_or_rejected(talking: Any, opening: Opening) -> None:
    thread, place = foreign(talking, "reviews", "Dear Ada")
    with opening(place) as page:
        expect(page.get_by_role("article")).to_contain_text("send_letter")
        expect(page.get_by_role("article")).to_contain_text("Dear Ada")
        button(page, "Approve").click()
        expect(page.get_by_text(ANSWERED)).to_be_visible()
    assert answer_of(talking, thread) == {"decisions": [{"type": "approve"}]}
    thread, place = foreign(talking, "reviews", "Dear Grace")
    with opening(place) as page:
        button(page, "Reject…").click()
        page.get_by_label("Why?").fill("She has moved")
        page.get_by_role("dialog").get_by_role("button", name="Reject", exact=True).click()
        expect(page.get_by_text(ANSWERED)).to_be_visible()
    assert answer_of(talking, thread) == {"decisions": [{"type": "reject", "message": "She has moved"}]}
