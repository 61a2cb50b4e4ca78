"""Finding everything that is wrong with a suite, without running it."""

from __future__ import annotations

from podium.core.errors import ConfigError, PodiumError
from podium.evals.loading import LoadedSuite
from podium.evals.making import make_scorers, make_target
from podium.evals.running import check_metrics, no_cases
from podium.evals.selection import Selection


def faults_of(loaded: LoadedSuite, *, most: int = 50) -> tuple[int, list[PodiumError]]:
    """How many cases a suite has, and what is wrong with it.

    Args:
        loaded: The suite.
        most: How many faults are looked for.
    """
    faults: list[PodiumError] = []
    for check in (_scorers, make_target):
        try:
            check(loaded)
        except PodiumError as error:
            faults.append(error)
    cases = 0
    for found in loaded.found():
        if not isinstance(found, ConfigError):
            cases += 1
        elif len(faults) < most:
            faults.append(found)
    if not cases and not faults:
        faults.append(no_cases(loaded, Selection()))
    return cases, faults


def _scorers(loaded: LoadedSuite) -> None:
    check_metrics(loaded, make_scorers(loaded))
