"""From the log of a run to its report, read as a stream."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from podium.core.model import JsonValue
from podium.evals.gate import Gate, Judgement
from podium.evals.log import LogEnd, LogHeader, TrialRecord, read_entries, read_header, read_trials
from podium.evals.report.gather import Column, Gathered, Key
from podium.evals.report.model import (
    Calibration,
    CaseView,
    Change,
    Confusion,
    Escalations,
    Metric,
    Moment,
    Range,
    ReliabilityBin,
    Report,
    Slice,
    Spent,
    Threshold,
)

if TYPE_CHECKING:
    from podium.evals.statistics.intervals import Interval

BINS = 20
PERCENTILES = (("p50", 0.5), ("p90", 0.9), ("p95", 0.95), ("p99", 0.99))


def build_report(
    log: Path,
    *,
    baseline: Path | None = None,
    gate: Gate | None = None,
    trend: Sequence[Path] = (),
) -> Report:
    """What the log of a run comes to.

    Args:
        log: The run.
        baseline: The log of an earlier run that it is compared with, case by case.
        gate: What became of the suite's rules.
        trend: Logs of earlier runs of the suite, oldest first.

    Raises:
        InputError: A file is no log, or a line of it is damaged.
    """
    header = read_header(log)
    gathered, wall = _gathered(log, header)
    changes = _changes(header, gathered, baseline) if baseline is not None else {}
    return Report(
        suite=header.suite,
        description=header.description,
        target=header.target,
        started_at=header.created_at,
        wall_seconds=wall,
        cases=len(gathered.cases),
        runs=len(gathered.keys),
        errors=gathered.errors,
        passed=None if gate is None or gate.verdict == "cannot tell" else gate.passed,
        configuration=header.configuration,
        versions=header.versions,
        metrics=tuple(_metrics(header, gathered, changes)),
        gate=tuple(_rule(one) for one in gate.judgements) if gate is not None else (),
        calibration=_calibration(gathered),
        routes=_routes(gathered),
        escalations=_escalations(gathered),
        guardrails=dict(gathered.guardrails.most_common()),
        spent=_spent(gathered),
        worst=tuple(
            view_of(trial) for _, _, trial in sorted(gathered.worst, key=lambda one: (-one[0], -one[1]))
        ),
        rows=tuple(gathered.rows),
        trend=tuple(moment_of(path) for path in trend),
    )


def moment_of(log: Path) -> Moment:
    """The key figures of a run: what can be followed over time.

    Raises:
        InputError: It is no log, or a line of it is damaged.
    """
    header = read_header(log)
    gathered, _ = _gathered(log, header)
    spent = _spent(gathered)
    runs = max(1, len(gathered.seconds))
    figures = {
        name: sum(column.values) / len(column.values)
        for name, column in gathered.columns.items()
        if column.values
    }
    figures |= {f"seconds {name}": value for name, value in spent.seconds.items() if name in ("p50", "p95")}
    figures["errors"] = gathered.errors / max(1, len(gathered.keys))
    figures["escalation rate"] = gathered.escalated / runs
    figures["guardrail hits"] = sum(gathered.guardrails.values()) / runs
    if gathered.confidence:
        figures["mean confidence"] = sum(gathered.confidence) / len(gathered.confidence)
    if spent.cost_per_success is not None:
        figures["cost per success"] = spent.cost_per_success
    return Moment(at=header.created_at, figures={name: round(value, 6) for name, value in figures.items()})


def _gathered(log: Path, header: LogHeader) -> tuple[Gathered, float]:
    gathered, wall = Gathered(header.primary), 0.0
    for entry in read_entries(log):
        if isinstance(entry, TrialRecord):
            gathered.primary = gathered.primary or next((score.name for score in entry.scores), "")
            gathered.add(entry)
        elif isinstance(entry, LogEnd):
            wall += entry.seconds
    return gathered, wall


def _rule(judged: Judgement) -> Threshold:
    passed = {"passed": True, "failed": False, "cannot tell": None}[judged.verdict]
    return Threshold(
        rule=judged.rule, metric=judged.metric, slice=judged.slice, passed=passed, reason=judged.reason
    )


def _metrics(header: LogHeader, gathered: Gathered, changes: Mapping[str, Change]) -> Iterator[Metric]:
    sliced = _by_tag(gathered.tags)
    for name, column in gathered.columns.items():
        least, most, counts = _histogram(column.values)
        yield Metric(
            name=name,
            range=_range(column.values, [gathered.clusters[run] for run in column.runs], header.seed),
            primary=name == gathered.primary,
            missing=column.missing,
            errors=column.errors,
            slices=tuple(_slice(tag, runs, column, gathered, header.seed) for tag, runs in sliced.items()),
            histogram=counts,
            least=least,
            most=most,
            change=changes.get(name),
        )


def _by_tag(tags: Sequence[tuple[str, ...]]) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {}
    for number, names in enumerate(tags):
        for name in names:
            found.setdefault(name, set()).add(number)
    return {tag: runs for tag, runs in sorted(found.items()) if len(runs) < len(tags)}


def _slice(tag: str, runs: set[int], column: Column, gathered: Gathered, seed: int) -> Slice:
    inside = [place for place, run in enumerate(column.runs) if run in runs]
    values = [column.values[place] for place in inside]
    clusters = [gathered.clusters[column.runs[place]] for place in inside]
    return Slice(tag=tag, range=_range(values, clusters, seed))


def _range(values: Sequence[float], clusters: Sequence[str], seed: int) -> Range | None:
    if not values:
        return None
    from podium.evals.statistics.intervals import mean_interval

    return _of_interval(mean_interval(values, clusters, seed=seed))


def _of_interval(interval: Interval) -> Range:
    return Range(
        mean=interval.mean,
        low=interval.low,
        high=interval.high,
        n=interval.n,
        clusters=interval.clusters,
        reliable=interval.reliable,
    )


def _histogram(values: Sequence[float]) -> tuple[float, float, tuple[int, ...]]:
    """Equal bins: within 0 and 1 where all values are, else from the least to the most."""
    if not values:
        return 0.0, 1.0, ()
    least, most = min(0.0, *values), max(1.0, *values)
    counts = [0] * BINS
    for value in values:
        counts[min(BINS - 1, int((value - least) / (most - least) * BINS))] += 1
    return least, most, tuple(counts)


def _changes(header: LogHeader, gathered: Gathered, baseline: Path) -> dict[str, Change]:
    from podium.evals.statistics.paired import compare, corrected

    before: dict[str, dict[Key, float]] = {}
    for trial in read_trials(baseline):
        for score in trial.scores:
            if score.value is not None:
                before.setdefault(score.name, {})[trial.key] = score.value
    lower = less_is_better() | {rule.metric for rule in header.thresholds if rule.better == "lower"}
    compared, pairs = {}, {}
    for name, column in gathered.columns.items():
        known = before.get(name, {})
        both = [
            (known[gathered.keys[run]], value, gathered.clusters[run])
            for value, run in zip(column.values, column.runs, strict=True)
            if gathered.keys[run] in known
        ]
        if both:
            old, new, clusters = zip(*both, strict=True)
            better = name not in lower
            compared[name] = compare(old, new, clusters, higher_is_better=better, seed=header.seed)
            pairs[name] = len(both)
    return {
        name: Change(
            baseline=one.baseline,
            now=one.candidate,
            difference=one.difference.mean,
            low=one.difference.low,
            high=one.difference.high,
            p=one.p_value,
            verdict=one.verdict,
            pairs=pairs[name],
            needed=one.needed if one.verdict == "cannot tell" else None,
        )
        for name, one in corrected(compared).items()
    }


def less_is_better() -> frozenset[str]:
    """The metrics of which less is better, when they go by their scorer's name."""
    from podium.evals.scorers.registry import higher_is_better, names

    return frozenset({"model_calls", *(name for name in names() if not higher_is_better(name))})


def _calibration(gathered: Gathered) -> Calibration | None:
    if not gathered.confidence:
        return None
    from podium.evals.statistics.calibration import calibration_figures

    found = calibration_figures(gathered.confidence, gathered.right)
    return Calibration(
        n=found.n,
        ece_width=found.ece_width,
        ece_mass=found.ece_mass,
        brier=found.brier,
        auroc=found.auroc,
        bins=tuple(
            ReliabilityBin(confidence=one.confidence, accuracy=one.right, n=one.n) for one in found.bins
        ),
        risk_coverage=tuple((point.coverage, point.risk) for point in found.curve),
    )


def _routes(gathered: Gathered) -> Confusion | None:
    if not gathered.routes:
        return None
    labels = sorted({label for pair in gathered.routes for label in pair})
    counts = tuple(tuple(gathered.routes[expected, seen] for seen in labels) for expected in labels)
    return Confusion(labels=tuple(labels), counts=counts)


def _escalations(gathered: Gathered) -> Escalations | None:
    if not gathered.needed and not gathered.escalated:
        return None
    rate = gathered.escalated / max(1, len(gathered.seconds))
    if not gathered.needed:
        return Escalations(rate=rate)
    from podium.evals.statistics.decisions import escalation

    found = escalation(gathered.needed, gathered.asked)
    return Escalations(
        rate=rate,
        precision=None if found.precision is None else found.precision.mean,
        recall=None if found.recall is None else found.recall.mean,
    )


def _spent(gathered: Gathered) -> Spent:
    seconds: dict[str, float] = {}
    if gathered.seconds:
        ordered = sorted(gathered.seconds)
        seconds = {
            name: ordered[min(len(ordered) - 1, int(share * len(ordered)))] for name, share in PERCENTILES
        }
    known = gathered.cost is not None and gathered.successes > 0
    return Spent(
        seconds=seconds,
        model_calls=gathered.model_calls,
        tokens=gathered.tokens,
        cost=gathered.cost,
        cost_per_success=(gathered.cost or 0.0) / gathered.successes if known else None,
    )


def view_of(trial: TrialRecord) -> CaseView:
    """One run of a case, whole."""
    case, seen = trial.case, trial.observation
    given: JsonValue = case.input
    if case.turns:
        given = [turn.model_dump(mode="json", exclude_defaults=True) for turn in case.turns]
    return CaseView(
        id=case.id,
        epoch=trial.epoch,
        tags=case.tags,
        input=given,
        expected=case.expected.model_dump(mode="json", exclude_defaults=True),
        output=seen.output if seen else None,
        error=f"{trial.error.code}: {trial.error.message}" if trial.error else "",
        scores={score.name: score.value for score in trial.scores},
        reasons=tuple(
            f"{score.name}: {score.error or score.reason}"
            for score in trial.scores
            if score.error or score.reason
        ),
        observed=seen.model_dump(mode="json", exclude_defaults=True, exclude={"output"}) if seen else {},
    )
