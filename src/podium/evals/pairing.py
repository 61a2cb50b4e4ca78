"""Bringing two runs together case by case, of which both are read as streams."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from podium.evals.log import TrialRecord, read_trials


@dataclass(slots=True)
class Pairs:
    """A metric in two runs: the mean over the epochs of each case that was judged in both.

    Attributes:
        before: In the baseline.
        now: In the run, in the same order.
        clusters: The family of each case.
    """

    before: list[float] = field(default_factory=list)
    now: list[float] = field(default_factory=list)
    clusters: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Case:
    """What is kept of one case: sums and counts by metric."""

    digest: str
    tags: tuple[str, ...]
    cluster: str
    sums: dict[str, tuple[float, int]] = field(default_factory=dict)

    def mean(self, metric: str) -> float | None:
        total, count = self.sums.get(metric, (0.0, 0))
        return total / count if count else None


def pairs_of(baseline: Path, run: Path, wanted: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Pairs]:
    """The pairs of each metric and slice.

    A case that was changed between the runs is no pair; nor is one that ended in an error in either.

    Args:
        baseline: The earlier log.
        run: The later log.
        wanted: Metrics with the tag that cases must have, or with none.
    """
    metrics = frozenset(metric for metric, _ in wanted)
    before, now = _gathered(read_trials(baseline), metrics), _gathered(read_trials(run), metrics)
    found = {key: Pairs() for key in wanted}
    for name, case in now.items():
        earlier = before.get(name)
        if earlier is None or earlier.digest != case.digest:
            continue
        for metric, tag in wanted:
            if tag and tag not in case.tags:
                continue
            old, new = earlier.mean(metric), case.mean(metric)
            if old is not None and new is not None:
                pairs = found[metric, tag]
                pairs.before.append(old)
                pairs.now.append(new)
                pairs.clusters.append(case.cluster or f"\0{name}")
    return found


@dataclass(frozen=True, slots=True)
class CaseMean:
    """A case in one run.

    Attributes:
        digest: Of what decides its outcome: cases of two runs are only paired where it is the same.
        tags: Its tags.
        value: The mean of a metric over its epochs.
    """

    digest: str
    tags: tuple[str, ...]
    value: float


def means_of(run: Path, metric: str) -> dict[str, CaseMean]:
    """The cases of a run that a metric judged, by their ids.

    Args:
        run: The log.
        metric: The metric.
    """
    found = _gathered(read_trials(run), frozenset({metric})).items()
    means = ((name, case, case.mean(metric)) for name, case in found)
    return {name: CaseMean(case.digest, case.tags, mean) for name, case, mean in means if mean is not None}


def _gathered(trials: Iterable[TrialRecord], metrics: frozenset[str]) -> dict[str, _Case]:
    found: dict[str, _Case] = {}
    for trial in trials:
        held = found.get(trial.case.id)
        if held is None:
            held = found[trial.case.id] = _Case(trial.digest, trial.case.tags, trial.cluster)
        for score in trial.scores:
            if score.value is not None and score.name in metrics:
                total, count = held.sums.get(score.name, (0.0, 0))
                held.sums[score.name] = (total + score.value, count + 1)
    return found
