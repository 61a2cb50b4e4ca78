"""The trace of a thread: prompts exactly as sent, what they cost, and all else that ran."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from podium.testing.helpful import HelpfulModel
from podium.testing.openai_server import OpenAIServer

QUESTION = "How long do I have to send something back?"
HOSTILE = 'And <img src=x onerror="document.title=1"> <script>alert(1)</script> what about a gift?'
ADDED = "Be brief, and kind to penguins."
SPANS, PAGE = 10_000, 1_000
DRAWN = 100
MODELS = """
[models]
default = "openai:helpful"
window = 16000
[models.providers.openai]
base_url = "{url}"
[models.prices."openai:helpful"]
input = 1000.0
output = 3000.0
"""
pytestmark = pytest.mark.timeout(240)


@pytest.fixture(scope="module")
def model() -> Iterator[OpenAIServer]:
    """A model that answers, and keeps what it was sent."""
    with OpenAIServer(HelpfulModel()) as server:
        yield server


@pytest.fixture(scope="module")
def spoken(
    ingested: Path, tmp_path_factory: pytest.TempPathFactory, serving: Callable[..., Any], model: OpenAIServer
) -> Any:
    """The reference project with a model."""
    folder = shutil.copytree(ingested, tmp_path_factory.mktemp("ui") / "spoken")
    manifest = folder / "podium.toml"
    text = re.sub(r"(?ms)^\[models\]$.*?(?=^\[agents\]$)", "", manifest.read_text())
    manifest.write_text(text + MODELS.format(url=model.base_url))
    return serving(folder, OPENAI_API_KEY="sk-test-only")


@pytest.fixture(scope="module")
def thread(spoken: Any) -> str:
    """A conversation of two turns; between them, the planner's prompt was changed."""
    found, _ = spoken.ask(QUESTION)
    prompt = spoken.folder / "agents" / "planner.md"
    prompt.write_text(prompt.read_text() + f"\n{ADDED}\n")
    spoken.say(found, HOSTILE)
    return str(found)


def test_task_20_what_was_sent_to_the_model_and_what_it_cost_is_found(
    spoken: Any, thread: str, model: OpenAIServer, first_time: Callable[..., Any]
) -> None:
    with first_time(spoken) as page:
        page.get_by_role("navigation", name="Threads").get_by_role("link", name=QUESTION).first.click()
        page.get_by_role("link", name="Trace").click()
        page.get_by_role("treeitem", name="planner").first.click()
        details = page.get_by_role("region", name="planner")
        sent = next(one for one in model.requests if "gift" in str(one["messages"]))
        for message in sent["messages"]:
            shown = details.get_by_role("region", name=f"The {message['role']} message").first
            expect(shown).to_contain_text(message["content"][:2_000].strip())
        facts = details.locator("dl")
        expect(facts).to_contain_text("Tokens sent11")
        expect(facts).to_contain_text("Tokens answered7")
        expect(facts).to_contain_text("Cost$0.03")
    page.reload()
    expect(facts).to_contain_text("Cost$0.03")
    expect(page).to_have_title("Trace · Podium")


def test_the_change_of_a_system_prompt_between_turns_is_shown(
    spoken: Any, thread: str, opening: Callable[..., Any]
) -> None:
    with opening(f"{spoken.ui}threads/{thread}/trace") as page:
        page.get_by_role("treeitem", name="planner").first.click()
        page.get_by_role("button", name="What changed in the system prompt").click()
        change = page.get_by_role("region", name="System prompt: what changed since the call before")
        expect(change).to_contain_text(f"added: {ADDED}")


def test_a_call_is_copied_as_curl_without_its_key(
    spoken: Any, thread: str, opening: Callable[..., Any]
) -> None:
    allowed = ["clipboard-read", "clipboard-write"]
    with opening(f"{spoken.ui}threads/{thread}/trace", permissions=allowed) as page:
        page.get_by_role("treeitem", name="executor").first.click()
        page.get_by_role("button", name="Copy as curl").click()
        expect(page.get_by_text("Copied: the call as curl")).to_be_visible()
        copied = page.evaluate("navigator.clipboard.readText()")
        assert copied.startswith('curl "${OPENAI_BASE_URL')
        assert "$OPENAI_API_KEY" in copied
        assert "sk-test-only" not in copied


def test_spans_are_filtered_by_kind_and_words_and_the_address_keeps_it(
    spoken: Any, thread: str, opening: Callable[..., Any]
) -> None:
    with opening(f"{spoken.ui}threads/{thread}/trace") as page:
        page.get_by_role("button", name="Searches").click()
        expect(page.locator('[data-kind="retrieval"]')).to_have_count(2)
        expect(page.locator('[data-kind="model"]')).to_have_count(0)
        page.get_by_label("Search spans").fill("planner@1")
        expect(page.get_by_text("No span fits")).to_be_visible()
        page.get_by_role("button", name="Searches").click()
        expect(page.locator('[data-kind="model"]')).to_have_count(2)
        page.reload()
        expect(page.locator('[data-kind="model"]')).to_have_count(2)
        expect(page.get_by_label("Search spans")).to_have_value("planner@1")


def test_passages_and_effects_are_told_with_the_span(desk: Any, page: Page) -> None:
    thread, _ = desk.ask(QUESTION)
    page.goto(f"{desk.ui}threads/{thread}/trace?kind=retrieval")
    page.get_by_role("treeitem", name="search").first.click()
    expect(page.get_by_role("table", name="Passages found")).to_contain_text("returns-policy.md")
    refund, _ = desk.ask("Please refund order O-10012 in full, the kettle was broken")
    with desk.client() as client:
        decisions = {"decisions": [{"type": "approve"}]}
        body = {"assistant_id": "support_desk", "command": {"resume": decisions}}
        client.post(f"/threads/{refund}/runs/wait", json=body).raise_for_status()
    page.goto(f"{desk.ui}threads/{refund}/trace?q=refund_id")
    page.get_by_role("treeitem", name="issue_refund").first.click()
    expect(page.get_by_role("region", name="Result")).to_contain_text("refund_id")


def test_a_graph_that_leaves_no_trace_says_where_to_look(walking: Any, opening: Callable[..., Any]) -> None:
    with walking.client() as client:
        thread = client.post("/threads", json={}).json()["thread_id"]
    with opening(f"{walking.ui}threads/{thread}/trace") as page:
        expect(page.get_by_text("Nothing is recorded yet")).to_be_visible()


def made_up(seq: int) -> dict[str, Any]:
    """A span of a run of 50; one in ten is a call of a model."""
    is_call = seq % 10 == 9
    call = {
        "model": "openai:helpful",
        "role": "planner",
        "prompt": "planner@1",
        "prompt_hash": "",
        "messages": [{"role": "system", "text": f"You plan number {seq}. " * 40}],
        "reply": "{}",
        "input_tokens": 10,
        "output_tokens": 5,
        "cost": None,
        "cached": False,
        "attempt": 0,
        "included": [],
        "left_out": [],
    }
    return {
        "seq": seq,
        "span_id": f"span-{seq}",
        "parent_id": f"span-{seq + 1}" if seq % 5 else "",
        "trace_id": "0" * 32,
        "run_id": f"run-{seq // 50}",
        "kind": "model" if is_call else "node",
        "name": f"node {seq}",
        "started_at": "2026-01-01T00:00:00Z",
        "started_ms": float(seq % 50) * 10,
        "seconds": 0.008,
        "status": "ok",
        "error": "",
        "attributes": {"note": f"what number {seq} did"},
        "cut": False,
        "model": call if is_call else None,
    }


def answer_with_many(route: Route) -> None:
    """Answers as a server with so many spans does."""
    found = re.search(r"after=(\d+)", route.request.url)
    after = int(found[1]) if found else 0
    told = [made_up(seq) for seq in range(after + 1, min(after + PAGE, SPANS) + 1)]
    route.fulfill(json={"runs": [], "spans": told, "next": after + PAGE if after + PAGE < SPANS else None})


def test_of_ten_thousand_spans_only_those_in_sight_are_drawn(desk: Any, page: Page) -> None:
    with desk.client() as client:
        thread = client.post("/threads", json={}).json()["thread_id"]
    page.route(re.compile(r"/podium/v1/.*/trace\?"), answer_with_many)
    page.goto(f"{desk.ui}threads/{thread}/trace")
    expect(page.get_by_text("10,000 spans", exact=True)).to_be_visible(timeout=60_000)
    tree = page.get_by_role("tree")
    tree.hover()
    for _ in range(20):
        page.mouse.wheel(0, 4_000)
        page.evaluate("new Promise(requestAnimationFrame)")
        assert tree.get_by_role("treeitem").count() < DRAWN
    search = page.get_by_label("Search spans")
    search.fill("number 99")
    expect(page.get_by_text("of 10,000 spans")).to_be_visible()
    assert tree.get_by_role("treeitem").count() < DRAWN
    search.fill("")
    expect(page.get_by_text("10,000 spans", exact=True)).to_be_visible()
