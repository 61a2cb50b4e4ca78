"""The page holds all it needs, lets nothing in, and shows what it is given as text."""

from __future__ import annotations

import base64
import hashlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podium.evals.report import charts
from podium.evals.report.model import (
    Calibration,
    CaseView,
    Metric,
    Moment,
    Range,
    ReliabilityBin,
    Report,
    Row,
)
from podium.evals.report.page import page_of

HOSTILE = "</script><img src=x onerror=alert(1)>&amp;{{ 7 * 7 }}"


def full(text: str = "plain", rows: int = 3) -> Report:
    return Report(
        suite=text,
        description=text,
        target=text,
        runs=rows,
        passed=False,
        configuration={"text": text},
        versions={text: text},
        metrics=(
            Metric(
                name=text,
                range=Range(mean=0.5, low=0.4, high=0.6, n=3),
                histogram=(1, 0, 2),
                primary=True,
            ),
            Metric(name="never judged", missing=3),
        ),
        calibration=Calibration(
            n=3,
            ece_width=0.1,
            ece_mass=0.1,
            brier=0.2,
            auroc=None,
            bins=(ReliabilityBin(confidence=0.5, accuracy=0.4, n=3),),
            risk_coverage=((0.5, 0.0), (1.0, 0.6)),
        ),
        guardrails={text: 1},
        worst=(
            CaseView(id=text, input=text, expected={text: text}, output=text, error=text, reasons=(text,)),
        ),
        rows=tuple(Row(id=f"{text} {number}", error=text) for number in range(rows)),
        trend=(Moment(at="2026-11-01", figures={text: 0.1}), Moment(at="2026-11-02", figures={text: 0.2})),
    )


def test_nothing_that_is_shown_becomes_markup() -> None:
    page = page_of(full(HOSTILE))
    assert "<img" not in page
    assert page.count("<script") == 2
    assert page.count("</script>") == 2
    assert "{{ 7 * 7 }}" in page


def test_the_page_refers_to_nothing_outside_of_it() -> None:
    page = page_of(full())
    assert not re.search(r"""(?:src|href|action)\s*=|url\(|@import|https?://""", page)


@pytest.mark.parametrize(("element", "directive"), [("script", "script-src"), ("style", "style-src")])
def test_only_what_the_page_brings_itself_may_run(element: str, directive: str) -> None:
    page = page_of(full())
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]+)"', page)
    (text,) = re.findall(rf"<{element}>(.*?)</{element}>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    assert "default-src &#39;none&#39;" in policy
    assert f"{directive} &#39;sha256-{digest}&#39;" in policy


def test_ten_thousand_runs_fit_into_five_megabytes() -> None:
    assert len(page_of(full("a case with quite a long name", rows=10_000)).encode()) < 5_000_000


@given(st.lists(st.floats(0, 1), min_size=2, max_size=400))
def test_a_line_keeps_its_ends_however_many_points_are_left_out(values: list[float]) -> None:
    points = [(number / (len(values) - 1), value) for number, value in enumerate(values)]
    kept = charts.thinned(points)
    assert len(kept) <= 200
    assert (kept[0], kept[-1]) == (points[0], points[-1])


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=40), st.floats(-5, 5), st.floats(0.1, 10))
def test_bars_stay_within_the_chart(counts: list[int], least: float, width: float) -> None:
    _, bars = charts.histogram(counts, least, least + width)
    assert len(bars) == len(counts)
    for bar in bars:
        assert bar.height >= 0
        assert charts.LEFT - 0.01 <= bar.x <= charts.WIDTH
        assert charts.TOP - 0.01 <= bar.y <= charts.HEIGHT - charts.BOTTOM + 0.01
