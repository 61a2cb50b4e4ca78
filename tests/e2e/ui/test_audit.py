"""The audit log: looking into it, checking that it is whole, taking it away."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest
from playwright.sync_api import Page, expect

Opening = Callable[..., Any]
CLICKS = "window.clicks = 0; addEventListener('click', (event) => { if (event.isTrusted) clicks++; }, true)"
"""Counts what a person clicks; a page keeps its count as long as it is not left."""


@pytest.fixture(scope="module")
def thread(desk: Any) -> str:
    """A thread in which something was answered."""
    found: str = desk.ask("How long do I have to send something back?")[0]
    return found


def rows(page: Page) -> Any:
    return page.get_by_role("table", name="Audit records").get_by_role("row")


def test_the_log_is_checked_in_five_clicks(thread: str, page: Page) -> None:
    assert thread
    page.evaluate(CLICKS)
    page.get_by_role("link", name="Audit").click()
    page.get_by_role("button", name="Verify the chain").click()
    expect(page.get_by_text("The chain is whole")).to_be_visible()
    assert page.evaluate("clicks") <= 5


def test_records_are_filtered_and_one_is_opened_by_its_address(
    desk: Any, thread: str, opening: Opening
) -> None:
    with opening(f"{desk.ui}audit?thread={thread}") as page:
        page.get_by_label("What").select_option("confidence")
        expect(rows(page)).to_have_count(2)
        expect(rows(page).last).to_contain_text("answer")
        rows(page).last.get_by_role("button").click()
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text("Hash before")
        page.get_by_label("Close").click()
        expect(dialog).to_have_count(0)
    with opening(f"{desk.ui}audit?kind=turn&record=1") as page:
        expect(page.get_by_role("dialog", name="Record 1")).to_be_visible()


def test_the_chain_is_taken_away_as_a_file(desk: Any, thread: str, opening: Opening) -> None:
    with opening(f"{desk.ui}audit") as page:
        with page.expect_download() as download:
            page.get_by_role("button", name="Export").click()
        file = download.value.path()
        lines = file.read_text(encoding="utf-8").splitlines()
    assert any(thread in line for line in lines)
    assert all(json.loads(line) for line in lines)


def test_a_record_that_was_changed_is_told(desk: Any, thread: str, opening: Opening) -> None:
    assert thread
    with closing(sqlite3.connect(desk.folder / ".podium" / "podium.db", isolation_level=None)) as database:
        database.execute("DROP TRIGGER audit_is_never_changed")
        database.execute(
            'UPDATE audit SET body=replace(body, \'"kind":"run"\', \'"kind":"end"\') WHERE seq=1'
        )
    with opening(f"{desk.ui}audit") as page:
        page.get_by_role("button", name="Verify the chain").click()
        expect(page.get_by_text("The chain is broken.")).to_be_visible()
