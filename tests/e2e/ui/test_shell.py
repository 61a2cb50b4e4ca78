"""What is around every page: where to go, who you are, and what happens when the server does not answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

PAGES = (
    "Approvals",
    "Runs",
    "Knowledge",
    "Triggers",
    "Evaluations",
    "Dashboard",
    "Thresholds",
    "Audit",
    "Usage",
    "Settings",
)


@pytest.mark.parametrize("name", PAGES)
def test_each_page_opens_with_one_click_and_again_by_its_address(page: Page, name: str) -> None:
    page.get_by_role("navigation", name="Pages").get_by_role("link", name=name).click()
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text(name)
    page.reload()
    expect(heading).to_have_text(name)


def test_an_address_that_names_nothing_says_so_and_leads_on(desk: Any, opening: Callable[..., Any]) -> None:
    with opening(f"{desk.ui}nothing/here") as page:
        expect(page.get_by_role("heading", level=1)).to_have_text("There is no such page")
        page.get_by_role("link", name="Start a conversation").click()
        expect(page).to_have_url(f"{desk.ui}threads/new")
