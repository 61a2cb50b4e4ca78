"""Fitting a project's confidence on the labelled runs of logs."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from podium.core.errors import EvalError
from podium.evals.log import read_header, read_trials
from podium.evals.report.gather import SUCCESS
from podium.evals.statistics.fitting import Fit, Method, cross_fitted


def calibrate(logs: Iterable[Path], method: Method, *, seed: int = 0) -> Fit:
    """Fit the confidence that runs stated, before any calibration, to whether they were right.

    A run is right by its case's label, and where there is none by the suite's primary metric.

    Args:
        logs: The runs.
        method: `isotonic` or `logistic`.
        seed: Of the parts that are held out in turn.

    Raises:
        InputError: A file is no log.
        EvalError: Nothing in them is labelled and states a confidence.
        FigureError: All labels are alike.
    """
    scores: list[float] = []
    right: list[bool] = []
    clusters: list[str] = []
    for log in logs:
        primary = read_header(log).primary
        for trial in read_trials(log):
            seen, label = trial.observation, trial.case.expected.label
            if seen is None or seen.uncalibrated is None:
                continue
            value = trial.value(primary)
            if label is None and value is None:
                continue
            scores.append(seen.uncalibrated)
            right.append(label if label is not None else (value or 0.0) >= SUCCESS)
            clusters.append(trial.cluster or trial.case.id)
    if not scores:
        raise EvalError(
            "no run in these logs states a confidence and is labelled",
            hint="Run a suite against a project, with a primary metric or with labels.",
        )
    return cross_fitted(scores, right, method, clusters, seed=seed)
