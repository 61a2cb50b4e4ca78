"""Which cases of a run went wrong."""

from __future__ import annotations

from pathlib import Path

from podium.evals.log import read_header, read_trials


def failed_cases(log: Path) -> frozenset[str]:
    """The ids of cases that ended in an error, or whose primary metric is not known or below 1.

    Args:
        log: The run.

    Raises:
        InputError: It is no log.
    """
    primary = read_header(log).primary
    found: set[str] = set()
    for trial in read_trials(log):
        value = trial.value(primary)
        if trial.error is not None or value is None or value < 1.0:
            found.add(trial.case.id)
    return frozenset(found)
