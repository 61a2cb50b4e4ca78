"""Do judges agree with each other, and one of them with people?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal, TypeAlias

import numpy as np

from podium.core.errors import FigureError
from podium.evals.statistics.intervals import Interval, mean_interval
from podium.evals.statistics.numbers import Floats, finite, outcomes, same_length

Scale: TypeAlias = Literal["nominal", "ordinal", "interval"]


@dataclass(frozen=True, slots=True)
class JudgeCheck:
    """A judge against human labels.

    Attributes:
        agreement: Share of cases on which they agree.
        kappa: Cohen's kappa, agreement beyond chance; None where neither ever varied.
        kappa_low: Lower limit of kappa (95 %); None with it.
        kappa_high: Upper limit.
        too_kind: Share of the cases that people call wrong and the judge right; None where there are none.
        too_strict: Share of the cases that people call right and the judge wrong; None where there are none.
    """

    agreement: Interval
    kappa: float | None
    kappa_low: float | None
    kappa_high: float | None
    too_kind: Interval | None
    too_strict: Interval | None


def krippendorff_alpha(ratings: Sequence[Sequence[float | None]], scale: Scale = "interval") -> float:
    """Krippendorff's alpha of several judges (Krippendorff 2011): 1 agreement, 0 chance.

    Args:
        ratings: Of each judge, one for each item; None where it gave none.
        scale: Whether ratings are names, ranks or amounts.

    Raises:
        FigureError: No item has two ratings, a rating is no number, or all ratings are the same.
    """
    if len({len(row) for row in ratings}) != 1:
        raise FigureError(
            "judges have rated different numbers of items", hint="Give None where one is missing."
        )
    given = [rating for row in ratings for rating in row if rating is not None]
    finite(given, "ratings")
    items = [[rating for rating in column if rating is not None] for column in zip(*ratings, strict=True)]
    paired = [item for item in items if len(item) > 1]
    if not paired:
        raise FigureError("no item was rated by two judges", hint="Let every judge rate the same cases.")
    values = np.unique([rating for item in paired for rating in item])
    together = np.zeros((values.size, values.size))
    for item in paired:
        counts = np.bincount(np.searchsorted(values, item), minlength=values.size)
        together += (np.outer(counts, counts) - np.diag(counts)) / (len(item) - 1)
    totals = together.sum(axis=0)
    distance = _distance(values, totals, scale)
    expected = float((np.outer(totals, totals) * distance).sum()) / (totals.sum() - 1)
    if expected == 0:
        raise FigureError(
            "all judges always gave the same rating: nothing to agree on", hint="Add other cases."
        )
    seen = float((together * distance).sum())
    return float(1 - seen / expected)


def cohen_kappa(one: Sequence[float], other: Sequence[float]) -> tuple[float, float]:
    """Cohen's kappa of two judges on names or classes, and its standard error (Fleiss et al. 1969).

    Raises:
        FigureError: Nothing was judged, not as many by both, or both always said the same.
    """
    left, right = finite(one, "ratings"), finite(other, "ratings")
    same_length("ratings", left, right)
    values, places = np.unique(np.concatenate([left, right]), return_inverse=True)
    table = np.zeros((values.size, values.size))
    np.add.at(table, (places[: left.size], places[left.size :]), 1 / left.size)
    rows, columns = table.sum(axis=1), table.sum(axis=0)
    chance = float(rows @ columns)
    if math.isclose(chance, 1.0):
        raise FigureError(
            "both judges always said the same: no agreement beyond chance", hint="Add other cases."
        )
    seen = float(np.trace(table))
    kappa = (seen - chance) / (1 - chance)
    return kappa, _kappa_error(table, rows, columns, kappa, chance, left.size)


def check_judge(
    judged: Sequence[bool] | Sequence[float], labels: Sequence[bool] | Sequence[float], *, level: float = 0.95
) -> JudgeCheck:
    """Hold a judge's verdicts against human labels.

    Args:
        judged: Right or wrong by the judge, one a case.
        labels: Right or wrong by people.
        level: Of the intervals.

    Raises:
        FigureError: Nothing was judged, not as many of both, or values that are neither 0 nor 1.
    """
    verdicts, truth = outcomes(judged, "verdicts"), outcomes(labels, "labels")
    same_length("verdicts and labels", verdicts, truth)
    wrong, good = truth == 0, truth == 1
    kappa = low = high = None
    if np.unique(np.concatenate([verdicts, truth])).size > 1:
        kappa, error = cohen_kappa(list(verdicts), list(truth))
        half = NormalDist().inv_cdf((1 + level) / 2) * error
        low, high = max(-1.0, kappa - half), min(1.0, kappa + half)
    return JudgeCheck(
        agreement=mean_interval((verdicts == truth).astype(float), level=level),
        kappa=kappa,
        kappa_low=low,
        kappa_high=high,
        too_kind=mean_interval(verdicts[wrong], level=level) if wrong.any() else None,
        too_strict=mean_interval(1 - verdicts[good], level=level) if good.any() else None,
    )


def _distance(values: Floats, totals: Floats, scale: Scale) -> Floats:
    if scale == "nominal":
        return 1.0 - np.eye(values.size)
    if scale == "interval":
        return np.asarray((values[:, None] - values[None, :]) ** 2, dtype=float)
    ranks = np.cumsum(totals) - totals / 2  # the ratings between two count whole, they themselves half
    return np.asarray((ranks[:, None] - ranks[None, :]) ** 2, dtype=float)


def _kappa_error(table: Floats, rows: Floats, columns: Floats, kappa: float, chance: float, n: int) -> float:
    diagonal = np.diag(table)
    own = float(diagonal @ (1 - (rows + columns) * (1 - kappa)) ** 2)
    cross = table * (columns[:, None] + rows[None, :]) ** 2
    other = (1 - kappa) ** 2 * float(cross.sum() - np.trace(cross))
    rest = (kappa - chance * (1 - kappa)) ** 2
    return math.sqrt(max(0.0, own + other - rest) / n) / (1 - chance)
