"""The dashboard: figures, drawn and as tables, against what the project aims at."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

Opening = Callable[..., Any]
CHARTS = ("Runs", "Latency", "Confidence", "Reliability", "Cost", "Sent to a person")
SOMETHING = re.compile(r"\S")


@pytest.fixture
def busy(books: Any) -> Any:
    """A desk with aims, where something was answered and rated, and something waits."""
    return books.desk


def figure(page: Page, name: str) -> Any:
    return page.get_by_role("figure", name=name, exact=True)


def test_every_chart_is_drawn_and_told_as_a_table_too(busy: Any, opening: Opening) -> None:
    with opening(f"{busy.ui}dashboard") as page:
        for name in CHARTS:
            chart = figure(page, name)
            expect(chart.get_by_role("img").first).to_have_attribute("aria-label", SOMETHING)
            chart.get_by_role("button", name="As a table").click()
            expect(chart.get_by_role("table", name=name)).to_be_visible()
            chart.get_by_role("button", name="As a chart").click()
        expect(figure(page, "Runs").locator("svg path").first).to_be_visible()
        expect(figure(page, "Reliability")).to_contain_text("2 turns that people judged")
        expect(figure(page, "Cost")).to_contain_text("No model was asked")


def test_what_the_project_aims_at_is_shown_with_its_error_budget(busy: Any, opening: Opening) -> None:
    with opening(f"{busy.ui}dashboard") as page:
        aims = page.get_by_role("table", name="Objectives")
        latency = aims.get_by_role("row").filter(has_text="Latency")
        expect(latency).to_contain_text("95 of 100 runs end within 10 min 0 s")
        expect(latency).to_contain_text("met")
        expect(latency).to_contain_text("100 % left")


def test_a_range_in_which_nothing_ran_says_so_and_stays_in_the_address(busy: Any, opening: Opening) -> None:
    with opening(f"{busy.ui}dashboard?range=custom&since=2020-01-01T00:00&until=2020-01-02T00:00") as page:
        expect(page.get_by_text("Nothing ran in this time.")).to_be_visible()
        page.get_by_label("When").select_option("7d")
        expect(figure(page, "Latency")).to_be_visible()
        page.reload()
        expect(page.get_by_label("When")).to_have_value("7d")
