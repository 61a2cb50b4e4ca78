"""Evaluations: suites, their runs with the worst cases first, two runs compared, cases out of threads."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

Opening = Callable[..., Any]
PODIUM = Path(sys.executable).with_name("podium")
PATIENCE_S = 120.0
ASKED = "How long is the warranty on a toaster?"
SUITE = """
name: sums
description: Sums of a few terms.
target: {function: "adding.py:add"}
cases: [sums.jsonl]
scorers: [exact]
thresholds:
  - {metric: exact, min: 0.6}
"""
ADDING = '''
def add(terms: list[int]) -> int:
    """The sum, of at most three terms."""
    return sum(terms) if len(terms) < 4 else 0
'''
CASES = [
    {"id": f"terms-{count}", "input": [1] * count, "expected": {"answer": count}, "tags": ["sum"]}
    for count in range(2, 5)
]


def run(folder: Path) -> None:
    """Have the suite of sums run to its end."""
    command: list[str | Path] = [PODIUM, "eval", "run", "sums", "--no-cache", "--no-report"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=PATIENCE_S)


@pytest.fixture(scope="module")
def judged(ingested: Path, tmp_path_factory: pytest.TempPathFactory, serving: Callable[..., Any]) -> Any:
    """A desk with a suite that was run twice, the second time after a change for the worse."""
    folder = shutil.copytree(ingested, tmp_path_factory.mktemp("ui") / "judged")
    evals = folder / "evals"
    (evals / "sums.yaml").write_text(SUITE, encoding="utf-8")
    (evals / "sums.jsonl").write_text("".join(json.dumps(one) + "\n" for one in CASES), encoding="utf-8")
    (evals / "adding.py").write_text("add = sum\n", encoding="utf-8")
    run(folder)
    (evals / "adding.py").write_text(ADDING, encoding="utf-8")
    run(folder)
    return serving(folder)


@pytest.fixture
def page(judged: Any, opening: Opening) -> Iterator[Page]:
    """The start page of the UI."""
    with opening(judged.ui) as page:
        yield page


def test_task_18_the_worst_case_of_a_run_is_found(judged: Any, first_time: Opening) -> None:
    with first_time(judged) as page:
        page.get_by_role("link", name="Evaluations").click()
        page.get_by_role("link", name="latest run of sums").click()
        worst = page.get_by_role("table", name="Cases").get_by_role("row").nth(1)
        expect(worst).to_contain_text("0.00")
        worst.get_by_role("button", name="terms-4").click()
        dialog = page.get_by_role("dialog", name="terms-4")
        expect(dialog).to_contain_text("exact 0.00")
        expect(dialog).to_contain_text("What was expected")
    page.reload()
    expect(dialog).to_contain_text("exact 0.00")


def test_a_run_shows_its_figures_with_intervals_and_what_was_to_hold(page: Page) -> None:
    page.get_by_role("link", name="Evaluations").click()
    views = page.get_by_role("navigation", name="Views of the evaluations")
    views.get_by_role("link", name="Runs").click()
    page.get_by_label("Suite", exact=True).select_option("sums")
    page.get_by_role("table", name="Runs of suites").get_by_role("row").nth(1).get_by_role(
        "link"
    ).first.click()
    figures = page.get_by_role("table", name="Figures").get_by_role("row").nth(1)
    expect(figures).to_contain_text("0.67")
    expect(figures).to_contain_text(" to ")
    expect(page.get_by_text("exact ≥ 0.6")).to_be_visible()
    page.get_by_label("Only what went wrong").check()
    expect(page.get_by_role("table", name="Cases").get_by_role("row")).to_have_count(2)


def test_two_runs_are_compared_with_the_largest_losses_first(page: Page) -> None:
    page.get_by_role("link", name="Evaluations").click()
    page.get_by_role("link", name="Compare", exact=True).click()
    page.get_by_label("Suite", exact=True).select_option("sums")
    figures = page.get_by_role("table", name="Figures of both runs").get_by_role("row").nth(1)
    expect(figures).to_contain_text("1.00")
    expect(figures).to_contain_text("0.67")
    lost = page.get_by_role("table", name="Cases of both runs").get_by_role("row").nth(1)
    expect(lost).to_contain_text("terms-4")
    expect(lost).to_contain_text("\N{MINUS SIGN}1.00")


def test_a_suite_is_run_and_watched(page: Page) -> None:
    page.get_by_role("link", name="Evaluations").click()
    page.get_by_role("button", name="Run sums").click()
    page.get_by_role("dialog").get_by_role("button", name="Run it").click()
    expect(page.get_by_role("table", name="Figures")).to_be_visible(timeout=60_000)
    expect(page.get_by_text("3 cases, 3 trials")).to_be_visible(timeout=60_000)


def test_a_thread_becomes_a_case(judged: Any, opening: Opening) -> None:
    thread, _ = judged.ask(ASKED)
    with opening(f"{judged.ui}evaluations") as page:
        page.get_by_role("button", name="Add a case to sums").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Thread").select_option(thread)
        dialog.get_by_label("The right answer").fill("24 months.")
        dialog.get_by_role("button", name="Add it").click()
        expect(dialog).to_have_count(0)
    found = [
        json.loads(line)
        for file in (judged.folder / "evals").rglob("*.jsonl")
        for line in file.read_text(encoding="utf-8").splitlines()
    ]
    assert [one["expected"]["answer"] for one in found if one.get("input") == ASKED] == ["24 months."]
