"""What is kept of a log while it is read as a stream: numbers for each run, and the worst runs whole."""

from __future__ import annotations

import heapq
from array import array
from collections import Counter
from dataclasses import dataclass, field

from podium.evals.log import TrialRecord
from podium.evals.report.model import Row

WORST = 20
SUCCESS = 0.5
"""A run counts as a success when its primary metric is at least this."""

Key = tuple[str, int]


@dataclass(slots=True)
class Column:
    """The values of one metric, and whose they are."""

    values: array[float] = field(default_factory=lambda: array("d"))
    runs: array[int] = field(default_factory=lambda: array("q"))
    """The number of the run that each value belongs to."""
    errors: int = 0
    missing: int = 0


@dataclass(slots=True)
class Gathered:
    """What is kept of the runs of a log: numbers, and the worst ones whole."""

    primary: str
    keys: list[Key] = field(default_factory=list)
    tags: list[tuple[str, ...]] = field(default_factory=list)
    clusters: list[str] = field(default_factory=list)
    columns: dict[str, Column] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    confidence: array[float] = field(default_factory=lambda: array("d"))
    right: array[float] = field(default_factory=lambda: array("d"))
    routes: Counter[tuple[str, str]] = field(default_factory=Counter)
    needed: list[bool] = field(default_factory=list)
    asked: list[bool] = field(default_factory=list)
    escalated: int = 0
    guardrails: Counter[str] = field(default_factory=Counter)
    seconds: array[float] = field(default_factory=lambda: array("d"))
    model_calls: int = 0
    tokens: int = 0
    cost: float | None = 0.0
    successes: int = 0
    errors: int = 0
    cases: set[str] = field(default_factory=set)
    worst: list[tuple[float, int, TrialRecord]] = field(default_factory=list)

    def add(self, trial: TrialRecord) -> None:
        """Take in one more run."""
        number = len(self.keys)
        self.keys.append(trial.key)
        self.tags.append(trial.case.tags)
        self.clusters.append(trial.cluster or trial.case.id)
        self.cases.add(trial.case.id)
        primary = trial.value(self.primary)
        self.rows.append(_row(trial, primary))
        for score in trial.scores:
            column = self.columns.setdefault(score.name, Column())
            if score.value is not None:
                column.values.append(score.value)
                column.runs.append(number)
            elif score.error:
                column.errors += 1
            else:
                column.missing += 1
        self.errors += trial.error is not None
        if trial.observation is not None:
            self._see(trial, primary)
        self._keep_if_bad(trial, primary)

    def worst_first(self) -> list[TrialRecord]:
        """The worst runs: those without a result, then by the primary metric."""
        return [trial for _, _, trial in sorted(self.worst, key=lambda one: (-one[0], -one[1]))]

    def _see(self, trial: TrialRecord, primary: float | None) -> None:
        seen, expected = trial.observation, trial.case.expected
        assert seen is not None  # noqa: S101 - the caller looked
        self.seconds.append(seen.seconds)
        self.model_calls += seen.model_calls
        self.tokens += seen.input_tokens + seen.output_tokens
        self.cost = None if self.cost is None or seen.cost is None else self.cost + seen.cost
        self.successes += primary is not None and primary >= SUCCESS
        self.guardrails.update(seen.guardrails)
        self.escalated += seen.escalated
        if expected.escalates is not None:
            self.needed.append(expected.escalates)
            self.asked.append(seen.escalated)
        if expected.route is not None:
            self.routes[expected.route, seen.route or "none"] += 1
        right = expected.label if expected.label is not None else primary
        if seen.confidence is not None and right is not None:
            self.confidence.append(seen.confidence)
            self.right.append(float(right >= SUCCESS))

    def _keep_if_bad(self, trial: TrialRecord, primary: float | None) -> None:
        value = primary if trial.error is None else float("-inf")
        if value is None or value >= 1.0:
            return
        # A heap whose head is the least bad one, so that a worse one takes its place.
        heapq.heappush(self.worst, (-value, -len(self.keys), trial))
        if len(self.worst) > WORST:
            heapq.heappop(self.worst)


def _row(trial: TrialRecord, primary: float | None) -> Row:
    return Row(
        id=trial.case.id,
        epoch=trial.epoch,
        tags=trial.case.tags,
        score=primary,
        seconds=trial.observation.seconds if trial.observation else trial.seconds,
        error=trial.error.code if trial.error else "",
    )
