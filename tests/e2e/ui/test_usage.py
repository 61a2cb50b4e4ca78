"""Usage: what threads and models have used and cost, over a time of one's choice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Page, expect

Opening = Callable[..., Any]


@pytest.fixture
def desk(books: Any) -> Any:
    """A desk where two threads were answered and one waits."""
    return books.desk


@pytest.fixture
def threads(books: Any) -> list[str]:
    """All of its threads."""
    return [*books.answered, books.waiting]


def rows(page: Page) -> Any:
    return page.get_by_role("table", name="Usage").get_by_role("row")


def test_what_was_used_is_told_by_thread_and_by_day(threads: list[str], page: Page) -> None:
    page.get_by_role("link", name="Usage").click()
    expect(rows(page)).to_have_count(1 + len(threads))
    links = {link.get_attribute("href") for link in rows(page).get_by_role("link").all()}
    assert links == {f"/ui/threads/{thread}" for thread in threads}
    page.get_by_role("link", name="By day").click()
    today = rows(page).nth(1)
    expect(today).to_contain_text(f"{datetime.now(UTC):%Y-%m-%d}")
    expect(today).to_contain_text("100 %")
    page.reload()
    expect(today).to_contain_text("100 %")


def test_the_runs_of_a_day_are_one_click_away(desk: Any, threads: list[str], opening: Opening) -> None:
    with opening(f"{desk.ui}usage?by=day") as page:
        rows(page).nth(1).get_by_role("link").click()
        expect(page.get_by_role("table", name="Runs").get_by_role("row")).to_have_count(1 + len(threads))


def test_without_a_model_nothing_was_spent(desk: Any, threads: list[str], opening: Opening) -> None:
    with opening(f"{desk.ui}usage?by=model&thread={threads[0]}") as page:
        expect(page.get_by_text("No model was asked in this time.")).to_be_visible()
