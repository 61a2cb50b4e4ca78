"""The audit log: looking into it, checking that it is whole, taking it away."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest
from playwright.sync_api import Page, expect

Opening = Callable[..., Any]


@pytest.fixture
def desk(books: Any) -> Any:
    """A desk of which is known all that happened there."""
    return books.desk


@pytest.fixture
def thread(books: Any) -> str:
    """A thread in which something was answered."""
    found: str = books.answered[0]
    return found


def rows(page: Page) -> Any:
    return page.get_by_role("table", name="Audit records").get_by_role("row")


def test_task_19_the_audit_log_is_checked(desk: Any, first_time: Opening) -> None:
    with first_time(desk) as page:
        page.get_by_role("link", name="Audit").click()
        page.get_by_role("button", name="Verify the chain").click()
        expect(page.get_by_text("The chain is whole")).to_be_visible()


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


@pytest.fixture
def forged(desk: Any) -> Iterator[Any]:
    """The desk with a record that is not what it was, for as long as the test runs."""
    kept = "SELECT sql FROM sqlite_master WHERE name='audit_is_never_changed'"
    with closing(sqlite3.connect(desk.folder / ".podium" / "podium.db", isolation_level=None)) as database:
        ((trigger,),) = database.execute(kept)
        ((body,),) = database.execute("SELECT body FROM audit WHERE seq=1")
        database.execute("DROP TRIGGER audit_is_never_changed")
        database.execute("UPDATE audit SET body=? WHERE seq=1", (body.replace('"kind":"', '"kind":"x'),))
        yield desk
        database.execute("UPDATE audit SET body=? WHERE seq=1", (body,))
        database.execute(trigger)


def test_a_record_that_was_changed_is_told(forged: Any, opening: Opening) -> None:
    with opening(f"{forged.ui}audit") as page:
        page.get_by_role("button", name="Verify the chain").click()
        expect(page.get_by_text("The chain is broken.")).to_be_visible()
