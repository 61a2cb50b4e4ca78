"""Taking a run as the new baseline: what later runs are held against."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from podium.core.errors import InputError
from podium.evals.case import Case
from podium.evals.log import LogHeader, TrialRecord, line_of, read_header, read_trials
from podium.storage.files import write_whole

BASELINES: Final = "baselines"
"""The folder beside the suites."""


def baseline_of(evals: Path, suite: str) -> Path:
    """Where a suite's baseline lies.

    Args:
        evals: The folder of suites.
        suite: The suite's name.
    """
    return evals / BASELINES / f"{suite}.jsonl"


def accept(log: Path, baseline: Path, *, allow_errors: bool = False) -> LogHeader:
    """Write a run as a baseline: its scores without what was observed, so that it is small enough to keep.

    Args:
        log: The run.
        baseline: The file that is written; what was there is replaced.
        allow_errors: Whether trials without a result are taken, too.

    Raises:
        InputError: It is no log, it is not complete, or a trial has no result.
    """
    header = read_header(log)
    lines, errors = [line_of(header)], 0
    for trial in read_trials(log):
        errors += trial.error is not None
        lines.append(line_of(_slim(trial)))
    trials = len(lines) - 1
    if trials < header.planned:
        raise InputError(
            f"{log} is not complete: {trials} of {header.planned} trials",
            hint="Go on with it: podium eval run … --resume.",
        )
    if errors and not allow_errors:
        raise InputError(
            f"{errors} of {trials} trials of {log} ended in an error",
            hint="Mend them first, or accept them with --allow-errors.",
        )
    write_whole(baseline, b"".join(lines))
    return header


def _slim(trial: TrialRecord) -> TrialRecord:
    case = Case(id=trial.case.id, input="", tags=trial.case.tags, cluster=trial.case.cluster)
    scores = tuple(score.model_copy(update={"details": {}, "reason": ""}) for score in trial.scores)
    return trial.model_copy(update={"case": case, "observation": None, "scores": scores})
