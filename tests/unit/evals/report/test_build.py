"""A log becomes a report: figures, comparison, calibration, the worst runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from podium.core.errors import InputError
from podium.evals.case import Case
from podium.evals.gate import Gate, Judgement, Verdict
from podium.evals.log import SCHEMA_VERSION, LogEnd, LogHeader, LogWriter, TrialError, TrialRecord
from podium.evals.observation import Observation
from podium.evals.report.build import build_report, moment_of
from podium.evals.score import Score


def header(**more: Any) -> LogHeader:
    made = {"suite": "answers", "digest": "d", "target": "function", "planned": 4, "primary": "exact"}
    return LogHeader(
        kind="header",
        schema_version=SCHEMA_VERSION,
        created_at="2026-11-21T10:00:00.000000Z",
        **{**made, **more},
    )


def trial(number: int, value: float | None, **more: Any) -> TrialRecord:
    case = Case(
        id=f"case-{number}",
        input="Why?",
        expected=more.pop("expected", {}),
        tags=more.pop("tags", ()),
    )
    seen = more.pop("seen", {"seconds": 0.5, "confidence": 0.75, "cost": 0.01, "output": "Because."})
    scores = (Score(name="exact", value=value, reason="as it should be" if value else "it is not"),)
    made = {"observation": Observation.model_validate(seen), "scores": scores}
    return TrialRecord(kind="trial", case=case, digest="x", **{**made, **more})


def logged(path: Path, *trials: TrialRecord, **more: Any) -> Path:
    log = LogWriter(path)
    log.add(header(**more))
    for one in trials:
        log.add(one)
    log.add(LogEnd(kind="end", finished_at="2026-11-21T10:01:00.000000Z", seconds=60.0))
    log.close()
    return path


def failed(number: int) -> TrialRecord:
    error = TrialError(code="case_timeout", message="it did not end within 1 s")
    return trial(number, None, observation=None, scores=(), error=error)


def test_an_error_is_told_and_is_no_score(tmp_path: Path) -> None:
    log = logged(tmp_path / "a.jsonl", trial(1, 1.0), trial(2, 0.0), failed(3))
    report = build_report(log)
    (metric,) = report.metrics
    assert (report.cases, report.runs, report.errors) == (3, 3, 1)
    assert metric.range is not None
    assert (metric.range.mean, metric.range.n, metric.range.reliable) == (0.5, 2, False)
    assert [view.id for view in report.worst] == ["case-3", "case-2"]
    assert report.worst[0].error == "case_timeout: it did not end within 1 s"
    assert report.wall_seconds == 60.0


def test_a_tag_is_looked_at_on_its_own(tmp_path: Path) -> None:
    log = logged(tmp_path / "a.jsonl", trial(1, 1.0, tags=("refunds",)), trial(2, 0.0), trial(3, 0.0))
    (metric,) = build_report(log).metrics
    (found,) = metric.slices
    assert (found.tag, found.range and found.range.mean) == ("refunds", 1.0)


def test_a_baseline_is_compared_case_by_case(tmp_path: Path) -> None:
    before = logged(tmp_path / "a.jsonl", *(trial(number, 1.0) for number in range(60)))
    after = logged(tmp_path / "b.jsonl", *(trial(number, float(number >= 20)) for number in range(80)))
    (metric,) = build_report(after, baseline=before).metrics
    assert metric.change is not None
    assert (metric.change.verdict, metric.change.pairs) == ("worse", 60)
    assert metric.change.difference == pytest.approx(-1 / 3)
    (same,) = build_report(before, baseline=before).metrics
    assert same.change is not None
    assert same.change.verdict == "cannot tell"


def test_money_people_routes_and_confidence_are_told(tmp_path: Path) -> None:
    seen = {"seconds": 1.0, "confidence": 0.9, "cost": 0.02, "route": "answer", "guardrails": ["injection"]}
    asked = {**seen, "confidence": 0.2, "route": "escalate", "escalated": True}
    log = logged(
        tmp_path / "a.jsonl",
        trial(1, 1.0, seen=seen, expected={"route": "answer", "escalates": False}),
        trial(2, 0.0, seen=asked, expected={"route": "answer", "escalates": False}),
        trial(3, 1.0, seen=asked, expected={"route": "escalate", "escalates": True}),
    )
    report = build_report(log)
    assert report.routes is not None
    assert (report.routes.labels, report.routes.counts) == (("answer", "escalate"), ((1, 1), (0, 1)))
    assert report.escalations is not None
    assert (report.escalations.precision, report.escalations.recall) == (0.5, 1.0)
    assert report.guardrails == {"injection": 3}
    assert report.spent.cost == pytest.approx(0.06)
    assert report.spent.cost_per_success == pytest.approx(0.03)
    assert report.calibration is not None
    assert report.calibration.n == 3
    figures = moment_of(log).figures
    assert figures["exact"] == pytest.approx(2 / 3, abs=1e-6)
    assert figures["escalation rate"] == pytest.approx(2 / 3, abs=1e-6)


def test_a_price_that_is_not_known_makes_the_cost_unknown(tmp_path: Path) -> None:
    log = logged(tmp_path / "a.jsonl", trial(1, 1.0), trial(2, 1.0, seen={"cost": None}))
    assert (build_report(log).spent.cost, build_report(log).spent.cost_per_success) == (None, None)


@pytest.mark.parametrize(
    ("verdicts", "passed"),
    [
        (("passed", "passed"), True),
        (("passed", "cannot tell"), None),
        (("cannot tell", "failed"), False),
    ],
)
def test_the_gate_is_shown_with_its_rules(
    tmp_path: Path, verdicts: tuple[Verdict, ...], passed: bool | None
) -> None:
    log = logged(tmp_path / "a.jsonl", trial(1, 1.0))
    rules = tuple(Judgement("exact ≥ 0.5", one, "so it is", stops=one != "passed") for one in verdicts)
    report = build_report(log, gate=Gate(rules, {}))
    assert report.passed is passed
    assert [rule.passed for rule in report.gate] == [
        {"passed": True, "failed": False, "cannot tell": None}[one] for one in verdicts
    ]


def test_no_runs_give_an_empty_report_and_no_pass(tmp_path: Path) -> None:
    report = build_report(logged(tmp_path / "a.jsonl"))
    assert (report.runs, report.metrics, report.passed) == (0, (), None)


def test_what_is_no_log_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("{}\n", encoding="utf-8")
    with pytest.raises(InputError, match="no line of a log"):
        build_report(tmp_path / "a.jsonl")
