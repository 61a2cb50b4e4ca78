"""Whether a release may pass: a loss that chance does not explain stops it.

The test is one-sided, since a gain stops nobody, and errs on 3.5 unchanged systems in a hundred at most: the
primary metric alone takes all of it, or six sevenths where others are gated as well; these share the rest by
Holm's rule, so that what is secondary stops a release only by a clear loss. On 200 pairs of which a fifth
differ, a true loss of ten points of the primary metric is then caught 92 times in 100.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from podium.core.errors import FigureError
from podium.evals.statistics.paired import Comparison
from podium.evals.statistics.testing import holm, mcnemar

FALSE_ALARMS = 0.035
PRIMARY_SHARE = 6 / 7


@dataclass(frozen=True, slots=True)
class GateDecision:
    """What the gate says.

    Attributes:
        passed: Whether nothing has got worse beyond chance.
        worse: The metrics that have, in order.
        p_values: Of a loss, by metric, before any correction.
        levels: What each is held against; for all but the primary after Holm's correction.
    """

    passed: bool
    worse: tuple[str, ...]
    p_values: Mapping[str, float]
    levels: Mapping[str, float]


def gate(
    comparisons: Mapping[str, Comparison], primary: str, *, false_alarms: float = FALSE_ALARMS
) -> GateDecision:
    """Decide on a candidate.

    Args:
        comparisons: With the baseline, by metric or by metric and slice.
        primary: The metric that matters most.
        false_alarms: How often an unchanged system may be stopped at most.

    Raises:
        FigureError: The primary metric was not compared.
    """
    if primary not in comparisons:
        raise FigureError(
            f"the primary metric '{primary}' has no values in both runs",
            hint="Name a metric that both runs have, or look at their errors.",
        )
    others = [name for name in comparisons if name != primary]
    levels = {primary: false_alarms * (PRIMARY_SHARE if others else 1.0)}
    raised = {primary: comparisons[primary].p_worse}
    if others:
        share = false_alarms * (1 - PRIMARY_SHARE)
        values = holm([comparisons[name].p_worse for name in others])
        levels |= dict.fromkeys(others, share)
        raised |= dict(zip(others, values, strict=True))
    worse = tuple(name for name in comparisons if raised[name] <= levels[name])
    plain = {name: comparison.p_worse for name, comparison in comparisons.items()}
    return GateDecision(not worse, worse, plain, levels)


def gate_power(pairs: int, loss: float, discordant: float, *, level: float = FALSE_ALARMS) -> float:
    """How often the gate stops a loss of right answers: exactly, by adding up every outcome.

    Args:
        pairs: Cases, each on its own.
        loss: True loss of the share of right answers; 0 gives how often an unchanged system is stopped.
        discordant: Share of the pairs that differ.
        level: What the metric is held against.
    """
    if not 0 <= loss <= discordant <= 1 or discordant == 0:
        raise ValueError("loss lies between 0 and discordant, which lies between 0 and 1")
    worse_share = (discordant + loss) / 2 / discordant
    total = 0.0
    for differ in range(pairs + 1):
        chance = _binomial(differ, pairs, discordant)
        if chance > 1e-15:
            total += chance * _stopped(differ, worse_share, level)
    return total


def _stopped(differ: int, worse_share: float, level: float) -> float:
    """The chance of a stop, given how many pairs differ; the p-value falls with every pair lost."""
    low, high = 0, differ + 1
    while low < high:
        middle = (low + high) // 2
        if mcnemar(middle, differ - middle) <= level:
            high = middle
        else:
            low = middle + 1
    return math.fsum(_binomial(lost, differ, worse_share) for lost in range(low, differ + 1))


def _binomial(successes: int, trials: int, chance: float) -> float:
    if chance in (0.0, 1.0):
        return float(successes == trials * chance)
    log = math.lgamma(trials + 1) - math.lgamma(successes + 1) - math.lgamma(trials - successes + 1)
    return math.exp(log + successes * math.log(chance) + (trials - successes) * math.log1p(-chance))
