"""Fitting a calibration on labelled outcomes; `podium.guardrails.calibration` applies it.

What is fitted is the plain score of a turn, before any calibration: run the labelled cases without one.
No fitted probability is more certain than the number of labels allows: with n of them it stays within
1/(n+2) and (n+1)/(n+2), Laplace's rule of succession.
"""

from __future__ import annotations

import json
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias, assert_never

import numpy as np

from podium.core.errors import EvalError, FigureError
from podium.evals.statistics.calibration import CalibrationFigures, calibration_figures
from podium.evals.statistics.numbers import Floats, groups, outcomes, probabilities, same_length
from podium.guardrails.calibration import Isotonic, Logistic
from podium.storage.files import write_whole

Method: TypeAlias = Literal["isotonic", "logistic"]

LEAST_LABELS = 50
"""Fewer labels than these fit the noise; a report has to say so."""

_STEPS = 100


@dataclass(frozen=True, slots=True)
class Fit:
    """A fitted calibration and what it is worth on cases that it was not fitted on.

    Attributes:
        calibration: Fitted on all cases.
        before: The scores as they were.
        after: The scores calibrated, each by a fit without its fold.
        reliable: Whether there are labels enough.
    """

    calibration: Isotonic | Logistic
    before: CalibrationFigures
    after: CalibrationFigures
    reliable: bool


def fit(
    scores: Sequence[float], right: Sequence[bool] | Sequence[float], method: Method
) -> Isotonic | Logistic:
    """Fit a calibration.

    Args:
        scores: Uncalibrated confidence, within 0 and 1, one a case.
        right: Whether each outcome was right, by its label.
        method: `isotonic` follows any rising shape and wants some hundred labels; `logistic` has two numbers.

    Raises:
        FigureError: No labels, all alike, or values outside their bounds.
    """
    values, truth = _labelled(scores, right)
    match method:
        case "isotonic":
            return _isotonic(values, truth)
        case "logistic":
            return _logistic(values, truth)
        case _:
            assert_never(method)


def cross_fitted(
    scores: Sequence[float],
    right: Sequence[bool] | Sequence[float],
    method: Method,
    clusters: Sequence[Hashable] | None = None,
    *,
    folds: int = 5,
    seed: int = 0,
) -> Fit:
    """Fit a calibration and measure it on held-out cases.

    Args:
        scores: Uncalibrated confidence, within 0 and 1, one a case.
        right: Whether each outcome was right.
        method: See `fit`.
        clusters: Cases of one cluster are held out together.
        folds: Into how many parts the cases are cut.
        seed: Of the cut.

    Raises:
        FigureError: No labels, all alike also without one fold, or values outside their bounds.
    """
    values, truth = _labelled(scores, right)
    named = groups(clusters, values.size)
    count = int(named.max()) + 1
    if count < 2:
        raise FigureError("one cluster cannot be held out", hint="Label cases of more conversations.")
    part = np.random.default_rng(seed).permutation(np.arange(count) % min(folds, count))[named]
    held_out = np.empty_like(values)
    for fold in np.unique(part):
        inside = part == fold
        fitted = fit(list(values[~inside]), list(truth[~inside]), method)
        held_out[inside] = [fitted.apply(float(value)) for value in values[inside]]
    return Fit(
        calibration=fit(scores, right, method),
        before=calibration_figures(list(values), list(truth)),
        after=calibration_figures(list(held_out), list(truth)),
        reliable=values.size >= LEAST_LABELS,
    )


def save_calibration(path: Path, calibration: Isotonic | Logistic) -> None:
    """Write the file that a policy names as its `calibration`; whole or not at all.

    Raises:
        EvalError: The file cannot be written.
    """
    text = json.dumps(calibration.model_dump(mode="json"), indent=2) + "\n"
    try:
        write_whole(path, text.encode())
    except OSError as error:
        raise EvalError(f"{path} cannot be written: {error.strerror}", hint="Choose another place.") from None


def _labelled(scores: Sequence[float], right: Sequence[bool] | Sequence[float]) -> tuple[Floats, Floats]:
    values, truth = probabilities(scores, "scores"), outcomes(right, "labels")
    same_length("scores and labels", values, truth)
    if truth.min() == truth.max():
        kind = "right" if truth[0] else "wrong"
        raise FigureError(f"all labels are {kind}: nothing to fit", hint="Label cases of both kinds.")
    return values, truth


def _isotonic(values: Floats, truth: Floats) -> Isotonic:
    from sklearn.isotonic import IsotonicRegression

    fitted = IsotonicRegression(y_min=0.0, y_max=1.0).fit(values, truth)
    least = 1 / (values.size + 2)
    made = np.clip(np.maximum.accumulate(fitted.y_thresholds_), least, 1 - least)
    return Isotonic(
        scores=tuple(float(value) for value in fitted.X_thresholds_),
        probabilities=tuple(float(value) for value in made),
        samples=values.size,
    )


def _logistic(values: Floats, truth: Floats) -> Logistic:
    """Platt 1999 with his targets, by Newton's method (Lin, Lin and Weng 2007)."""
    inside = np.clip(values, 1e-6, 1 - 1e-6)
    odds = np.log(inside / (1 - inside))
    hits = float(truth.sum())
    targets = np.where(truth == 1, (hits + 1) / (hits + 2), 1 / (truth.size - hits + 2))
    base = float(np.log(targets.mean() / (1 - targets.mean())))
    if np.ptp(odds) < 1e-9:
        return Logistic(method="logistic", slope=0.0, intercept=base, samples=values.size)
    slope, intercept = _newton(odds, targets, base)
    if slope < 0:  # a score that says less than nothing is not turned round
        slope, intercept = 0.0, base
    return Logistic(method="logistic", slope=slope, intercept=intercept, samples=values.size)


def _newton(odds: Floats, targets: Floats, base: float) -> tuple[float, float]:
    design = np.stack([odds, np.ones_like(odds)], axis=1)
    at = np.array([0.0, base])
    loss = _cross_entropy(design @ at, targets)
    for _ in range(_STEPS):
        chance = 1 / (1 + np.exp(-design @ at))
        gradient = design.T @ (chance - targets)
        hessian = (design * (chance * (1 - chance))[:, None]).T @ design + 1e-12 * np.eye(2)
        step = np.linalg.solve(hessian, gradient)
        share = 1.0
        while share > 1e-10 and _cross_entropy(design @ (at - share * step), targets) > loss + 1e-15 * abs(
            loss
        ):
            share /= 2
        at = at - share * step
        loss = _cross_entropy(design @ at, targets)
        if float(np.abs(step).max()) < 1e-13 * (1 + float(np.abs(at).max())):
            break
    return float(at[0]), float(at[1])


def _cross_entropy(odds: Floats, targets: Floats) -> float:
    return float(np.sum(np.logaddexp(0, odds) - targets * odds))
