"""Cases that are run several times: does one of k runs succeed, do all of them?"""

from __future__ import annotations

import math

from podium.core.errors import FigureError


def pass_at_k(runs: int, successes: int, k: int) -> float:
    """The chance that at least one of k runs succeeds, without bias (Chen et al. 2021).

    Args:
        runs: How often the case was run.
        successes: How often it succeeded.
        k: How many runs are looked at.

    Raises:
        FigureError: It was run less than k times.
    """
    _check(runs, successes, k)
    return 1.0 - math.comb(runs - successes, k) / math.comb(runs, k)


def pass_hat_k(runs: int, successes: int, k: int) -> float:
    """The chance that all of k runs succeed, without bias (pass^k: Yao et al. 2024).

    Args:
        runs: How often the case was run.
        successes: How often it succeeded.
        k: How many runs are looked at.

    Raises:
        FigureError: It was run less than k times.
    """
    _check(runs, successes, k)
    return math.comb(successes, k) / math.comb(runs, k)


def _check(runs: int, successes: int, k: int) -> None:
    if k < 1 or not 0 <= successes <= runs:
        raise ValueError("k is at least 1, and successes lie between 0 and runs")
    if runs < k:
        raise FigureError(f"{runs} runs cannot tell of {k}", hint=f"Run every case {k} times or more.")
