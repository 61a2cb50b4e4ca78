"""The figures of a log, gathered as its trials go by: what stays in memory is a number for each score."""

from __future__ import annotations

import heapq
from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from podium.evals.log import LogHeader, TrialRecord
from podium.evals.observation import Observation

if TYPE_CHECKING:
    from podium.evals.statistics.intervals import Interval

WORST = 5


@dataclass(slots=True)
class Column:
    """The values of one metric.

    Attributes:
        values: One for each trial that was judged.
        clusters: The number of the family of each.
        errors: Trials on which the scorer failed.
        missing: Trials to which it does not apply.
    """

    values: array[float] = field(default_factory=lambda: array("d"))
    clusters: array[int] = field(default_factory=lambda: array("q"))
    errors: int = 0
    missing: int = 0

    @property
    def mean(self) -> float | None:
        """The mean; None where nothing was judged."""
        return sum(self.values) / len(self.values) if self.values else None


@dataclass(frozen=True, slots=True, order=True)
class Worst:
    """A trial that went badly.

    Attributes:
        value: Of the primary metric; below all values for an error.
        case: The case's id.
        epoch: Which run of it.
        reason: What is known of why.
    """

    value: float
    case: str
    epoch: int = 0
    reason: str = ""


def _cost(observed: Observation) -> float | None:
    """Money spent; nothing where no model was called."""
    return 0.0 if observed.cost is None and not observed.model_calls else observed.cost


class Summary:
    """Figures of the trials it was told of.

    Args:
        primary: The metric by which trials are called bad; the first that comes when empty.
        slices: Tags that are also looked at on their own.
    """

    def __init__(self, primary: str = "", slices: Iterable[str] = ()) -> None:
        self.primary = primary
        self.trials = 0
        self.errors = 0
        self.cached = 0
        self.cost: float | None = 0.0
        self.seconds = array("d")
        self.columns: dict[tuple[str, str], Column] = {}
        self._slices = frozenset(slices)
        self._named: dict[str, int] = {}
        self._clustered = False
        self._worst: list[tuple[float, int, Worst]] = []

    @classmethod
    def of(cls, header: LogHeader, trials: Iterable[TrialRecord]) -> Summary:
        """The figures of a log."""
        found = cls(header.primary, (one.slice for one in header.thresholds if one.slice))
        for trial in trials:
            found.add(trial)
        return found

    @property
    def metrics(self) -> tuple[str, ...]:
        """The names of the metrics, in the order in which they came."""
        return tuple(name for name, tag in self.columns if not tag)

    def add(self, trial: TrialRecord) -> None:
        """Count one more trial."""
        self.trials += 1
        self.cached += trial.cached
        cluster = self._cluster(trial)
        if trial.observation is not None:
            self.seconds.append(trial.observation.seconds)
            cost = 0.0 if trial.cached else _cost(trial.observation)
            self.cost = None if self.cost is None or cost is None else self.cost + cost
        if trial.error is not None:
            self.errors += 1
            self._note(Worst(float("-inf"), trial.case.id, trial.epoch, trial.error.message))
            return
        tags = ("", *(tag for tag in trial.case.tags if tag in self._slices))
        for score in trial.scores:
            for tag in tags:
                column = self.columns.setdefault((score.name, tag), Column())
                if score.value is not None:
                    column.values.append(score.value)
                    column.clusters.append(cluster)
                elif score.error:
                    column.errors += 1
                else:
                    column.missing += 1
            if score.name == (self.primary or trial.scores[0].name):
                if score.value is not None and score.value < 1.0:
                    self._note(Worst(score.value, trial.case.id, trial.epoch, score.reason))
                elif score.error:
                    self._note(Worst(float("-inf"), trial.case.id, trial.epoch, score.error))

    def worst(self) -> list[Worst]:
        """The trials that went worst, worst first."""
        return [one for _, _, one in sorted(self._worst, key=lambda item: (-item[0], -item[1]))]

    def interval(self, metric: str, slice_: str = "", *, seed: int = 0) -> Interval | None:
        """The mean of a metric with its interval; None where nothing was judged."""
        column = self.columns.get((metric, slice_))
        if column is None or not column.values:
            return None
        from podium.evals.statistics.intervals import mean_interval

        clusters = column.clusters if self._clustered else None
        return mean_interval(column.values, clusters, seed=seed)

    def _cluster(self, trial: TrialRecord) -> int:
        name = trial.cluster or f"\0{trial.case.id}"
        self._clustered |= bool(trial.cluster) or trial.epoch > 0
        return self._named.setdefault(name, len(self._named))

    def _note(self, one: Worst) -> None:
        # Kept as a heap whose head is the least bad, so that a worse one takes its place.
        heapq.heappush(self._worst, (-one.value, -self.trials, one))
        if len(self._worst) > WORST:
            heapq.heappop(self._worst)
