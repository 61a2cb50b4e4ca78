from __future__ import annotations

from pathlib import Path

import pytest

from podium.core.errors import InputError
from podium.evals.gate import Gate, judge_run
from podium.evals.log import LogHeader, TrialRecord
from podium.evals.suite import Threshold
from podium.evals.summary import Summary
from podium.testing.trials import header, trial, write_log


def judged(
    tmp_path: Path, head: LogHeader, *trials: TrialRecord, baseline: list[TrialRecord] | None = None
) -> Gate:
    head = head.model_copy(update={"planned": len(trials)}) if head.planned == 1 else head
    log = write_log(tmp_path / "now.jsonl", head, *trials)
    before = write_log(tmp_path / "before.jsonl", header(), *baseline) if baseline is not None else None
    return judge_run(head, Summary.of(head, trials), log, baseline=before)


def limits(**said: object) -> LogHeader:
    return header(thresholds=(Threshold.model_validate({"metric": "exact", **said}),))


@pytest.mark.parametrize(
    ("said", "values", "passed"),
    [
        ({"min": 0.5}, [1.0, 0.0], True),
        ({"min": 0.6}, [1.0, 0.0], False),
        ({"max": 0.5}, [1.0, 0.0], True),
        ({"max": 0.4}, [1.0, 0.0], False),
        ({"min": 0.4, "max": 0.4}, [1.0, 0.0], False),
    ],
)
def test_a_bound_holds_or_closes_the_gate(
    tmp_path: Path, said: dict[str, float], values: list[float], passed: bool
) -> None:
    gate = judged(tmp_path, limits(**said), *(trial(f"c{n}", value) for n, value in enumerate(values)))
    assert gate.passed is passed
    assert gate.verdict == ("passed" if passed else "failed")


def test_a_slice_is_judged_on_its_own(tmp_path: Path) -> None:
    trials = [trial("a", 0.0, tags=("refunds",)), *(trial(f"c{n}") for n in range(9))]
    assert judged(tmp_path, limits(min=0.9), *trials).passed
    gate = judged(tmp_path, limits(min=0.9, slice="refunds"), *trials)
    assert [one.rule for one in gate.judgements if one.stops] == ["exact [refunds] ≥ 0.9"]


@pytest.mark.parametrize(
    ("trials", "reason"),
    [
        ([trial("a", None)], "nothing was judged by it"),
        ([trial("a", error="broke")], "1 of 1 trials"),
        ([trial("a"), trial("b", metric="other")], None),
    ],
)
def test_what_was_not_judged_is_no_pass(
    tmp_path: Path, trials: list[TrialRecord], reason: str | None
) -> None:
    gate = judged(tmp_path, limits(min=0.5), *trials)
    assert gate.passed is (reason is None)
    assert reason is None or any(reason in one.reason for one in gate.judgements if one.stops)


def test_a_share_of_errors_may_be_allowed(tmp_path: Path) -> None:
    trials = [trial("a", error="broke"), *(trial(f"c{n}") for n in range(9))]
    assert not judged(tmp_path, header(), *trials).passed
    assert judged(tmp_path, header(allowed_errors=0.1), *trials).passed


def test_trials_that_are_missing_close_the_gate(tmp_path: Path) -> None:
    gate = judged(tmp_path, header(planned=3), trial("a"), trial("b"))
    assert (gate.passed, gate.verdict) == (False, "cannot tell")
    assert "1 of 3 trials were not run" in gate.judgements[0].reason


def _run(right: range, cases: int = 200) -> list[TrialRecord]:
    return [trial(f"c{n}", float(n in right)) for n in range(cases)]


def test_a_real_loss_closes_the_gate_and_no_loss_does_not(tmp_path: Path) -> None:
    before = _run(range(200))
    assert judged(tmp_path / "a", header(), *_run(range(200)), baseline=before).passed
    gate = judged(tmp_path / "b", header(), *_run(range(20, 200)), baseline=before)
    assert (gate.passed, gate.verdict) == (False, "failed")
    assert gate.comparisons["exact"].verdict == "worse"


def test_a_loss_that_may_be_chance_is_told_and_lets_pass(tmp_path: Path) -> None:
    gate = judged(tmp_path, header(), *_run(range(1, 20), 20), baseline=_run(range(20), 20))
    assert (gate.passed, gate.verdict) == (True, "cannot tell")
    assert "it may be chance" in gate.judgements[-1].reason
    assert "cases would tell" in gate.judgements[-1].reason


def test_a_loss_within_what_is_allowed_lets_pass(tmp_path: Path) -> None:
    head = limits(max_drop=0.2)
    gate = judged(tmp_path, head, *_run(range(20, 200)), baseline=_run(range(200)))
    assert gate.passed
    assert "worse, but within what is allowed" in gate.judgements[-1].reason


def test_less_is_better_where_the_scorer_has_it_so(tmp_path: Path) -> None:
    before = [trial(f"c{n}", 1.0, metric="seconds") for n in range(40)]
    slower = [trial(f"c{n}", 2.0, metric="seconds") for n in range(40)]
    head = header(thresholds=(Threshold(metric="seconds", max_drop=0.1),)).model_copy(
        update={"primary": "seconds"}
    )
    assert not judged(tmp_path / "a", head, *slower, baseline=before).passed
    assert judged(tmp_path / "b", head, *before, baseline=slower).passed


def test_less_is_better_where_the_suite_says_so(tmp_path: Path) -> None:
    before = [trial(f"c{n}", 1.0 + n % 3) for n in range(60)]
    slower = [trial(f"c{n}", 2.0 + n % 3) for n in range(60)]
    assert not judged(tmp_path / "a", limits(max_drop=0.1, better="lower"), *slower, baseline=before).passed
    assert judged(tmp_path / "b", limits(max_drop=0.1, better="lower"), *before, baseline=slower).passed


def test_a_changed_case_is_no_pair(tmp_path: Path) -> None:
    before = [trial(f"c{n}", digest="old") for n in range(5)]
    gate = judged(tmp_path, header(), *(trial(f"c{n}") for n in range(5)), baseline=before)
    assert not gate.passed
    assert gate.judgements[-1].reason == "no case was judged by it in both runs"


def test_a_baseline_of_another_suite_is_refused(tmp_path: Path) -> None:
    log = write_log(tmp_path / "now.jsonl", header(), trial("a"))
    other = write_log(tmp_path / "other.jsonl", header(suite="other"), trial("a"))
    with pytest.raises(InputError, match="is a run of the suite 'other', and this is 'small'"):
        judge_run(header(), Summary.of(header(), [trial("a")]), log, baseline=other)
