"""Whether a run is good enough to go on: thresholds, errors, and the baseline, each with its reason."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

from podium.core.errors import InputError
from podium.evals.log import LogHeader, read_header
from podium.evals.pairing import Pairs, pairs_of
from podium.evals.suite import Threshold
from podium.evals.summary import Summary

if TYPE_CHECKING:
    from podium.evals.statistics.paired import Comparison

Verdict: TypeAlias = Literal["passed", "failed", "cannot tell"]


@dataclass(frozen=True, slots=True)
class Judgement:
    """One rule and what became of it.

    Attributes:
        rule: The rule in words.
        metric: What it is about; empty for the run as a whole.
        slice: The tag that it is about; empty for all cases.
        verdict: Whether it holds.
        reason: Why, with the figures.
        stops: Whether the gate is closed by it.
    """

    rule: str
    verdict: Verdict
    reason: str
    metric: str = ""
    slice: str = ""
    stops: bool = False


@dataclass(frozen=True, slots=True)
class Gate:
    """What the rules come to.

    Attributes:
        judgements: Every rule.
        comparisons: With the baseline, by metric or `metric [slice]`.
    """

    judgements: tuple[Judgement, ...]
    comparisons: dict[str, Comparison]

    @property
    def passed(self) -> bool:
        """Whether nothing stops."""
        return not any(one.stops for one in self.judgements)

    @property
    def verdict(self) -> Verdict:
        """The worst that was said."""
        said = {one.verdict for one in self.judgements}
        if any(one.verdict == "failed" and one.stops for one in self.judgements):
            return "failed"
        return "cannot tell" if "cannot tell" in said else "passed"


def judge_run(
    header: LogHeader,
    summary: Summary,
    log: Path,
    *,
    baseline: Path | None = None,
    planned: int | None = None,
) -> Gate:
    """Hold a run against its suite's rules.

    Args:
        header: Of the run's log.
        summary: Its figures.
        log: The log itself, to be paired with the baseline.
        baseline: The log that it must not be worse than; None for no comparison.
        planned: Trials that there should be; those of the header when None.

    Raises:
        InputError: The baseline is no log, or of another suite.
    """
    judgements = [_complete(summary, header.planned if planned is None else planned)]
    judgements.append(_errors(summary, header.allowed_errors))
    for threshold in header.thresholds:
        judgements += _bounds(threshold, summary, header.seed)
    comparisons: dict[str, Comparison] = {}
    if baseline is not None:
        check_baseline_file(baseline, header.suite)
        drops = _drops(header, summary)
        pairs = pairs_of(baseline, log, [(one.metric, one.slice) for one in drops])
        comparisons, more = _compared(drops, pairs, header)
        judgements += more
    else:
        judgements += [_no_baseline(one) for one in header.thresholds if one.max_drop is not None]
    return Gate(tuple(judgements), comparisons)


def check_baseline_file(path: Path, suite: str) -> None:
    """Make sure that a log is one of the suite.

    Args:
        path: The log.
        suite: The suite's name.

    Raises:
        InputError: It is no log, or one of another suite.
    """
    found = read_header(path).suite
    if found != suite:
        raise InputError(
            f"{path} is a run of the suite {found!r}, and this is {suite!r}",
            hint="Name a baseline of this suite, or make one with 'podium eval accept'.",
        )


def label(metric: str, slice_: str) -> str:
    """What a metric of a slice is called."""
    return f"{metric} [{slice_}]" if slice_ else metric


def _complete(summary: Summary, planned: int) -> Judgement:
    rule = "every trial has a result or an error"
    if summary.trials == 0:
        return Judgement(rule, "cannot tell", "nothing was run", stops=True)
    if summary.trials < planned:
        missing = planned - summary.trials
        return Judgement(rule, "cannot tell", f"{missing} of {planned} trials were not run", stops=True)
    return Judgement(rule, "passed", f"{summary.trials} trials")


def _errors(summary: Summary, allowed: float) -> Judgement:
    rule = f"at most {allowed:.0%} of the trials end in an error"
    share = summary.errors / summary.trials if summary.trials else 0.0
    reason = f"{summary.errors} of {summary.trials} trials"
    if summary.errors and share > allowed:
        return Judgement(rule, "failed", reason, stops=True)
    return Judgement(rule, "passed", reason)


def _bounds(threshold: Threshold, summary: Summary, seed: int) -> Iterable[Judgement]:
    for name, bound in (("min", threshold.min), ("max", threshold.max)):
        if bound is not None:
            sign = "≥" if name == "min" else "≤"
            rule = f"{label(threshold.metric, threshold.slice)} {sign} {bound:g}"
            yield _bounded(rule, threshold, bound, summary, seed, at_least=name == "min")


def _bounded(
    rule: str, threshold: Threshold, bound: float, summary: Summary, seed: int, *, at_least: bool
) -> Judgement:
    metric, slice_ = threshold.metric, threshold.slice
    column = summary.columns.get((metric, slice_))
    found = summary.interval(metric, slice_, seed=seed)
    if column is None or found is None:
        return Judgement(rule, "cannot tell", "nothing was judged by it", metric, slice_, stops=True)
    if column.errors:
        reason = f"the scorer failed on {column.errors} of {column.errors + len(column.values)} trials"
        return Judgement(rule, "cannot tell", reason, metric, slice_, stops=True)
    holds = found.mean >= bound if at_least else found.mean <= bound
    reason = f"{found.mean:.4g}, interval {found.low:.4g} to {found.high:.4g}, {found.n} trials"
    if holds and not (found.low >= bound if at_least else found.high <= bound):
        reason += "; by chance it may also lie beyond"
    return Judgement(rule, "passed" if holds else "failed", reason, metric, slice_, stops=not holds)


def _drops(header: LogHeader, summary: Summary) -> list[Threshold]:
    """The thresholds that look back, the primary metric's first; one for it where the suite names none."""
    named = [one for one in header.thresholds if one.max_drop is not None]
    primary = header.primary or next(iter(summary.metrics), "")
    if any(one.metric == primary and not one.slice for one in named) or not primary:
        return sorted(named, key=lambda one: (one.metric != primary, bool(one.slice)))
    return [Threshold(metric=primary, max_drop=0.0), *named]


def _compared(
    drops: list[Threshold], pairs: dict[tuple[str, str], Pairs], header: LogHeader
) -> tuple[dict[str, Comparison], list[Judgement]]:
    from podium.evals.statistics.gating import gate
    from podium.evals.statistics.paired import compare

    comparisons: dict[str, Comparison] = {}
    for one in drops:
        held = pairs[one.metric, one.slice]
        if held.before:
            comparisons[label(one.metric, one.slice)] = compare(
                held.before,
                held.now,
                held.clusters,
                higher_is_better=_is_higher_better(one),
                seed=header.seed,
            )
    if not comparisons:
        return {}, [_unpaired(one) for one in drops]
    primary = label(drops[0].metric, drops[0].slice)
    first = primary if primary in comparisons else next(iter(comparisons))
    worse = frozenset(gate(comparisons, first).worse)
    return comparisons, [_dropped(one, comparisons, worse) for one in drops]


def _is_higher_better(threshold: Threshold) -> bool:
    from podium.evals.scorers.registry import higher_is_better

    if threshold.better is not None:
        return threshold.better == "higher"
    return higher_is_better(threshold.metric)


def _dropped(threshold: Threshold, comparisons: dict[str, Comparison], worse: frozenset[str]) -> Judgement:
    name = label(threshold.metric, threshold.slice)
    found = comparisons.get(name)
    if found is None:
        return _unpaired(threshold)
    allowed = threshold.max_drop or 0.0
    rule = _rule(threshold)
    loss = -found.difference.mean if found.higher_is_better else found.difference.mean
    reason = (
        f"{found.baseline:.4g} before, {found.candidate:.4g} now on {found.difference.n} pairs;"
        f" {found.lost} worse, {found.gained} better"
    )
    if name in worse:
        if loss > allowed:
            return Judgement(rule, "failed", reason, threshold.metric, threshold.slice, stops=True)
        return Judgement(
            rule, "passed", f"worse, but within what is allowed: {reason}", threshold.metric, threshold.slice
        )
    if loss <= allowed:
        return Judgement(rule, "passed", reason, threshold.metric, threshold.slice)
    needed = f"; {found.needed} cases would tell" if found.needed else ""
    return Judgement(
        rule, "cannot tell", f"it may be chance: {reason}{needed}", threshold.metric, threshold.slice
    )


def _unpaired(threshold: Threshold) -> Judgement:
    reason = "no case was judged by it in both runs"
    return Judgement(_rule(threshold), "cannot tell", reason, threshold.metric, threshold.slice, stops=True)


def _no_baseline(threshold: Threshold) -> Judgement:
    reason = "no baseline was given"
    return Judgement(_rule(threshold), "cannot tell", reason, threshold.metric, threshold.slice)


def _rule(threshold: Threshold) -> str:
    allowed = f"more than {threshold.max_drop:g} " if threshold.max_drop else ""
    return f"{label(threshold.metric, threshold.slice)} is not {allowed}worse than the baseline"
