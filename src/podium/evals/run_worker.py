"""A process that runs one suite for another, which says what on standard input and hears how far it is.

What the suite's own code prints goes to standard error. When the other process is gone, so is this one; what
is in the log stays, and the run can be gone on with.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from typing import Any

from podium.core.errors import InputError, PodiumError
from podium.evals.estimate import estimate
from podium.evals.gate import judge_run
from podium.evals.loading import load_suite
from podium.evals.log import TrialRecord
from podium.evals.running import Prepared, Ran, RunOptions, prepare, run_suite
from podium.evals.selection import Selection
from podium.evals.suite import ProjectSpec

Tell = Callable[[dict[str, Any]], None]


def main() -> None:
    """Run what is asked for."""
    told = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    asked = json.loads(sys.stdin.buffer.readline())
    Thread(target=_end_with_asker, daemon=True).start()

    def tell(value: dict[str, Any]) -> None:
        told.write(json.dumps(value).encode() + b"\n")

    try:
        prepared = _prepared(asked)
        tell({"planned": prepared.planned, "log": str(prepared.log)})
        tell({"verdict": _verdict(asyncio.run(_run(prepared, tell)))})
    except PodiumError as error:
        tell({"error": error.as_dict()})


def _end_with_asker() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


def _prepared(asked: dict[str, Any]) -> Prepared:
    loaded = load_suite(Path(asked["suite"]))
    of_project = isinstance(loaded.suite.target, ProjectSpec)
    prepared = prepare(
        loaded,
        RunOptions(
            out=Path(asked["out"]),
            selection=Selection(tags=frozenset(asked["tags"]), limit=asked["limit"]),
            model=asked["model"] if of_project else None,
            max_cost=asked["max_cost"],
        ),
    )
    expected = estimate(prepared)
    if expected is not None and asked["max_cost"] is None:
        raise InputError(f"this run costs money: {expected.text}", hint="Say how much it may: max_cost.")
    return prepared


async def _run(prepared: Prepared, tell: Tell) -> Ran:
    def told(done: int, total: int, record: TrialRecord | None) -> None:
        tell({"done": done, "planned": total, "case": record.case.id if record is not None else ""})

    return await run_suite(prepared, told)


def _verdict(ran: Ran) -> str:
    return judge_run(ran.header, ran.summary, ran.log, planned=ran.planned).verdict


if __name__ == "__main__":
    main()
