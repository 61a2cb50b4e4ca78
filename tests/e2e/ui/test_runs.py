"""The list of runs: every turn, filtered by what the address says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect


@pytest.fixture
def desk(books: Any) -> Any:
    """A desk where two threads were answered and one waits."""
    return books.desk


def rows(page: Page) -> Any:
    return page.get_by_role("table", name="Runs").get_by_role("row")


def test_runs_are_filtered_by_how_they_ended_and_the_address_keeps_it(
    page: Page,
) -> None:
    page.get_by_role("link", name="Runs").click()
    expect(rows(page)).to_have_count(1 + 3)
    page.get_by_label("Status").select_option("interrupted")
    expect(rows(page)).to_have_count(2)
    expect(rows(page).last).to_contain_text("asked a person")
    page.reload()
    expect(page.get_by_label("Status")).to_have_value("interrupted")
    expect(rows(page)).to_have_count(2)
    page.get_by_label("Status").select_option("failed")
    expect(page.get_by_text("No run is like that.")).to_be_visible()
    page.get_by_role("button", name="Clear the filters").click()
    expect(rows(page)).to_have_count(1 + 3)


def test_a_run_is_told_in_full_and_leads_to_its_conversation(
    books: Any, desk: Any, opening: Callable[..., Any]
) -> None:
    answered, _ = books.answered
    with opening(f"{desk.ui}runs?thread={answered}") as page:
        page.get_by_role("button", name="Details").click()
        dialog = page.get_by_role("dialog", name="Run")
        expect(dialog).to_contain_text("answered")
        expect(dialog).to_contain_text("support_desk")
        page.reload()
        expect(dialog).to_be_visible()
        dialog.get_by_role("link", name="Conversation").click()
        expect(page).to_have_url(f"{desk.ui}threads/{answered}")


def test_times_that_hold_nothing_say_so(desk: Any, opening: Callable[..., Any]) -> None:
    with opening(f"{desk.ui}runs?range=custom&since=2020-01-01T00:00&until=2020-02-01T00:00") as page:
        expect(page.get_by_label("From")).to_have_value("2020-01-01T00:00")
        expect(page.get_by_text("No run is like that.")).to_be_visible()
        page.get_by_label("When").select_option("24h")
        expect(rows(page)).to_have_count(1 + 3)
