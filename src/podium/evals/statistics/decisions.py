"""Figures of what was decided: was a person asked when one should have been, what did a success cost?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from podium.core.errors import FigureError
from podium.evals.statistics.intervals import Interval, mean_interval
from podium.evals.statistics.numbers import finite, outcomes, same_length


@dataclass(frozen=True, slots=True)
class Escalation:
    """How well a system knows when to ask.

    Attributes:
        precision: Share of the questions to a person that were needed; None where none was asked.
        recall: Share of the needed questions that were asked; None where none was needed.
        rate: Share of cases in which a person was asked.
    """

    precision: Interval | None
    recall: Interval | None
    rate: Interval


@dataclass(frozen=True, slots=True)
class Confusion:
    """Which was expected and which was seen.

    Attributes:
        labels: All that occur, sorted.
        counts: `counts[i][j]`: expected `labels[i]`, seen `labels[j]`.
        accuracy: Share on the diagonal.
    """

    labels: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]
    accuracy: Interval


def escalation(needed: Sequence[bool], asked: Sequence[bool]) -> Escalation:
    """Precision and recall of asking a person.

    Args:
        needed: Whether each case needs one.
        asked: Whether one was asked.

    Raises:
        FigureError: No cases, or not as many of both.
    """
    truth, made = outcomes(needed, "cases"), outcomes(asked, "decisions")
    same_length("cases and decisions", truth, made)
    return Escalation(
        precision=mean_interval(truth[made == 1]) if made.any() else None,
        recall=mean_interval(made[truth == 1]) if truth.any() else None,
        rate=mean_interval(made),
    )


def cost_per_success(costs: Sequence[float | None], successes: Sequence[bool] | Sequence[float]) -> float:
    """What a success costs, failures included: all that was spent over the number of successes.

    Args:
        costs: Of each case; None where the price is not known.
        successes: Whether each succeeded.

    Raises:
        FigureError: Nothing succeeded, or a price is not known.
    """
    if any(cost is None for cost in costs):
        raise FigureError("the cost of a case is not known", hint="Give the model's prices in podium.toml.")
    spent = finite([cost for cost in costs if cost is not None], "costs")
    won = outcomes(successes, "successes")
    same_length("costs and successes", spent, won)
    if not won.any():
        raise FigureError("nothing succeeded, so a success has no cost", hint="Look at the failures first.")
    return float(spent.sum() / won.sum())


def confusion(expected: Sequence[str], seen: Sequence[str]) -> Confusion:
    """Count which was expected against which was seen.

    Args:
        expected: Of each case.
        seen: Of each case.

    Raises:
        FigureError: No cases, or not as many of both.
    """
    if len(expected) != len(seen):
        raise FigureError(f"routes: {len(expected)} and {len(seen)} values", hint="Give one for each case.")
    labels = tuple(sorted({*expected, *seen}))
    place = {label: at for at, label in enumerate(labels)}
    counts = np.zeros((len(labels), len(labels)), dtype=int)
    for wanted, found in zip(expected, seen, strict=True):
        counts[place[wanted], place[found]] += 1
    right = mean_interval([float(one == other) for one, other in zip(expected, seen, strict=True)])
    return Confusion(labels, tuple(tuple(int(n) for n in row) for row in counts), right)
