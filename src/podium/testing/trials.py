"""Records of evaluations without a run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from podium.evals.case import Case
from podium.evals.log import SCHEMA_VERSION, LogHeader, LogWriter, TrialError, TrialRecord
from podium.evals.observation import Observation
from podium.evals.score import Score


def header(**changes: Any) -> LogHeader:
    """A header of a run of the suite `small`."""
    said: dict[str, Any] = {
        "kind": "header",
        "schema_version": SCHEMA_VERSION,
        "suite": "small",
        "digest": "d",
        "target": "answer",
        "planned": 1,
        "primary": "exact",
        "created_at": "2026-01-01T00:00:00Z",
    }
    return LogHeader.model_validate({**said, **changes})


def trial(
    case: str,
    value: float | None = 1.0,
    *,
    epoch: int = 0,
    tags: tuple[str, ...] = (),
    cluster: str = "",
    digest: str = "same",
    error: str = "",
    metric: str = "exact",
) -> TrialRecord:
    """A trial with one score, or with an error."""
    return TrialRecord(
        kind="trial",
        case=Case(id=case, input="?", tags=tags),
        epoch=epoch,
        digest=digest,
        cluster=cluster,
        observation=None if error else Observation(output="!", seconds=0.5, cost=0.0),
        scores=() if error else (Score(name=metric, value=value),),
        error=TrialError(code="case_failed", message=error) if error else None,
    )


def write_log(path: Path, head: LogHeader, *trials: TrialRecord) -> Path:
    """A log with these trials."""
    writer = LogWriter(path)
    writer.add(head)
    for one in trials:
        writer.add(one)
    writer.close()
    return path
