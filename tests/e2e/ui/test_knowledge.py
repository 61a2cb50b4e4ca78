"""The knowledge: documents, how they were cut, files that are added, and why a search finds what it finds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import expect

Opening = Callable[..., Any]
HOSTILE = (
    "# Moon tariffs\n\n"
    '<script>window.broken = true</script><img src="https://elsewhere.example/x" onerror="broken=1">\n\n'
    "[Press here](javascript:broken=true) for a shipment to the moon, which costs 900 crowns.\n\n"
    "\u202etxet desrever \u202c and שלום\n\n"
)


def test_task_12_a_search_says_why_it_found_a_passage(desk: Any, first_time: Opening) -> None:
    with first_time(desk) as page:
        page.get_by_role("link", name="Knowledge").click()
        page.get_by_role("link", name="Try a search").click()
        page.get_by_label("Question").fill("How long can something be returned?")
        page.get_by_role("button", name="Search").click()
        first = page.get_by_role("list", name="What was found").get_by_role("article").first
        expect(first.get_by_text("By meaning", exact=True)).to_be_visible()
        expect(first.get_by_text("similarity")).to_be_visible()
        expect(first.get_by_text("By words", exact=True)).to_be_visible()
        expect(first.get_by_role("table", name="What the score is made of")).to_be_visible()
        expect(first.locator("mark").first).to_be_visible()
    page.reload()
    expect(first.get_by_text("By meaning", exact=True)).to_be_visible()


def test_a_found_passage_is_shown_in_its_document(desk: Any, opening: Opening) -> None:
    with opening(f"{desk.ui}knowledge?view=search&query=Is+the+gooseneck+kettle+steel") as page:
        hits = page.get_by_role("list", name="What was found")
        hits.get_by_role("link", name="KET-204 Harbour Gooseneck Kettle 0.9 L").first.click()
        paper = page.get_by_role("region", name="The document's text")
        expect(paper.locator("mark").first).to_contain_text("KET-204")
        expect(page.get_by_role("region", name="Passages").get_by_role("listitem").first).to_be_visible()


def test_task_13_a_document_is_added_and_its_passages_are_listed(
    desk: Any, first_time: Opening, tmp_path: Path
) -> None:
    tariffs = tmp_path / "moon tariffs.md"
    tariffs.write_text(HOSTILE + "A sentence that makes it longer. " * 200, encoding="utf-8")
    with first_time(desk) as page:
        page.get_by_role("link", name="Knowledge").click()
        with page.expect_file_chooser() as chooser:
            page.get_by_role("button", name="Choose files").click()
        chooser.value.set_files(tariffs)
        adding = page.get_by_role("region", name="Files being added")
        expect(adding).to_contain_text("added", timeout=60_000)
        page.get_by_label("Find a document").fill("moon")
        page.get_by_role("link", name="Moon tariffs").click()
        passages = page.get_by_role("region", name="Passages").get_by_role("button")
        expect(passages.first).to_contain_text("tokens")
    passages.nth(1).click()
    paper = page.get_by_role("region", name="The document's text")
    expect(paper.locator("mark").first).to_be_visible()
    assert page.evaluate("window.broken") is None
    assert paper.locator("img, script, a").count() == 0
    page.reload()
    expect(paper.locator("mark").first).to_be_visible()


def test_a_file_that_cannot_be_read_says_why(desk: Any, opening: Opening, watch: Any, tmp_path: Path) -> None:
    watch.allowed.append("422")
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.4 and then nothing of the kind")
    with opening(f"{desk.ui}knowledge") as page:
        page.get_by_label("Files to add").set_input_files(broken)
        adding = page.get_by_role("region", name="Files being added")
        expect(adding).to_contain_text("1 of 1 file read", timeout=60_000)
        expect(adding).to_contain_text("broken.pdf")
        expect(adding).not_to_contain_text("added")


def test_a_dropped_file_of_one_long_line_is_shown_part_by_part_and_removed(
    desk: Any, opening: Opening
) -> None:
    with opening(f"{desk.ui}knowledge") as page:
        transfer = page.evaluate_handle(
            """() => {
              const transfer = new DataTransfer();
              transfer.items.add(new File(["word ".repeat(11_000)], "one-line.txt", {type: "text/plain"}));
              return transfer;
            }"""
        )
        page.get_by_text("Drop files here").dispatch_event("drop", {"dataTransfer": transfer})
        adding = page.get_by_role("region", name="Files being added")
        expect(adding).to_contain_text("1 of 1 file read", timeout=120_000)
        page.get_by_label("Find a document").fill("one-line")
        page.get_by_role("link", name="one-line").or_(page.get_by_role("link", name="one line")).click()
        expect(page.get_by_role("button", name="Show more")).to_be_visible()
        page.get_by_role("link", name="All documents").click()
        page.get_by_label("Find a document").fill("one-line")
        page.get_by_role("button", name="Remove one").click()
        page.get_by_role("dialog").get_by_role("button", name="Remove").click()
        expect(page.get_by_text("No document is called that.")).to_be_visible()


def test_the_projects_files_are_read_with_progress(desk: Any, opening: Opening) -> None:
    with opening(f"{desk.ui}knowledge") as page:
        page.get_by_role("button", name="Read the project's files").click()
        expect(page.get_by_text("as before")).to_be_visible(timeout=120_000)


def test_a_viewer_may_look_and_search_but_change_nothing(keyed: Any, opening: Opening, watch: Any) -> None:
    watch.allowed.append("401")  # before the key is given
    refused: list[str] = []
    with opening(f"{keyed.desk.ui}knowledge") as page:
        keyed.open(page, keyed.viewer)
        expect(page.get_by_text("Only those who run the project may add documents.")).to_be_visible()
        page.on("response", lambda told: refused.append(told.url) if told.status >= 400 else None)
        page.on("request", lambda asked: refused.append(asked.url) if asked.method != "GET" else None)
        expect(page.get_by_role("button", name="Choose files")).to_be_disabled()
        read = page.get_by_role("button", name="Read the project's files")
        expect(read).to_be_disabled()
        expect(read).to_have_attribute("title", "Only those who run the project may read its files.")
        remove = page.get_by_role("table").get_by_role("button", name="Remove")
        expect(remove.first).to_have_attribute(
            "title", "Only those who run the project may take documents out."
        )
        assert [button for button in remove.all() if button.is_enabled()] == []
        transfer = page.evaluate_handle(
            """() => {
              const transfer = new DataTransfer();
              transfer.items.add(new File(["A note."], "note.txt", {type: "text/plain"}));
              return transfer;
            }"""
        )
        page.get_by_text("Only those who run the project may add documents.").dispatch_event(
            "drop", {"dataTransfer": transfer}
        )
        expect(page.get_by_role("region", name="Files being added")).to_have_count(0)
        assert refused == []
        page.goto(f"{keyed.desk.ui}knowledge?view=search&query=Is+the+gooseneck+kettle+steel")
        expect(page.get_by_role("list", name="What was found").get_by_role("article").first).to_be_visible()
        assert [url for url in refused if not url.endswith("/search")] == []
