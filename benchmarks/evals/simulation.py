"""How often intervals hold the truth, and what the gate does, on systems whose truth is known."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from podium.evals.statistics.gating import gate
from podium.evals.statistics.intervals import mean_interval
from podium.evals.statistics.paired import Comparison, compare
from podium.evals.statistics.quantiles import quantile_interval

Generator = np.random.Generator
Drawn = tuple["np.ndarray[tuple[int, ...], np.dtype[np.float64]]", list[int] | None, float]
"""Values, their clusters, and the true figure."""


def right_or_wrong(n: int, share: float) -> Callable[[Generator], Drawn]:
    """Cases of their own."""
    return lambda rng: ((rng.random(n) < share).astype(float), None, share)


def conversations(count: int, share: float, alike: float) -> Callable[[Generator], Drawn]:
    """Right or wrong in conversations of two to six cases that are alike to a degree, within 0 and 1."""

    def draw(rng: Generator) -> Drawn:
        rest = 1 / alike - 1
        chance = rng.beta(share * rest, (1 - share) * rest, size=count)
        clusters = np.repeat(np.arange(count), rng.choice([2, 3, 4, 6], size=count))
        return (rng.random(clusters.size) < chance[clusters]).astype(float), clusters.tolist(), share

    return draw


def word_overlap(n: int) -> Callable[[Generator], Drawn]:
    """Scores such as token F1: many 1, some 0, the rest between."""

    def draw(rng: Generator) -> Drawn:
        kind = rng.random(n)
        return np.where(kind < 0.7, 1.0, np.where(kind < 0.8, 0.0, rng.random(n))), None, 0.8

    return draw


def skewed_conversations(count: int) -> Callable[[Generator], Drawn]:
    """Seconds: a long tail, and conversations that are slow as a whole."""

    def draw(rng: Generator) -> Drawn:
        clusters = np.repeat(np.arange(count), rng.choice([2, 3, 4, 6], size=count))
        slow = 0.4 * rng.normal(size=count)[clusters] + 0.4 * rng.normal(size=clusters.size)
        return np.exp(slow), clusters.tolist(), float(np.exp(0.16))

    return draw


SYSTEMS: dict[str, Callable[[Generator], Drawn]] = {
    "100 cases, half right": right_or_wrong(100, 0.5),
    "100 cases, 90 % right": right_or_wrong(100, 0.9),
    "200 cases, 95 % right": right_or_wrong(200, 0.95),
    "50 conversations, 80 % right": conversations(50, 0.8, 0.3),
    "50 conversations, 90 % right": conversations(50, 0.9, 0.3),
    "50 conversations, 95 % right": conversations(50, 0.95, 0.3),
    "100 conversations, 95 % right": conversations(100, 0.95, 0.1),
    "100 scores with many 1": word_overlap(100),
    "100 seconds": lambda rng: (rng.exponential(size=100), None, 1.0),
    "50 conversations of seconds": skewed_conversations(50),
}


def coverage(rounds: int, seed: int) -> dict[str, float]:
    """Share of the intervals that hold the true mean, by system."""
    return {name: _share(draw, rounds, seed) for name, draw in SYSTEMS.items()}


def quantile_coverage(rounds: int, seed: int) -> float:
    """Share of the intervals that hold the true 95th percentile of 200 cases."""
    rng = np.random.default_rng(seed)
    true = -np.log(0.05)
    found = [quantile_interval(rng.exponential(size=200), 0.95) for _ in range(rounds)]
    return float(np.mean([one.low <= true <= one.high for one in found]))


def _share(draw: Callable[[Generator], Drawn], rounds: int, seed: int) -> float:
    rng = np.random.default_rng(seed)
    held = 0
    for number in range(rounds):
        values, clusters, true = draw(rng)
        found = mean_interval(values, clusters, seed=number)
        if not found.reliable:
            raise AssertionError("the simulation is of samples that can be relied on")
        held += found.low <= true <= found.high
    return held / rounds


def gate_passes(rounds: int, seed: int, *, loss: float, others: int) -> float:
    """How often the gate lets a system pass that truly lost so much of its primary metric.

    200 paired cases, of which a fifth come out differently; the other metrics are unchanged.

    Args:
        rounds: Simulated releases.
        seed: Of the simulation.
        loss: True loss of the share of right answers.
        others: Metrics that are gated besides.
    """
    rng = np.random.default_rng(seed)
    passed = 0
    for _ in range(rounds):
        more = {f"other {at}": _release(rng, 0.0) for at in range(others)}
        passed += gate({"primary": _release(rng, loss), **more}, "primary").passed
    return passed / rounds


def _release(rng: Generator, loss: float, pairs: int = 200, discordant: float = 0.2) -> Comparison:
    kind = rng.choice(
        4, p=[0.7, (discordant + loss) / 2, (discordant - loss) / 2, 0.3 - discordant], size=pairs
    )
    before, now = np.isin(kind, (0, 1)), np.isin(kind, (0, 2))
    return compare(before.astype(float), now.astype(float))
