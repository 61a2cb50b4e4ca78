"""`podium eval run`: one suite after the other, and what they came to."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from podium.core.errors import InputError

if TYPE_CHECKING:
    from podium.evals.gate import Gate
    from podium.evals.loading import LoadedSuite
    from podium.evals.log import TrialRecord
    from podium.evals.running import Prepared, Ran, RunOptions

GATE_NOT_PASSED = 5


@dataclass(frozen=True, slots=True)
class RunArguments:
    """What the command line was given; `podium eval run --help` says what each means."""

    suites: tuple[str, ...]
    tags: tuple[str, ...] = ()
    limit: int | None = None
    failed: bool = False
    seed: int | None = None
    concurrency: int | None = None
    shard: str | None = None
    out: Path | None = None
    log: Path | None = None
    resume: bool = False
    baseline: Path | None = None
    cache: bool | None = None
    max_cost: float | None = None
    yes: bool = False
    model: str | None = None
    report: bool = True
    junit: Path | None = None
    record: Path | None = None
    replay: Path | None = None
    project: Path = Path()
    as_json: bool = False


def run_suites(given: RunArguments) -> int:
    """Run the suites one after the other; the exit code.

    Args:
        given: What the command line was given.

    Raises:
        PodiumError: A suite is broken, or cannot be run.
    """
    from podium.evals.loading import find_suite, load_suite
    from podium.models.resolver import OFFLINE

    single = (given.log, given.baseline, given.junit, given.record, given.replay)
    if len(given.suites) > 1 and any(one is not None for one in single):
        raise InputError(
            "--log, --baseline, --junit, --record and --replay are for one suite", hint="Name one suite."
        )
    loaded = [load_suite(find_suite(name, given.project)) for name in given.suites]
    mixed = given.model == OFFLINE or any(_of_project(suite) for suite in loaded)
    codes, shown = [], []
    for suite in loaded:
        # Beside suites of a project, those of plain functions run as they are, and offline as ever.
        ran, gate = _run(suite, given if _of_project(suite) or not mixed else replace(given, model=None))
        codes.append(_code(ran, gate))
        page = _tell_others(ran, gate, given)
        shown.append({**_as_json(ran, gate), "report": None if page is None else str(page)})
        if not given.as_json:
            from podium.cli.evaluation.showing import show_run

            show_run(ran, gate, page)
    if given.as_json:
        from podium.cli.output import write_json

        write_json({"runs": shown})
    return max(codes, default=0)


def _of_project(loaded: LoadedSuite) -> bool:
    from podium.evals.suite import ProjectSpec

    return isinstance(loaded.suite.target, ProjectSpec)


def _run(loaded: LoadedSuite, given: RunArguments) -> tuple[Ran, Gate]:
    from podium.cli.evaluation.spending import agree_to_cost
    from podium.evals.gate import check_baseline_file, judge_run
    from podium.evals.running import prepare

    if given.baseline is not None:
        check_baseline_file(given.baseline, loaded.suite.name)
    prepared = prepare(loaded, _options(loaded, given))
    agree_to_cost(prepared, yes=given.yes, as_json=given.as_json)
    ran = _with_progress(prepared)
    return ran, judge_run(ran.header, ran.summary, ran.log, baseline=given.baseline, planned=ran.planned)


def _tell_others(ran: Ran, gate: Gate, given: RunArguments) -> Path | None:
    """Write the page, and what continuous integration reads; where the page is."""
    if given.junit is not None:
        from podium.evals.junit import write_junit
        from podium.evals.log import read_trials

        write_junit(given.junit, ran.header, read_trials(ran.log), gate)
    if not given.report:
        return None
    from podium.cli.evaluation.reporting import write_report

    return write_report(ran.log, gate, baseline=given.baseline)


def _with_progress(prepared: Prepared) -> Ran:
    from podium.cli.progress import progress_bar
    from podium.evals.running import run_suite

    with progress_bar(f"Running {prepared.suite.name}") as progress:

        def told(done: int, total: int, record: TrialRecord | None) -> None:
            progress(done, total, record.case.id if record is not None else "")

        return asyncio.run(run_suite(prepared, told))


def _options(loaded: LoadedSuite, given: RunArguments) -> RunOptions:
    from podium.evals.running import RunOptions, newest_log
    from podium.evals.selection import Selection, parse_shard

    out = given.out if given.out is not None else logs_of(given.project)
    ids = None
    if given.failed:
        from podium.evals.failures import failed_cases

        last = newest_log(out, loaded.suite.name)
        if last is None:
            raise InputError(
                f"there is no run of {loaded.suite.name} in {out}", hint="Run it once without --failed."
            )
        ids = failed_cases(last)
    selection = Selection(
        tags=frozenset(given.tags),
        ids=ids,
        limit=given.limit,
        shard=parse_shard(given.shard) if given.shard is not None else None,
    )
    return RunOptions(
        out=out,
        selection=selection,
        log=given.log,
        resume=given.resume,
        model=given.model,
        seed=given.seed,
        concurrency=given.concurrency,
        cache=given.cache,
        max_cost=given.max_cost,
        record=given.record,
        replay=given.replay,
    )


def logs_of(project: Path) -> Path:
    """The folder of a project's logs."""
    from podium.app.project import Project
    from podium.core.errors import ProjectNotFound

    try:
        return Project.open(project).data / "evals"
    except ProjectNotFound:  # suites of functions and servers need no project
        return project / ".podium" / "evals"


def _code(ran: Ran, gate: Gate) -> int:
    if ran.summary.trials and ran.summary.errors == ran.summary.trials:
        return 1
    return 0 if gate.passed else GATE_NOT_PASSED


def _as_json(ran: Ran, gate: Gate) -> dict[str, Any]:
    summary = ran.summary
    metrics = []
    for name in summary.metrics:
        column, found = summary.columns[name, ""], summary.interval(name, seed=ran.header.seed)
        metrics.append(
            {
                "name": name,
                "primary": name == ran.header.primary,
                "mean": found.mean if found else None,
                "low": found.low if found else None,
                "high": found.high if found else None,
                "n": found.n if found else 0,
                "clusters": found.clusters if found else 0,
                "reliable": found.reliable if found else False,
                "errors": column.errors,
                "missing": column.missing,
            }
        )
    return {
        "suite": ran.header.suite,
        "log": str(ran.log),
        "target": ran.header.target,
        "planned": ran.planned,
        "trials": summary.trials,
        "ran": ran.tally.ran,
        "cached": summary.cached,
        "errors": summary.errors,
        "cost": summary.cost,
        "stopped": ran.tally.stopped,
        "metrics": metrics,
        "gate": {
            "passed": gate.passed,
            "verdict": gate.verdict,
            "rules": [
                {
                    "rule": one.rule,
                    "metric": one.metric,
                    "slice": one.slice,
                    "verdict": one.verdict,
                    "reason": one.reason,
                    "stops": one.stops,
                }
                for one in gate.judgements
            ],
        },
        "worst": [{"case": one.case, "epoch": one.epoch, "reason": one.reason} for one in summary.worst()],
    }
