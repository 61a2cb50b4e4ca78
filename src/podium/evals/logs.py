"""The logs that lie in a folder: listed, found by name, and looked into page by page."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Literal

from podium.core.errors import InputError, NotFound, PodiumError
from podium.evals.log import LogEnd, LogHeader, TrialRecord, read_end, read_header, read_trials
from podium.evals.report.build import less_is_better

Order = Literal["worst", "log"]
TREND = 20
"""How many earlier runs are followed."""
_MOST_CASES = 100_000
"""Cases that are compared one by one."""


@dataclass(frozen=True, slots=True)
class LogFile:
    """A log and what it says of itself.

    Attributes:
        name: Its path in the folder, without its ending.
        path: Where it lies.
        header: What was run.
        end: How it ended; None where it goes on, or was cut off.
    """

    name: str
    path: Path
    header: LogHeader
    end: LogEnd | None


@dataclass(frozen=True, slots=True)
class CaseChange:
    """A case in two runs, by the mean over its epochs.

    Attributes:
        case: Its id.
        tags: Its tags.
        before: In the earlier run.
        now: In the later run.
    """

    case: str
    tags: tuple[str, ...]
    before: float
    now: float


class Logs:
    """The logs in a folder and those below it.

    Args:
        folder: The folder; it need not be there.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def list(self, suite: str = "") -> Iterator[LogFile]:
        """The logs, the latest first; files that are none are left out.

        Args:
            suite: Only of it; of all when empty.
        """
        files = sorted(self._folder.rglob("*.jsonl"), key=lambda file: -file.stat().st_mtime_ns)
        for file in files:
            try:
                header = read_header(file)
                if not suite or header.suite == suite:
                    yield LogFile(self.name_of(file), file, header, read_end(file))
            except InputError:
                continue

    def find(self, name: str) -> LogFile:
        """The log of a name.

        Raises:
            NotFound: There is none.
        """
        try:
            root = self._folder.resolve()
            path = (root / f"{name}.jsonl").resolve(strict=True)
            if path.is_relative_to(root):
                return LogFile(self.name_of(path), path, read_header(path), read_end(path))
        except (OSError, ValueError, InputError):
            pass
        raise NotFound(f"no evaluation {name!r}", hint="List the evaluations to see which there are.")

    def name_of(self, file: Path) -> str:
        """The name of a log."""
        return file.resolve().relative_to(self._folder.resolve()).as_posix().removesuffix(".jsonl")


def earlier_than(log: Path) -> list[Path]:
    """The logs of whole runs of the suite up to this one, oldest first."""
    suite = read_header(log).suite
    found: list[tuple[str, Path]] = []
    for path in log.parent.glob("*.jsonl"):
        try:
            header = read_header(path)
        except PodiumError:
            continue
        if header.suite == suite and not header.selection:
            found.append((header.created_at, path))
    return [path for _, path in sorted(found)][-TREND:]


def primary_of(log: LogFile) -> str:
    """The metric by which runs of cases are called bad: the first one where the suite names none."""
    if log.header.primary:
        return log.header.primary
    return next((one.scores[0].name for one in read_trials(log.path) if one.scores), "")


def trials_of(
    log: LogFile,
    *,
    metric: str,
    order: Order,
    wanted: Callable[[TrialRecord], bool],
    limit: int,
    offset: int,
) -> tuple[list[TrialRecord], int]:
    """Some runs of cases, and how many are wanted in all; no more than a page and those before it are held.

    Args:
        log: The log.
        metric: What decides which are worst: those that ended in an error, then those it judged worst.
        order: Worst first, or as they ran.
        wanted: Which.
        limit: How many at most.
        offset: How many to leave out.
    """
    total = 0

    def counted() -> Iterator[TrialRecord]:
        nonlocal total
        for trial in read_trials(log.path):
            if wanted(trial):
                total += 1
                yield trial

    if order == "log":
        found = list(islice(trials := counted(), offset, offset + limit))
        for _ in trials:
            continue
        return found, total
    worse = -1.0 if metric in less_is_better() else 1.0

    def badness(trial: TrialRecord) -> tuple[int, float]:
        value = trial.value(metric)
        if trial.error is not None:
            return 0, 0.0
        return (2, 0.0) if value is None else (1, worse * value)

    return heapq.nsmallest(offset + limit, counted(), key=badness)[offset:], total


def trial_of(log: LogFile, case: str, epoch: int) -> TrialRecord:
    """One run of a case, the last where it ran several times.

    Raises:
        NotFound: The log holds none.
    """
    found = None
    for trial in read_trials(log.path):
        if trial.key == (case, epoch):
            found = trial
    if found is None:
        raise NotFound(f"{log.name} has no run {epoch} of a case {case!r}", hint="List its cases.")
    return found


def changes_of(before: LogFile, now: LogFile, metric: str) -> list[CaseChange]:
    """What became of each case that was judged in both runs, the largest loss first.

    Args:
        before: The earlier run.
        now: The later run.
        metric: By what.
    """
    from podium.evals.pairing import means_of

    earlier, later = means_of(before.path, metric), means_of(now.path, metric)
    worse = -1.0 if metric in less_is_better() else 1.0
    both = (
        CaseChange(name, one.tags, old.value, one.value)
        for name, one in islice(later.items(), _MOST_CASES)
        if (old := earlier.get(name)) is not None and old.digest == one.digest
    )
    return sorted(both, key=lambda one: worse * (one.now - one.before))
