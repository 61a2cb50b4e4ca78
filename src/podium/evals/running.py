"""Running a suite from its file to its log."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from podium.core.clock import SystemClock, to_iso
from podium.core.errors import ConfigError, InputError
from podium.core.ids import new_id
from podium.evals.cache import ObservationCache
from podium.evals.loading import LoadedSuite
from podium.evals.log import (
    SCHEMA_VERSION,
    LogEnd,
    LogHeader,
    LogWriter,
    TrialRecord,
    cut_off,
    read_entries,
    read_header,
)
from podium.evals.making import make_scorers, make_target
from podium.evals.runner import Conditions, NamedScorer, Runner, Tally
from podium.evals.runner import Told as Counted
from podium.evals.selection import Selection
from podium.evals.summary import Summary
from podium.evals.targets.processes import ProcessTarget, WorkerOptions

if TYPE_CHECKING:
    from podium.app.ingests import Progress
    from podium.evals.suite import Suite
    from podium.evals.targets.target import Target
    from podium.evals.traffic.trial import Traffic

Told = Callable[[int, int, TrialRecord | None], None]
"""Told how many trials have a record, of how many, and the last one."""


@dataclass(frozen=True, slots=True)
class RunOptions:
    """How a suite is run.

    Attributes:
        out: The folder of its logs.
        selection: Which cases.
        log: The log; a new one in `out` when None.
        resume: Go on with the log, or with the newest one in `out`.
        model: Replaces the model of a project.
        seed: In place of the suite's.
        concurrency: In place of the suite's.
        cache: Whether to use what earlier runs observed; as the suite says when None.
        max_cost: Money after which no further case is begun.
        record: Where what a project says to models, sources and tools is kept.
        replay: What was kept so, in place of all of them.
    """

    out: Path
    selection: Selection = field(default_factory=Selection)
    log: Path | None = None
    resume: bool = False
    model: str | None = None
    seed: int | None = None
    concurrency: int | None = None
    cache: bool | None = None
    max_cost: float | None = None
    record: Path | None = None
    replay: Path | None = None


@dataclass(frozen=True, slots=True)
class Ran:
    """A run that has ended.

    Attributes:
        log: Its log.
        header: What the log says of it.
        summary: The figures of the whole log.
        tally: What was run now.
        planned: Trials that the log is to hold.
    """

    log: Path
    header: LogHeader
    summary: Summary
    tally: Tally
    planned: int


@dataclass(frozen=True, slots=True)
class Prepared:
    """A suite that is ready to be run: everything in it was checked.

    Attributes:
        loaded: The suite.
        options: How it is run.
        target: What is evaluated, not open yet.
        scorers: Who judges.
        planned: How many trials there are.
        log: Where they are recorded; what is there already is gone on with.
    """

    loaded: LoadedSuite
    options: RunOptions
    target: Target
    scorers: tuple[NamedScorer, ...]
    planned: int
    log: Path

    @property
    def suite(self) -> Suite:
        """What the suite says."""
        return self.loaded.suite

    @property
    def seed(self) -> int:
        """What is drawn by."""
        return self.suite.seed if self.options.seed is None else self.options.seed


def prepare(loaded: LoadedSuite, options: RunOptions, *, progress: Progress | None = None) -> Prepared:
    """Check a suite, read all its cases once, and make what runs it.

    Args:
        loaded: The suite.
        options: How it is run.
        progress: Told of the documents that a project has to read first.

    Raises:
        ConfigError: The suite or a case is broken; the message names file and line.
        InputError: No case is left.
    """
    scorers = make_scorers(loaded)
    check_metrics(loaded, scorers)
    cases = sum(1 for _ in options.selection.of(loaded.cases()))
    if not cases and options.selection.shard is None:
        raise no_cases(loaded, options.selection)
    target = make_target(loaded, model=options.model, progress=progress, traffic=_traffic(options))
    if loaded.suite.processes:
        target = _in_processes(loaded, options, target.name)
    log = _place(loaded.suite.name, options)
    return Prepared(loaded, options, target, scorers, cases * loaded.suite.epochs, log)


def _in_processes(loaded: LoadedSuite, options: RunOptions, name: str) -> Target:
    if _traffic(options) is not None:
        raise InputError(
            "traffic is not recorded or replayed in worker processes",
            hint="Take `processes` out of the suite.",
        )
    memory = loaded.suite.limits.memory_mb
    return ProcessTarget(WorkerOptions(loaded.file.absolute(), options.model, memory), name)


def _traffic(options: RunOptions) -> Traffic | None:
    if options.record is not None and options.replay is not None:
        raise InputError("a run either records or replays", hint="Leave --record or --replay out.")
    if options.record is None and options.replay is None:
        return None
    from podium.evals.traffic.trial import RecordedRun, ReplayedRun

    if options.replay is not None:
        return ReplayedRun(options.replay)
    assert options.record is not None  # noqa: S101 - one of both is there
    return RecordedRun(options.record)


async def run_suite(prepared: Prepared, told: Told | None = None) -> Ran:
    """Run what has no record yet, and gather the figures of the whole log.

    Args:
        prepared: The suite.
        told: Told of every trial.

    Raises:
        PodiumError: The target cannot be opened, or the log not be written.
    """
    target = prepared.target
    try:
        await target.open()
        return await _run(prepared, told)
    finally:
        await target.close()


async def _run(prepared: Prepared, told: Told | None) -> Ran:
    header, log = _header(prepared), prepared.log
    summary = Summary(header.primary, (one.slice for one in header.thresholds if one.slice))

    def count(record: TrialRecord) -> None:
        summary.add(record)
        if told is not None:
            told(summary.trials, prepared.planned, record)

    writer = LogWriter(log)
    try:
        before, done, ended = _recorded(log, header, summary)
        if before is None:
            writer.add(header)
        if told is not None:
            told(summary.trials, prepared.planned, None)
        tally = await _finish(prepared, writer, done, count, ended)
    finally:
        writer.close()
    return Ran(log, before or header, summary, tally, prepared.planned)


def _recorded(
    log: Path, header: LogHeader, summary: Summary
) -> tuple[LogHeader | None, set[tuple[str, int]], LogEnd | None]:
    """What a log holds already, which is counted: its header, None where it is new, its trials, its end.

    Raises:
        InputError: It is of another run.
    """
    cut_off(log)
    if not log.stat().st_size:
        return None, set(), None
    before = read_header(log)
    _check_same(before, header, log)
    done: set[tuple[str, int]] = set()
    ended: LogEnd | None = None
    for entry in read_entries(log):
        if isinstance(entry, LogEnd):
            ended = entry
        elif isinstance(entry, TrialRecord):
            done.add(entry.key)
            summary.add(entry)
            ended = None
    return before, done, ended


async def _finish(
    prepared: Prepared,
    writer: LogWriter,
    done: set[tuple[str, int]],
    count: Counted,
    ended: LogEnd | None,
) -> Tally:
    """Run what is left, and say how that ended, unless nothing was left of a run that had ended."""
    began = time.monotonic()
    runner = Runner(prepared.target, prepared.scorers, _conditions(prepared))
    cases = prepared.options.selection.of(prepared.loaded.cases())
    tally = await runner.run(cases, writer, done=done, told=count)
    seconds = round(time.monotonic() - began, 3)
    now = to_iso(SystemClock().now())
    if ended is None or tally.ran or tally.stopped != ended.stopped:
        writer.add(LogEnd(kind="end", finished_at=now, seconds=seconds, stopped=tally.stopped))
    return tally


def _conditions(prepared: Prepared) -> Conditions:
    suite, options = prepared.suite, prepared.options
    limits = suite.limits
    if options.concurrency is not None:
        limits = limits.model_copy(update={"concurrency": options.concurrency})
    use_cache = suite.cache if options.cache is None else options.cache
    cache = None
    if use_cache:
        folder = options.out / "cache"
        cache = ObservationCache(folder, prepared.target.name, prepared.target.versions)
    return Conditions(
        limits=limits,
        epochs=suite.epochs,
        seed=prepared.seed,
        cluster=suite.cluster_of,
        cache=cache,
        max_cost=options.max_cost,
    )


def _header(prepared: Prepared) -> LogHeader:
    suite, target = prepared.suite, prepared.target
    return LogHeader(
        kind="header",
        schema_version=SCHEMA_VERSION,
        suite=suite.name,
        description=suite.description,
        digest=prepared.loaded.digest(),
        target=target.name,
        versions={"python": platform.python_version(), **target.versions},
        seed=prepared.seed,
        epochs=suite.epochs,
        planned=prepared.planned,
        primary=suite.primary or prepared.scorers[0].name,
        thresholds=suite.thresholds,
        allowed_errors=suite.limits.errors,
        selection=prepared.options.selection.as_json(),
        configuration=suite.model_dump(mode="json", exclude={"cases"}, exclude_defaults=True),
        created_at=to_iso(SystemClock().now()),
    )


def _place(name: str, options: RunOptions) -> Path:
    """Where the log goes.

    Raises:
        InputError: It is there and should not be, or should be and is not.
    """
    if options.log is not None:
        if not options.resume and options.log.exists() and options.log.stat().st_size:
            raise InputError(
                f"{options.log} is there already", hint="Go on with it by --resume, or name another file."
            )
        return options.log
    if options.resume:
        latest = newest_log(options.out, name)
        if latest is None:
            raise InputError(f"there is no log of {name} in {options.out}", hint="Run it without --resume.")
        return latest
    stamp = to_iso(SystemClock().now())[:19].replace("-", "").replace(":", "")
    shard = options.selection.shard
    part = f"-{shard[0]}of{shard[1]}" if shard is not None else ""
    return options.out / name / f"{stamp}-{new_id()[:4]}{part}.jsonl"


def newest_log(out: Path, suite: str) -> Path | None:
    """The last log of a suite; None where there is none.

    Args:
        out: The folder of logs.
        suite: The suite's name.
    """
    found = sorted((out / suite).glob("*.jsonl"), key=lambda file: (file.stat().st_mtime_ns, file.name))
    return found[-1] if found else None


def _check_same(before: LogHeader, now: LogHeader, path: Path) -> None:
    """Make sure that what goes on is what was begun.

    Raises:
        InputError: It is not.
    """
    for what, a, b in (
        ("suite", before.suite, now.suite),
        ("content of the suite", before.digest, now.digest),
        ("target", before.target, now.target),
        ("seed", before.seed, now.seed),
        ("selection of cases", before.selection, now.selection),
        ("versions", _without_python(before), _without_python(now)),
    ):
        if a != b:
            raise InputError(
                f"{path} cannot be gone on with: the {what} has changed since",
                hint=(
                    "Give the same --tag, --limit, --failed and --shard, or run it anew, without --resume."
                    if what == "selection of cases"
                    else "Run it anew, without --resume."
                ),
            )


def _without_python(header: LogHeader) -> dict[str, str]:
    return {name: value for name, value in header.versions.items() if name != "python"}


def check_metrics(loaded: LoadedSuite, scorers: tuple[NamedScorer, ...]) -> None:
    """Make sure that primary metric and thresholds can have values.

    A scorer may give several figures, called `name.key`; only the first part can be checked.

    Raises:
        ConfigError: One names a metric of no scorer.
    """
    from podium.core.explaining import nearest
    from podium.evals.making import place_of

    names = [one.name for one in scorers]
    asked: list[tuple[tuple[str | int, ...], str]] = [
        (("thresholds", number, "metric"), one.metric) for number, one in enumerate(loaded.suite.thresholds)
    ]
    if loaded.suite.primary:
        asked.append((("primary",), loaded.suite.primary))
    for setting, metric in asked:
        if metric not in names and metric.rpartition(".")[0] not in names:
            meant = nearest(metric, names)
            raise ConfigError(
                f"{place_of(loaded, setting)}: no scorer gives the metric {metric!r}",
                hint=f"Did you mean {meant!r}?" if meant else f"There are: {', '.join(names)}.",
            )


def no_cases(loaded: LoadedSuite, selection: Selection) -> InputError:
    """What is raised where no case is left.

    Args:
        loaded: The suite.
        selection: How its cases were narrowed.
    """
    narrowed = selection.tags or selection.ids is not None or selection.limit is not None
    if narrowed:
        return InputError(
            f"no case of {loaded.suite.name} is left", hint="Look at --tag, --failed and --limit."
        )
    return InputError(f"{loaded.file}: there are no cases", hint="Write some into the files under cases.")
